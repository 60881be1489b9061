// A quic::ConnectionVisitor that writes down what it is told, one line per event.
#pragma once

#include "eti/quic/connection.h"

#include <string>

namespace eti::test {

class QuicLog : public quic::ConnectionVisitor {
  public:
    void client_hello(const tls::ClientHello& hello) override {
        text_ += "client_hello " + std::string(hello.server_name) + "\n";
    }
    void server_hello(const tls::ServerHello& hello) override {
        text_ += (hello.hello_retry_request ? "retry " : "server_hello ") +
                 std::to_string(hello.cipher_suite) + "\n";
    }
    void close(Direction direction, uint64_t code) override {
        text_ += "close " + side(direction) + std::to_string(code) + "\n";
    }
    void packet(Direction direction, quic::PacketType type, std::size_t length) override {
        ++packets_;
        if (log_packets) {
            constexpr const char* kNames[] = {"initial", "0rtt",  "handshake", "retry",
                                              "version", "short", "unknown"};
            text_ += side(direction) + kNames[static_cast<unsigned>(type)] + " " +
                     std::to_string(length) + "\n";
        }
    }

    const std::string& text() const { return text_; }
    std::size_t packets() const { return packets_; }
    bool log_packets = false;

  private:
    static std::string side(Direction direction) {
        return direction == Direction::Out ? "client " : "server ";
    }

    std::string text_;
    std::size_t packets_ = 0;
};

}  // namespace eti::test
