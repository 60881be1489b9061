// A connection with everything feed() borrows, and datagrams as two ends send them.
#pragma once

#include "eti/quic/connection.h"
#include "tests/support/quic_builder.h"
#include "tests/support/quic_log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eti::quic {

using test::ack_frame;
using test::Bytes;
using test::close_frame;
using test::crypto_frame;
using test::crypto_pieces;
using test::from_server;
using test::join;
using test::quic_client_hello;
using test::quic_initial;
using test::quic_retry;
using test::quic_sealed;
using test::quic_short;
using test::quic_version_negotiation;
using test::QuicPacketSpec;

struct Datagram {
    Direction direction = Direction::Out;
    Bytes bytes;
};

inline Datagram client(const Bytes& bytes) {
    return {Direction::Out, bytes};
}
inline Datagram server(const Bytes& bytes) {
    return {Direction::In, bytes};
}

// The client's whole hello in one full datagram, and the server's answer.
inline Bytes client_first(std::string_view name = "quic.example") {
    return quic_initial({}, crypto_frame(0, quic_client_hello(name)), 1200);
}
inline Bytes server_first() {
    return join(
        {quic_initial(from_server(), join({ack_frame(0), crypto_frame(0, test::server_hello13())})),
         quic_sealed(from_server(), 2, 900)});
}

inline constexpr const char* kClientHello = "client_hello quic.example\n";
inline constexpr const char* kServerHello = "server_hello 4865\n";

class ConnectionTest : public testing::Test {
  protected:
    ~ConnectionTest() override {
        connection.reset(pool);
        EXPECT_TRUE(everything_returned());
    }
    State feed(const Datagram& datagram) {
        return connection.feed(datagram.direction, datagram.bytes, crypto, pool, log);
    }
    State feed(const std::vector<Datagram>& datagrams) {
        for (const Datagram& datagram : datagrams) {
            feed(datagram);
        }
        return connection.state();
    }
    // run starts over and answers what the visitor was told.
    std::string run(const std::vector<Datagram>& datagrams) {
        connection.reset(pool);
        log = {};
        feed(datagrams);
        return log.text();
    }
    bool everything_returned() {
        std::vector<std::span<uint8_t>> buffers;
        for (unsigned left = kBuffers; left > 0; --left) {
            buffers.push_back(pool.allocate(tls::AssemblyPool::kLargeBytes));
            buffers.push_back(pool.allocate(tls::AssemblyPool::kSmallBytes));
        }
        bool all = true;
        for (const auto buffer : buffers) {
            all = all && !buffer.empty();
            if (!buffer.empty()) {
                pool.free(buffer);
            }
        }
        return all;
    }

    static constexpr unsigned kBuffers = 2;
    tls::AssemblyPool pool{kBuffers, kBuffers};
    Crypto crypto;
    Connection connection;
    test::QuicLog log;
};

}  // namespace eti::quic
