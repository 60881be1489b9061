// The TCP options that decide what an endpoint believes (RFC 9293 section 3.2).
#pragma once

#include <cstdint>
#include <span>

namespace eti::net {

struct TcpOptions {
    uint32_t timestamp = 0;  // TSval
    uint32_t echo = 0;       // TSecr
    uint8_t window_scale = 0;
    bool has_timestamp = false;     // RFC 7323 section 3
    bool has_window_scale = false;  // RFC 7323 section 2
    bool has_md5 = false;           // RFC 2385
};

// parse_tcp_options reads as far as lengths make sense, as endpoints do.
TcpOptions parse_tcp_options(std::span<const uint8_t> options);

}  // namespace eti::net
