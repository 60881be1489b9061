// A SessionVisitor that writes down what it is told, one line per event. The pieces of one
// certificate are joined, so the log does not depend on how the bytes were cut.
#pragma once

#include "eti/tls/session.h"

#include <string>
#include <string_view>

namespace eti::test {

class TlsLog : public tls::SessionVisitor {
  public:
    void client_hello(const tls::ClientHello& hello) override {
        if (hello.ssl2_form) {
            line("ssl2_hello " + std::to_string(hello.version) + " suites " +
                 std::to_string(hello.cipher_suites.remaining() / 2));
            return;
        }
        line("client_hello " + std::string(hello.server_name));
    }
    void server_hello(const tls::ServerHello& hello) override {
        line((hello.hello_retry_request ? "retry " : "server_hello ") +
             std::to_string(hello.negotiated_version));
    }
    void certificate_begin(unsigned number, uint32_t length) override {
        line("begin " + std::to_string(number) + " " + std::to_string(length));
    }
    void certificate_data(unsigned, std::span<const uint8_t> bytes) override {
        if (!in_data_) {
            line("data ");
            in_data_ = true;
        }
        text_.pop_back();
        text_.append(bytes.begin(), bytes.end());
        text_ += '\n';
    }
    void certificate_end(unsigned number) override { line("end " + std::to_string(number)); }
    void alert(Direction direction, uint8_t level, uint8_t description) override {
        line("alert " + side(direction) + std::to_string(level) + " " +
             std::to_string(description));
    }
    void record(Direction direction, tls::ContentType type, uint16_t length) override {
        ++records_;
        if (log_records) {
            line("record " + side(direction) + std::to_string(static_cast<int>(type)) + " " +
                 std::to_string(length));
        }
    }

    const std::string& text() const { return text_; }
    std::size_t records() const { return records_; }
    bool log_records = false;

  private:
    static std::string side(Direction direction) {
        return direction == Direction::Out ? "out " : "in ";
    }
    void line(const std::string& event) {
        text_ += event + '\n';
        in_data_ = false;
    }

    std::string text_;
    std::size_t records_ = 0;
    bool in_data_ = false;
};

}  // namespace eti::test
