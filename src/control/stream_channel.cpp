#include "control/log_address.h"
#include "control/log_channel.h"
#include "control/tls_socket.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>

namespace eti::control {
namespace {

constexpr std::size_t kMostQueuedBytes = 1U << 20;
constexpr std::chrono::milliseconds kFirstPause{500};
constexpr std::chrono::milliseconds kLongestPause{30'000};
constexpr std::chrono::seconds kConnectDeadline{10};

// StreamChannel goes Idle -> Connecting -> (Handshaking) -> Up and back to Idle on any failure. A
// message that was cut off is sent again whole: the receiver forgets the part at the end of stream.
class StreamChannel final : public LogChannel {
  public:
    StreamChannel(const config::LogStream& stream, EventLoop& loop) : stream_(stream), loop_(loop) {
        const bool tls = stream.transport == config::LogTransport::Tls;
        status_.name = stream.name;
        status_.transport = tls ? "tls" : "tcp";
        try {
            if (tls) {
                tls_settings_.emplace(stream.tls.value_or(config::TlsProfile{}));
            }
        } catch (const std::runtime_error& error) {
            usable_ = false;
            status_.problem = "log stream " + stream.name + ": " + error.what();
        }
    }
    ~StreamChannel() override { close(); }

    void send(std::string_view message) override {
        const std::string frame =
            std::to_string(message.size()) + " " + std::string(message);  // RFC 6587 section 3.4.1
        if (!usable_ || queued_bytes_ + frame.size() > kMostQueuedBytes) {
            ++status_.dropped;
            return;
        }
        queued_bytes_ += frame.size();
        queue_.push_back(frame);
        if (state_ == State::Up) {
            flush();
        }
    }

    void tick(Timestamp now) override {
        now_ = now;
        if (!usable_) {
            return;
        }
        if (state_ == State::Idle && now >= next_attempt_) {
            connect();
        } else if ((state_ == State::Connecting || state_ == State::Handshaking) &&
                   now >= deadline_) {
            fail("no answer within 10 seconds");
        }
    }

    LogStreamStatus status() const override {
        LogStreamStatus status = status_;
        status.connected = state_ == State::Up;
        status.queued = queue_.size();
        return status;
    }

  private:
    enum class State : uint8_t { Idle, Connecting, Handshaking, Up };

    void connect() {
        const SocketAddress address = log_address(stream_, SOCK_STREAM, status_.problem);
        if (!address) {
            usable_ = false;
            return;
        }
        fd_ = ::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd_ < 0 ||
            (::connect(fd_, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS)) {
            fail(std::strerror(errno));
            return;
        }
        state_ = State::Connecting;
        deadline_ = now_ + kConnectDeadline;
        watched_ = EPOLLOUT;
        loop_.add(fd_, watched_, [this](uint32_t events) { on_events(events); });
    }

    void on_events(uint32_t events) {
        if (state_ == State::Connecting) {
            int error = 0;
            socklen_t size = sizeof error;
            ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
            if (error != 0) {
                fail(std::strerror(error));
                return;
            }
            if (!tls_settings_) {
                up();
                return;
            }
            tls_.emplace(*tls_settings_, fd_, stream_.host);
            state_ = State::Handshaking;
        }
        if (state_ == State::Handshaking) {
            on_result(tls_->handshake(), [this] { up(); });
            return;
        }
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !still_open()) {
            return;
        }
        flush();
    }

    void up() {
        state_ = State::Up;
        pause_ = kFirstPause;
        status_.problem.clear();
        flush();
    }

    // A receiver says nothing (RFC 5425 section 4.3); reading tells when it leaves.
    bool still_open() {
        if (tls_) {
            if (tls_->read_and_discard() == IoResult::Closed) {
                fail(tls_->error());
                return false;
            }
            return true;
        }
        std::array<char, 1024> ignored{};
        ssize_t size = 0;
        do {
            size = ::recv(fd_, ignored.data(), ignored.size(), 0);
        } while (size > 0);
        if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
            fail(size == 0 ? "the receiver closed the connection" : std::strerror(errno));
            return false;
        }
        return true;
    }

    IoResult write(std::string_view bytes, std::size_t& written) {
        if (tls_) {
            return tls_->write(bytes, written);
        }
        const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        written = size > 0 ? static_cast<std::size_t>(size) : 0;
        if (size >= 0 || errno == EINTR) {
            return IoResult::Done;
        }
        return errno == EAGAIN ? IoResult::WantWrite : IoResult::Closed;
    }

    void flush() {
        while (!queue_.empty()) {
            std::size_t written = 0;
            const IoResult result =
                write(std::string_view(queue_.front()).substr(written_), written);
            if (result != IoResult::Done) {
                on_result(result, [] {});
                return;
            }
            written_ += written;
            if (written_ == queue_.front().size()) {
                queued_bytes_ -= written_;
                queue_.pop_front();
                written_ = 0;
                ++status_.sent;
            }
        }
        watch(EPOLLIN);
    }

    template <typename Next>
    void on_result(IoResult result, const Next& next) {
        switch (result) {
            case IoResult::Done:
                next();
                break;
            case IoResult::WantRead:
                watch(EPOLLIN);
                break;
            case IoResult::WantWrite:
                watch(EPOLLIN | EPOLLOUT);
                break;
            case IoResult::Closed:
                fail(tls_ ? tls_->error() : std::strerror(errno));
                break;
        }
    }

    void watch(uint32_t events) {
        if (watched_ != events) {
            watched_ = events;
            loop_.modify(fd_, events);
        }
    }

    void fail(const std::string& why) {
        close();
        status_.problem = "log stream " + stream_.name + ": " + stream_.host + " port " +
                          std::to_string(stream_.port) + ": " + why +
                          "; check that a receiver for " + status_.transport +
                          " listens there; it is tried again by itself";
        next_attempt_ = now_ + pause_;
        pause_ = std::min(2 * pause_, kLongestPause);
    }

    void close() {
        tls_.reset();
        if (fd_ >= 0) {
            if (state_ != State::Idle) {
                loop_.remove(fd_);
            }
            ::close(fd_);
            fd_ = -1;
        }
        state_ = State::Idle;
        written_ = 0;
    }

    config::LogStream stream_;
    EventLoop& loop_;
    std::optional<TlsSettings> tls_settings_;
    std::optional<TlsSocket> tls_;
    bool usable_ = true;
    State state_ = State::Idle;
    int fd_ = -1;
    uint32_t watched_ = 0;
    Timestamp now_{};
    Timestamp next_attempt_{};
    Timestamp deadline_{};
    std::chrono::milliseconds pause_ = kFirstPause;
    std::deque<std::string> queue_;
    std::size_t queued_bytes_ = 0;
    std::size_t written_ = 0;  // of the first message in the queue
    LogStreamStatus status_;
};

}  // namespace

std::unique_ptr<LogChannel> open_stream_channel(const config::LogStream& stream, EventLoop& loop) {
    return std::make_unique<StreamChannel>(stream, loop);
}

}  // namespace eti::control
