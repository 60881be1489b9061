// Events over connections: RFC 6587 octet counting and RFC 5425, over real sockets.
#include "control/log_channel.h"
#include "tests/support/certificate_builder.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

namespace eti::control {
namespace {

constexpr int kTurns = 2'000;

// Listener takes one connection at a time on a loopback port, and may speak TLS on it.
class Listener {
  public:
    explicit Listener(uint16_t port = 0) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        socklen_t size = sizeof address;
        const int on = 1;
        ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
        EXPECT_EQ(::listen(fd_, 4), 0);
        port_ = ntohs(address.sin_port);
    }
    ~Listener() {
        drop();
        ::close(fd_);
    }
    uint16_t port() const { return port_; }
    bool connected() const { return client_ >= 0; }

    void use_tls(const test::TestCertificate& certificate) {
        context_.reset(::SSL_CTX_new(::TLS_server_method()), &::SSL_CTX_free);
        ASSERT_EQ(::SSL_CTX_use_certificate(context_.get(), certificate.x509.get()), 1);
        ASSERT_EQ(::SSL_CTX_use_PrivateKey(context_.get(), certificate.key.get()), 1);
    }
    // turn accepts, and reads what is there.
    void turn() {
        if (client_ < 0) {
            client_ = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK);
            if (client_ >= 0 && context_) {
                ssl_.reset(::SSL_new(context_.get()), &::SSL_free);
                ::SSL_set_fd(ssl_.get(), client_);
                ::SSL_set_accept_state(ssl_.get());
            }
        }
        if (client_ < 0) {
            return;
        }
        char buffer[65'536];
        const auto size = ssl_ ? ::SSL_read(ssl_.get(), buffer, sizeof buffer)
                               : static_cast<int>(::recv(client_, buffer, sizeof buffer, 0));
        if (size > 0) {
            received.append(buffer, static_cast<std::size_t>(size));
        }
    }
    void drop() {
        ssl_.reset();
        if (client_ >= 0) {
            ::close(client_);
            client_ = -1;
        }
    }

    std::string received;

  private:
    int fd_;
    int client_ = -1;
    uint16_t port_ = 0;
    std::shared_ptr<SSL_CTX> context_;
    std::shared_ptr<SSL> ssl_;
};

class LogStreamTest : public testing::Test {
  protected:
    LogStreamTest() {
        std::string name = (std::filesystem::temp_directory_path() / "eti-log-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~LogStreamTest() override { std::filesystem::remove_all(folder_); }

    void open(uint16_t port, config::LogTransport transport,
              std::optional<config::TlsProfile> tls = {}) {
        channel_ = open_stream_channel({"siem", "all", "127.0.0.1", port, transport, tls}, loop_);
    }
    // until turns both sides, a second of the channel's clock each time, until done.
    template <typename Done>
    bool until(Listener& listener, const Done& done) {
        for (int i = 0; i < kTurns && !done(); ++i) {
            now_ += std::chrono::milliseconds(100);
            channel_->tick(now_);
            loop_.turn(std::chrono::milliseconds(1));
            listener.turn();
        }
        return done();
    }
    std::string write_file(const std::string& name, const std::string& text) {
        std::ofstream(folder_ / name) << text;
        return (folder_ / name).string();
    }

    std::filesystem::path folder_;
    EventLoop loop_{std::chrono::milliseconds(10)};
    Timestamp now_{std::chrono::seconds(1'795'494'374)};
    std::unique_ptr<LogChannel> channel_;
};

TEST_F(LogStreamTest, MessagesAreCountedInOctets) {
    Listener listener;
    open(listener.port(), config::LogTransport::Tcp);
    channel_->send("<14>1 first");  // before there is a connection
    EXPECT_EQ(channel_->status().queued, 1U);
    ASSERT_TRUE(until(listener, [&] { return !listener.received.empty(); }));
    channel_->send("two\nlines");
    ASSERT_TRUE(until(listener, [&] { return listener.received.size() >= 25; }));
    EXPECT_EQ(listener.received, "11 <14>1 first9 two\nlines");
    const LogStreamStatus status = channel_->status();
    EXPECT_TRUE(status.connected);
    EXPECT_EQ(status.sent, 2U);
    EXPECT_EQ(status.queued, 0U);
    EXPECT_EQ(status.problem, "");
}

TEST_F(LogStreamTest, AConnectionThatBreaksIsMadeAgain) {
    Listener listener;
    open(listener.port(), config::LogTransport::Tcp);
    ASSERT_TRUE(until(listener, [&] { return channel_->status().connected; }));
    ASSERT_TRUE(until(listener, [&] { return listener.connected(); }));
    listener.drop();
    ASSERT_TRUE(until(listener, [&] { return !channel_->status().connected; }));
    EXPECT_NE(channel_->status().problem.find("tried again by itself"), std::string::npos);
    channel_->send("later");
    ASSERT_TRUE(until(listener, [&] { return listener.received == "5 later"; }));
    EXPECT_EQ(channel_->status().dropped, 0U);
}

TEST_F(LogStreamTest, NobodyThereCostsABoundedQueueAndACount) {
    uint16_t port = 0;
    {
        const Listener gone;
        port = gone.port();
    }
    open(port, config::LogTransport::Tcp);
    const std::string message(1'000, 'x');
    for (int i = 0; i < 2'000; ++i) {
        channel_->send(message);
    }
    const LogStreamStatus before = channel_->status();
    EXPECT_GT(before.queued, 1'000U);
    EXPECT_LT(before.queued, 1'100U);
    EXPECT_EQ(before.dropped, 2'000U - before.queued);
    Listener other;
    ASSERT_TRUE(until(other, [&] { return !channel_->status().problem.empty(); }));
    Listener back(port);
    ASSERT_TRUE(until(back, [&] { return channel_->status().queued == 0; }));
    EXPECT_EQ(channel_->status().sent, before.queued);
}

TEST_F(LogStreamTest, TlsGoesOnlyToAReceiverThatProvesItsAddress) {
    const std::string loopback("\x7f\0\0\1", 4);
    const auto authority = test::CertificateBuilder().subject("CN", "CA").authority().self_signed();
    const auto stranger = test::CertificateBuilder().subject("CN", "X").authority().self_signed();
    struct Case {
        const char* why;
        const test::TestCertificate& issuer;
        std::string address;
        bool accepted;
    };
    const Case cases[] = {
        {"the right one", authority, loopback, true},
        {"another CA", stranger, loopback, false},
        {"another address", authority, std::string("\x7f\0\0\2", 4), false},
    };
    const config::TlsProfile profile{
        "p", write_file("ca.pem", authority.certificate_pem()), {}, {}};
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        Listener listener;
        listener.use_tls(
            test::CertificateBuilder().subject("CN", "siem").ip(c.address).signed_by(c.issuer));
        open(listener.port(), config::LogTransport::Tls, profile);
        channel_->send("secret");
        ASSERT_TRUE(until(listener, [&] {
            return channel_->status().sent == 1 || !channel_->status().problem.empty();
        }));
        EXPECT_EQ(channel_->status().sent, c.accepted ? 1U : 0U) << channel_->status().problem;
        if (c.accepted) {
            ASSERT_TRUE(until(listener, [&] { return listener.received == "6 secret"; }));
        } else {
            EXPECT_NE(channel_->status().problem.find("certificate is not accepted"),
                      std::string::npos)
                << channel_->status().problem;
            EXPECT_EQ(listener.received, "");
        }
    }
}

}  // namespace
}  // namespace eti::control
