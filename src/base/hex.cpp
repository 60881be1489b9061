#include "eti/base/hex.h"

namespace eti {
namespace {

constexpr int kNoDigit = -1;

int digit_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return kNoDigit;
}

}  // namespace

std::string to_hex(std::span<const uint8_t> bytes) {
    std::string text(bytes.size() * 2, '0');
    write_hex(bytes, text.data());
    return text;
}

char* write_hex(std::span<const uint8_t> bytes, char* out) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (const uint8_t byte : bytes) {
        *out++ = kDigits[byte >> 4];
        *out++ = kDigits[byte & 0x0f];
    }
    return out;
}

bool from_hex(std::string_view text, std::span<uint8_t> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (i > 0 && text.starts_with(':')) {
            text.remove_prefix(1);
        }
        if (text.size() < 2) {
            return false;
        }
        const int high = digit_of(text[0]);
        const int low = digit_of(text[1]);
        if (high == kNoDigit || low == kNoDigit) {
            return false;
        }
        out[i] = static_cast<uint8_t>(high * 16 + low);
        text.remove_prefix(2);
    }
    return text.empty();
}

}  // namespace eti
