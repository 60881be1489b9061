// Bytes as hexadecimal text and back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace eti {

// to_hex writes two lower-case digits per byte.
std::string to_hex(std::span<const uint8_t> bytes);
// write_hex writes them to out, which has the room, and returns the end.
char* write_hex(std::span<const uint8_t> bytes, char* out);
// from_hex fills out completely or returns false (out is then unspecified); any case, single
// colons between bytes allowed.
bool from_hex(std::string_view text, std::span<uint8_t> out);

}  // namespace eti
