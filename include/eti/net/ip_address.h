// IP addresses and ranges of addresses, both families in one 16-byte form.
#pragma once

#include "eti/wire/load.h"

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace eti::net {

// IpAddress holds an IPv6 address in network order, or an IPv4 address as ::ffff:a.b.c.d
// (RFC 4291 section 2.5.5.2). Ordering is numeric, all IPv4 addresses together.
class IpAddress {
  public:
    constexpr IpAddress() = default;
    constexpr explicit IpAddress(const std::array<uint8_t, 16>& bytes) : bytes_(bytes) {}
    static constexpr IpAddress v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
        return IpAddress({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d});
    }

    constexpr bool is_v4() const {
        for (std::size_t i = 0; i < 10; ++i) {
            if (bytes_[i] != 0) {
                return false;
            }
        }
        return bytes_[10] == 0xff && bytes_[11] == 0xff;
    }
    const std::array<uint8_t, 16>& bytes() const { return bytes_; }

    // By halves: every packet's addresses are compared, and byte by byte that takes a call.
    std::strong_ordering operator<=>(const IpAddress& other) const {
        const auto high = half(0) <=> other.half(0);
        return high != 0 ? high : half(8) <=> other.half(8);
    }
    bool operator==(const IpAddress& other) const {
        return std::memcmp(bytes_.data(), other.bytes_.data(), bytes_.size()) == 0;
    }

  private:
    uint64_t half(std::size_t at) const { return wire::load<uint64_t>(bytes_.data() + at); }

    std::array<uint8_t, 16> bytes_{};
};

// IpRange is first..last, both included.
struct IpRange {
    IpAddress first;
    IpAddress last;

    bool contains(const IpAddress& address) const { return first <= address && address <= last; }
    auto operator<=>(const IpRange&) const = default;
};

// parse_ip accepts dotted IPv4 and RFC 4291 text; nothing else.
std::optional<IpAddress> parse_ip(std::string_view text);
// parse_ip_range accepts an address, a prefix (a/24; host bits are cleared) or "first-last".
std::optional<IpRange> parse_ip_range(std::string_view text);
// to_string writes dotted IPv4 or RFC 5952 text.
std::string to_string(const IpAddress& address);

}  // namespace eti::net
