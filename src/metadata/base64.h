// Base64 with padding, RFC 4648 section 4.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace eti::metadata {

void append_base64(std::string& out, std::span<const uint8_t> bytes);

}  // namespace eti::metadata
