// Frames of Initial packets (RFC 9000 section 12.4 table 3: PADDING, PING, ACK, CRYPTO and
// CONNECTION_CLOSE of type 0x1c).
#pragma once

#include "eti/wire/reader.h"

#include <cstdint>

namespace eti::quic {

struct Frame {
    enum class Kind : uint8_t { Passed, Crypto, Close };
    Kind kind = Kind::Passed;  // Passed: nothing in it is of use here
    uint64_t offset = 0;       // Crypto
    wire::Reader data;         // Crypto
    uint64_t code = 0;         // Close
};

// read_frame takes the next frame off the payload; false at its end, and at a frame that is
// malformed or does not belong into Initial packets: an endpoint goes no further either.
[[nodiscard]] bool read_frame(wire::Reader& payload, Frame& out);

}  // namespace eti::quic
