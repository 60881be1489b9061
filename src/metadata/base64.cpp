#include "metadata/base64.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace eti::metadata {

void append_base64(std::string& out, std::span<const uint8_t> bytes) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
        uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            group = (group << 8) | (i < count ? bytes[at + i] : 0U);
        }
        std::array<char, 4> digits{'=', '=', '=', '='};
        for (std::size_t i = 0; i <= count; ++i) {
            digits[i] = kDigits[(group >> (18 - 6 * i)) & 0x3f];
        }
        out.append(digits.data(), digits.size());
    }
}

}  // namespace eti::metadata
