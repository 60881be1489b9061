// The pcap format, by libpcap.
#pragma once

#include "capture.h"

namespace eti::replay {

std::unique_ptr<CaptureSource> open_pcap(const std::string& path);
std::unique_ptr<CaptureSink> create_pcap(const std::string& path, uint32_t link_type,
                                         uint32_t snap_length);

}  // namespace eti::replay
