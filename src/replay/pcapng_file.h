// The pcapng format: sections, interfaces and packets read from a file, and written to one.
#pragma once

#include "capture.h"

namespace eti::replay {

// is_pcapng looks at the first bytes of a regular file.
bool is_pcapng(const std::string& path);
std::unique_ptr<CaptureSource> open_pcapng(const std::string& path);
std::unique_ptr<CaptureSink> create_pcapng(const std::string& path,
                                           const std::vector<uint32_t>& link_types,
                                           uint32_t snap_length);

}  // namespace eti::replay
