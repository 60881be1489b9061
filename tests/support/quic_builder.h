// Builds QUIC packets for tests, protected with OpenSSL's own HKDF and GCM rather than with the
// code under test:
//
//   const Bytes datagram = quic_initial({.number = 1}, join({crypto_frame(0, hello)}), 1200);
#pragma once

#include "eti/base/direction.h"
#include "tests/support/tls_builder.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace eti::test {

// What a version changes in its Initial packets.
struct QuicRules {
    uint32_t version = 1;
    std::string_view salt = "38762cf7f55934b34d179ae6a4c80cadccbb7f0a";  // RFC 9001 section 5.2
    bool second_version = false;  // labels and packet types of RFC 9369
};
inline constexpr QuicRules kQuic1{};
// RFC 9369 section 3.3.1.
inline constexpr QuicRules kQuic2{0x6b3343cf, "0dede3def700a6db819381be6e269dcbf9bd2ed9", true};

Bytes from_hex(std::string_view digits);
std::string to_hex(const Bytes& bytes);

// The client's first Destination Connection ID of RFC 9001 appendix A.
inline Bytes first_id() {
    return from_hex("8394c8f03e515708");
}
inline Bytes server_id() {
    return from_hex("f067a5502a4262b5");
}

struct QuicPacketSpec {
    QuicRules rules = kQuic1;
    Direction direction = Direction::Out;
    Bytes key_id = first_id();  // the keys come from it
    Bytes destination = first_id();
    Bytes source = {};
    Bytes token = {};
    uint64_t number = 0;
    unsigned number_bytes = 2;
    uint8_t first_bits = 0xc0;  // long header and fixed bit
};
// What a server answers.
inline QuicPacketSpec from_server(uint64_t number = 0) {
    return {.direction = Direction::In, .destination = {}, .source = server_id(), .number = number};
}

Bytes varint(uint64_t value);
Bytes crypto_frame(uint64_t offset, const Bytes& data);
Bytes ack_frame(uint64_t largest);
Bytes close_frame(uint64_t code);

// quic_initial protects a payload; PADDING frames fill it up until the packet has that size.
Bytes quic_initial(const QuicPacketSpec& spec, const Bytes& payload, std::size_t size = 0);
// type: 1 is 0-RTT, 2 Handshake, in the numbering of version 1.
Bytes quic_sealed(const QuicPacketSpec& spec, unsigned type, std::size_t protected_bytes);
Bytes quic_retry(const QuicRules& rules, const Bytes& destination, const Bytes& source);
Bytes quic_version_negotiation(const Bytes& destination, const Bytes& source,
                               const std::vector<uint32_t>& versions);
Bytes quic_short(std::size_t size = 40);

// crypto_pieces cuts a message into CRYPTO frames of at most that many bytes.
std::vector<Bytes> crypto_pieces(const Bytes& message, std::size_t bytes);

// A hello as QUIC clients send it: quic_transport_parameters, no session id. Extra bytes go into
// its key share, where post-quantum keys are.
Bytes quic_client_hello(std::string_view name = "quic.example", std::size_t extra = 0);

}  // namespace eti::test
