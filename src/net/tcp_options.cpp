#include "eti/net/tcp_options.h"

#include "eti/wire/reader.h"

#include <algorithm>

namespace eti::net {
namespace {

enum : uint8_t { kEnd = 0, kNoOperation = 1, kWindowScale = 3, kTimestamps = 8, kMd5 = 19 };
constexpr uint8_t kMaxWindowScale = 14;  // RFC 7323 section 2.3: a larger one counts as this

void take_option(uint8_t kind, wire::Reader value, TcpOptions& out) {
    switch (kind) {
        case kWindowScale:
            if (value.remaining() == 1 && value.u8(out.window_scale)) {
                out.window_scale = std::min(out.window_scale, kMaxWindowScale);
                out.has_window_scale = true;
            }
            break;
        case kTimestamps:
            out.has_timestamp =
                value.remaining() == 8 && value.u32(out.timestamp) && value.u32(out.echo);
            break;
        case kMd5:
            out.has_md5 = value.remaining() == 16;
            break;
        default:
            break;
    }
}

}  // namespace

TcpOptions parse_tcp_options(std::span<const uint8_t> options) {
    TcpOptions out;
    wire::Reader reader(options);
    uint8_t kind = kEnd;
    uint8_t length = 0;
    wire::Reader value;
    while (reader.u8(kind) && kind != kEnd) {
        if (kind == kNoOperation) {
            continue;
        }
        if (!reader.u8(length) || length < 2 || !reader.take(length - 2U, value)) {
            break;
        }
        take_option(kind, value, out);
    }
    return out;
}

}  // namespace eti::net
