// What the session tests share: an exchange of both sides' bytes, and the usual flights.
#pragma once

#include "eti/tls/session.h"
#include "tests/support/tls_builder.h"
#include "tests/support/tls_log.h"

#include <algorithm>
#include <string>
#include <vector>

namespace eti::tls {

using test::Bytes;
using test::join;
using test::record;
using test::records;
inline constexpr auto kHandshake = ContentType::Handshake;
inline constexpr auto kOut = Direction::Out;
inline constexpr auto kIn = Direction::In;

// Turn is what one side sends before the other answers.
struct Turn {
    Direction direction;
    Bytes bytes;
};

struct Exchange {
    explicit Exchange(uint32_t small = 2, uint32_t large = 2) : pool(small, large) {}
    Exchange& feed(Direction direction, std::span<const uint8_t> bytes) {
        session.feed(direction, bytes, pool, log);
        return *this;
    }
    Exchange& feed(const std::vector<Turn>& turns, std::size_t piece = SIZE_MAX) {
        for (const Turn& turn : turns) {
            for (std::size_t at = 0; at < turn.bytes.size(); at += piece) {
                const std::size_t size = std::min(piece, turn.bytes.size() - at);
                feed(turn.direction, std::span(turn.bytes).subspan(at, size));
                if (size < piece) {
                    break;
                }
            }
        }
        return *this;
    }

    AssemblyPool pool;
    test::TlsLog log;
    Session session;
};

inline Bytes offer() {
    return records(kHandshake, test::client_hello());
}
inline Bytes offer13() {
    return records(
        kHandshake,
        test::client_hello({.extensions = join({test::server_name("www.example.com"),
                                                test::supported_versions({0x0304, 0x0303})})}));
}
inline Bytes flight() {
    return join({test::server_hello(), test::certificate({test::text("leaf"), test::text("ca")}),
                 test::server_hello_done()});
}
inline Bytes encrypted(std::size_t bytes = 40) {
    return record(kHandshake, Bytes(bytes, 0xee));
}

inline const std::string kOffer = "client_hello www.example.com\n";
inline const std::string kChain = "begin 0 4\ndata leaf\nend 0\nbegin 1 2\ndata ca\nend 1\n";
inline const std::string kFull = kOffer + "server_hello 771\n" + kChain;

struct Case {
    const char* why;
    std::vector<Turn> turns;
    std::string log;
    SessionState state;
    SessionError error = SessionError::None;
    bool certificate = false;
    bool tls13 = false;
};

}  // namespace eti::tls
