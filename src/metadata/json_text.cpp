#include "metadata/json_text.h"

#include "eti/base/hex.h"

#include <algorithm>

namespace eti::metadata {
namespace {

uint8_t byte_at(std::string_view text, std::size_t at) {
    return static_cast<uint8_t>(text[at]);
}

struct CodePoint {
    char32_t value = 0;
    std::size_t bytes = 0;  // 0: not UTF-8
};

// decode reads the code point at the start of a non-empty text, by RFC 3629: no surrogates, no
// longer form than needed, nothing above U+10FFFF.
CodePoint decode(std::string_view text) {
    const uint8_t lead = byte_at(text, 0);
    if (lead < 0x80) {
        return {lead, 1};
    }
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) {
        return {};
    }
    auto value = static_cast<char32_t>(lead & (0x7fU >> bytes));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte_at(text, i) & 0xc0) != 0x80) {
            return {};
        }
        value = (value << 6) | (byte_at(text, i) & 0x3fU);
    }
    const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
    const bool surrogate = value >= 0xd800 && value < 0xe000;
    if (overlong || surrogate || value > 0x10ffff) {
        return {};
    }
    return {value, bytes};
}

bool must_escape(char32_t value) {
    return value < 0x20 || (value >= 0x7f && value < 0xa0) || value == 0x2028 || value == 0x2029;
}

void append_escape(std::string& out, char32_t value) {
    const std::array<uint8_t, 2> bytes{static_cast<uint8_t>(value >> 8),
                                       static_cast<uint8_t>(value & 0xff)};
    out.append("\\u").append(to_hex(bytes));
}

// plain: passes as it is, whatever stands beside it.
constexpr bool plain(char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

}  // namespace

void append_json_string(std::string& out, std::string_view bytes) {
    out.push_back('"');
    while (true) {
        const auto run = std::find_if_not(bytes.begin(), bytes.end(), plain);
        out.append(bytes.begin(), run);
        bytes.remove_prefix(static_cast<std::size_t>(run - bytes.begin()));
        if (bytes.empty()) {
            break;
        }
        const CodePoint point = decode(bytes);
        if (point.bytes == 0) {
            const std::array<uint8_t, 1> broken{byte_at(bytes, 0)};
            out.append("\\\\x").append(to_hex(broken));
            bytes.remove_prefix(1);
            continue;
        }
        if (must_escape(point.value)) {
            append_escape(out, point.value);
        } else {
            if (point.value == '"' || point.value == '\\') {
                out.push_back('\\');
            }
            out.append(bytes.substr(0, point.bytes));
        }
        bytes.remove_prefix(point.bytes);
    }
    out.push_back('"');
}

}  // namespace eti::metadata
