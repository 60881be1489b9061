// What every key begins with, and addresses as the store sorts them.
#pragma once

#include "eti/net/ip_address.h"
#include "eti/store/sqlite.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eti::analysis {

// A realm is one customer's data. It comes from the credential, never from the request's text, and
// is the first column of every key.
using Realm = int64_t;
inline constexpr Realm kDefaultRealm = 1;

inline constexpr int64_t kHourUs = 3600LL * 1'000'000;
inline constexpr int64_t kDayUs = 24 * kHourUs;

// Hours and days since the epoch, UTC; rounded down for times before it too.
inline int64_t hour_of(int64_t us) {
    return us >= 0 ? us / kHourUs : -((-us + kHourUs - 1) / kHourUs);
}
inline int64_t day_of_us(int64_t us) {
    return us >= 0 ? us / kDayUs : -((-us + kDayUs - 1) / kDayUs);
}

// ip_bytes is the column's form: 16 bytes, so that memory order is numeric order.
inline std::string_view ip_bytes(const net::IpAddress& ip) {
    return {reinterpret_cast<const char*>(ip.bytes().data()), ip.bytes().size()};
}
inline Blob ip_key(const net::IpAddress& ip) {
    return {ip_bytes(ip)};
}
inline net::IpAddress ip_from(std::string_view bytes) {
    std::array<uint8_t, 16> ip{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), ip.size()), ip.begin());
    return net::IpAddress(ip);
}

}  // namespace eti::analysis
