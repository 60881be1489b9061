#include "eti/client.h"

#include "eti/cli/protocol.h"

#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace eti::client {
namespace {

constexpr int kAnswerSeconds = 30;

class Connection {
  public:
    explicit Connection(const std::string& path) : path_(path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path.size() >= sizeof address.sun_path) {
            throw Unreachable("cannot reach etid at " + path + ": the path is too long");
        }
        std::memcpy(address.sun_path, path.data(), path.size());
        fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        timeval limit{};
        limit.tv_sec = kAnswerSeconds;
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            const int error = errno;
            ::close(fd_);
            throw Unreachable("cannot reach etid at " + path + ": " + std::strerror(error) +
                              remedy(error));
        }
    }
    ~Connection() { ::close(fd_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void send(std::string_view text) {
        while (!text.empty()) {
            const ssize_t size = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (size < 0 && errno != EINTR) {
                broken();
            }
            text.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
        }
    }

    std::string receive_line() {
        std::string line;
        std::array<char, 65536> buffer;
        while (line.find('\n', line.size() - std::min(line.size(), buffer.size())) ==
               std::string::npos) {
            const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
            if (size < 0 && errno == EINTR) {
                continue;
            }
            if (size <= 0 || line.size() > cli::kMaxAnswerBytes) {
                broken();
            }
            line.append(buffer.data(), static_cast<std::size_t>(size));
        }
        return line;
    }

    [[noreturn]] void broken() const {
        throw Unreachable("etid at " + path_ +
                          " took no request or gave no answer; see its log for the reason");
    }

  private:
    static std::string remedy(int error) {
        if (error == EACCES || error == EPERM) {
            return "; run as root or join the socket's group";
        }
        return "; start the daemon or name its socket with --socket";
    }

    const std::string& path_;
    int fd_ = -1;
};

Reply parse_reply(const std::string& line, const Connection& connection) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    Reply reply;
    try {
        reply.ok = json.at("ok").get<bool>();
        reply.host = json.value("host", "");
        reply.output = json.value("output", "");
        if (json.contains("column")) {
            reply.column = json.at("column").get<std::size_t>();
        }
        for (const auto& entry : json.value("completions", nlohmann::json::array())) {
            reply.candidates.push_back({entry.at("word"), entry.at("help")});
        }
    } catch (const nlohmann::json::exception&) {
        connection.broken();
    }
    return reply;
}

}  // namespace

Reply Client::ask(const char* operation, std::string_view line) const {
    Connection connection(socket_);
    const nlohmann::json request{
        {"id", 1}, {"operation", operation}, {"line", line}, {"mode", "operational"}};
    connection.send(request.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    return parse_reply(connection.receive_line(), connection);
}

std::string caret_line(std::string_view prompt, std::string_view line, std::size_t column) {
    std::string text(prompt.size(), ' ');
    for (std::size_t i = 0; i < column; ++i) {
        const char c = i < line.size() ? line[i] : ' ';
        const bool continues = (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;  // of UTF-8
        if (!continues) {
            text += c == '\t' ? '\t' : ' ';
        }
    }
    return text + "^";
}

}  // namespace eti::client
