// Small counts in few bytes: what the store packs into one column.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace eti::analysis {

// LEB128: seven bits a byte, the lowest first.
inline void put_number(std::string& out, uint64_t value) {
    while (value >= 0x80) {
        out += static_cast<char>((value & 0x7fU) | 0x80U);
        value >>= 7U;
    }
    out += static_cast<char>(value);
}
// take_number leaves in where it was when it holds no whole number.
inline bool take_number(std::string_view& in, uint64_t& value) {
    uint64_t found = 0;
    for (std::size_t i = 0; i < in.size() && i < 10; ++i) {
        const auto byte = static_cast<unsigned char>(in[i]);
        found |= static_cast<uint64_t>(byte & 0x7fU) << (7 * i);
        if ((byte & 0x80U) == 0) {
            in.remove_prefix(i + 1);
            value = found;
            return true;
        }
    }
    return false;
}
// Signed numbers near zero stay short.
inline void put_signed(std::string& out, int64_t value) {
    put_number(out, (static_cast<uint64_t>(value) << 1U) ^ static_cast<uint64_t>(value >> 63U));
}
inline bool take_signed(std::string_view& in, int64_t& value) {
    uint64_t found = 0;
    if (!take_number(in, found)) {
        return false;
    }
    value = static_cast<int64_t>(found >> 1U) ^ -static_cast<int64_t>(found & 1U);
    return true;
}
inline void put_text(std::string& out, std::string_view text) {
    put_number(out, text.size());
    out += text;
}
inline bool take_text(std::string_view& in, std::string& text) {
    uint64_t size = 0;
    std::string_view rest = in;
    if (!take_number(rest, size) || size > rest.size()) {
        return false;
    }
    text = rest.substr(0, size);
    in = rest.substr(size);
    return true;
}

}  // namespace eti::analysis
