#include "quic/frames.h"

#include "quic/varint.h"

namespace eti::quic {
namespace {

constexpr uint64_t kPadding = 0x00;
constexpr uint64_t kPing = 0x01;
constexpr uint64_t kAck = 0x02;
constexpr uint64_t kAckWithEcn = 0x03;
constexpr uint64_t kCrypto = 0x06;
constexpr uint64_t kConnectionClose = 0x1c;

bool skip_varints(wire::Reader& reader, uint64_t count) {
    for (uint64_t ignored = 0; count > 0; --count) {
        if (!read_varint(reader, ignored)) {
            return false;
        }
    }
    return true;
}

// RFC 9000 section 19.3. A range takes at least two bytes: the count is checked before the loop.
bool skip_ack(wire::Reader& reader, bool with_ecn) {
    uint64_t ranges = 0;
    return skip_varints(reader, 2) && read_varint(reader, ranges) &&
           ranges <= reader.remaining() / 2 &&
           skip_varints(reader, 1 + 2 * ranges + (with_ecn ? 3 : 0));
}

bool read_prefixed(wire::Reader& reader, wire::Reader& out) {
    uint64_t length = 0;
    return read_varint(reader, length) && length <= reader.remaining() &&
           reader.take(static_cast<std::size_t>(length), out);
}

// RFC 9000 section 19.6.
bool read_crypto(wire::Reader& reader, Frame& out) {
    out.kind = Frame::Kind::Crypto;
    return read_varint(reader, out.offset) && read_prefixed(reader, out.data);
}

// RFC 9000 section 19.19: error code, type of the frame at fault, a reason.
bool read_close(wire::Reader& reader, Frame& out) {
    wire::Reader reason;
    out.kind = Frame::Kind::Close;
    return read_varint(reader, out.code) && skip_varints(reader, 1) &&
           read_prefixed(reader, reason);
}

bool read_body(wire::Reader& reader, uint64_t type, Frame& out) {
    switch (type) {
        case kPadding:
        case kPing:
            return true;
        case kAck:
        case kAckWithEcn:
            return skip_ack(reader, type == kAckWithEcn);
        case kCrypto:
            return read_crypto(reader, out);
        case kConnectionClose:
            return read_close(reader, out);
        default:
            return false;
    }
}

}  // namespace

bool read_frame(wire::Reader& payload, Frame& out) {
    wire::Reader reader = payload;
    uint64_t type = 0;
    out = {};
    if (!read_varint(reader, type) || !read_body(reader, type, out)) {
        return false;
    }
    payload = reader;
    return true;
}

}  // namespace eti::quic
