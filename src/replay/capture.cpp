#include "capture.h"

#include "pcap_file.h"
#include "pcapng_file.h"

#include <stdexcept>

namespace eti::replay {

CaptureReader::CaptureReader(const std::string& path) {
    source_ = is_pcapng(path) ? open_pcapng(path) : open_pcap(path);
}

CaptureWriter::CaptureWriter(const std::string& path, const std::vector<uint32_t>& link_types,
                             uint32_t snap_length)
    : path_(path),
      sink_(link_types.size() > 1
                ? create_pcapng(path, link_types, snap_length)
                : create_pcap(path, link_types.empty() ? 1 : link_types.front(), snap_length)) {}

void CaptureWriter::close() {
    if (!sink_->finish()) {
        throw std::runtime_error("cannot write the whole capture '" + path_ +
                                 "'; free space there or choose another file with --out");
    }
}

}  // namespace eti::replay
