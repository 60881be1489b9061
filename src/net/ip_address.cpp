#include "eti/net/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace eti::net {
namespace {

// apply_prefix gives the first (fill 0x00) or last (fill 0xff) address of a prefix.
IpAddress apply_prefix(const IpAddress& address, unsigned bits, uint8_t fill) {
    auto bytes = address.bytes();
    for (unsigned i = 0; i < 16; ++i) {
        const unsigned kept = bits > i * 8 ? std::min(bits - i * 8, 8U) : 0;
        const auto mask = static_cast<uint8_t>(0xff00U >> kept);
        bytes[i] = static_cast<uint8_t>((bytes[i] & mask) | (fill & ~mask));
    }
    return IpAddress(bytes);
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
    char buffer[INET6_ADDRSTRLEN];
    if (text.empty() || text.size() >= sizeof buffer || text.find('\0') != text.npos) {
        return std::nullopt;
    }
    *std::copy(text.begin(), text.end(), buffer) = '\0';
    std::array<uint8_t, 16> bytes{};
    if (::inet_pton(AF_INET, buffer, bytes.data()) == 1) {
        return IpAddress::v4(bytes[0], bytes[1], bytes[2], bytes[3]);
    }
    if (::inet_pton(AF_INET6, buffer, bytes.data()) == 1) {
        return IpAddress(bytes);
    }
    return std::nullopt;
}

std::optional<IpRange> parse_ip_range(std::string_view text) {
    if (const auto slash = text.find('/'); slash != std::string_view::npos) {
        const auto address = parse_ip(text.substr(0, slash));
        const std::string_view digits = text.substr(slash + 1);
        unsigned bits = 0;
        const auto [end, error] = std::from_chars(digits.begin(), digits.end(), bits);
        if (!address || digits.empty() || error != std::errc{} || end != digits.end() ||
            bits > (address->is_v4() ? 32U : 128U)) {
            return std::nullopt;
        }
        bits += address->is_v4() ? 96U : 0U;
        return IpRange{apply_prefix(*address, bits, 0x00), apply_prefix(*address, bits, 0xff)};
    }
    if (const auto dash = text.find('-'); dash != std::string_view::npos) {
        const auto first = parse_ip(text.substr(0, dash));
        const auto last = parse_ip(text.substr(dash + 1));
        if (!first || !last || *last < *first || first->is_v4() != last->is_v4()) {
            return std::nullopt;
        }
        return IpRange{*first, *last};
    }
    const auto address = parse_ip(text);
    return address ? std::optional(IpRange{*address, *address}) : std::nullopt;
}

std::string to_string(const IpAddress& address) {
    const uint8_t* bytes = address.bytes().data();
    if (!address.is_v4()) {
        char buffer[INET6_ADDRSTRLEN];
        return ::inet_ntop(AF_INET6, bytes, buffer, sizeof buffer);
    }
    std::array<char, INET_ADDRSTRLEN> buffer;  // inet_ntop prints by sprintf
    char* at = buffer.data();
    for (std::size_t i = 12; i < 16; ++i) {
        at = std::to_chars(at, buffer.data() + buffer.size(), bytes[i]).ptr;
        *at++ = '.';
    }
    return {buffer.data(), at - 1};
}

}  // namespace eti::net
