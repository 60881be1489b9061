// The framing inside a UDP datagram: DTLS records (RFC 6347 section 4.1), handshake fragments
// (section 4.2.2), and the wrappings DTLS is met in.
#pragma once

#include "eti/wire/reader.h"

#include <cstdint>

namespace eti::tls {

struct DtlsRecord {
    uint8_t type = 0;
    uint16_t epoch = 0;
    wire::Reader fragment;
};
// next_record splits a record off; false at the end and at anything that is none.
[[nodiscard]] bool next_record(wire::Reader& datagram, DtlsRecord& out);

struct DtlsFragment {
    uint8_t type = 0;
    uint16_t sequence = 0;  // of its message
    uint32_t length = 0;    // of the whole message
    uint32_t offset = 0;
    wire::Reader bytes;
};
// next_fragment splits a handshake fragment off; false at the end and when lengths do not fit.
[[nodiscard]] bool next_fragment(wire::Reader& record, DtlsFragment& out);

// What follows a first byte 001xxxxx is a record of DTLS 1.3 whose header is encrypted (RFC 9147
// section 4), and so are all behind it.
inline bool has_unified_header(wire::Reader datagram) {
    uint8_t first = 0;
    return datagram.u8(first) && (first & 0xe0) == 0x20;
}

// A STUN message (RFC 8489 section 5) that fills the datagram.
bool is_stun(wire::Reader datagram);

// unwrap gives the datagram inside of TURN's ChannelData (RFC 8656 section 12.4), of its Send and
// Data indications, or behind the preamble of CAPWAP (RFC 5415 section 4.2); else the same.
wire::Reader unwrap(wire::Reader datagram);

}  // namespace eti::tls
