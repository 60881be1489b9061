#include "capture.h"

#include <pcap/pcap.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace eti::replay {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

Timestamp time_of(const timeval& stamp) {  // with nanosecond precision tv_usec holds nanoseconds
    return Timestamp(seconds(stamp.tv_sec) + nanoseconds(stamp.tv_usec));
}

timeval stamp_of(Timestamp time) {
    const auto whole = std::chrono::floor<seconds>(time);
    timeval stamp{};
    stamp.tv_sec = whole.time_since_epoch().count();
    stamp.tv_usec = (time - whole).count();
    return stamp;
}

}  // namespace

CaptureReader::CaptureReader(const std::string& path) : path_(path) {
    std::array<char, PCAP_ERRBUF_SIZE> reason{};
    pcap_ = pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO,
                                                    reason.data());
    if (pcap_ == nullptr) {
        throw std::runtime_error("cannot read the capture '" + path + "': " + reason.data());
    }
}

CaptureReader::~CaptureReader() {
    pcap_close(pcap_);
}

bool CaptureReader::next(CapturedPacket& packet) {
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    const int answer = pcap_next_ex(pcap_, &header, &data);
    if (answer == 1) {
        packet = {time_of(header->ts), {data, header->caplen}, header->len};
        return true;
    }
    if (answer == PCAP_ERROR) {
        error_ = "'" + path_ + "' ends early: " + pcap_geterr(pcap_);
    }
    return false;
}

int CaptureReader::link_type() const {
    return pcap_datalink(pcap_);
}

int CaptureReader::snap_length() const {
    return pcap_snapshot(pcap_);
}

CaptureWriter::CaptureWriter(const std::string& path, int link_type, int snap_length)
    : path_(path),
      pcap_(
          pcap_open_dead_with_tstamp_precision(link_type, snap_length, PCAP_TSTAMP_PRECISION_NANO)),
      dumper_(pcap_ == nullptr ? nullptr : pcap_dump_open(pcap_, path.c_str())) {
    if (dumper_ == nullptr) {
        const std::string reason = pcap_ == nullptr ? "no memory" : pcap_geterr(pcap_);
        if (pcap_ != nullptr) {
            pcap_close(pcap_);
        }
        throw std::runtime_error("cannot write the capture '" + path + "': " + reason);
    }
}

CaptureWriter::~CaptureWriter() {
    if (dumper_ != nullptr) {
        pcap_dump_close(dumper_);
    }
    pcap_close(pcap_);
}

void CaptureWriter::write(const CapturedPacket& packet) {
    pcap_pkthdr header{};
    header.ts = stamp_of(packet.time);
    header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
    header.len = packet.original_size;
    pcap_dump(reinterpret_cast<u_char*>(dumper_), &header, packet.bytes.data());
}

void CaptureWriter::close() {
    // A failed write in between leaves nothing to flush, only the stream's error flag.
    if (pcap_dump_flush(dumper_) != 0 || std::ferror(pcap_dump_file(dumper_)) != 0) {
        throw std::runtime_error("cannot write the whole capture '" + path_ +
                                 "'; free space there or choose another file with --out");
    }
}

}  // namespace eti::replay
