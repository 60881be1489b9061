#include "eti/cli/command_server.h"

#include "cli/listening_socket.h"
#include "cli/request.h"
#include "eti/cli/protocol.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <unordered_map>
#include <utility>
#include <vector>

namespace eti::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReadBytes = 4096;

struct Client {
    int fd = -1;
    Caller caller;
    std::string input;
    std::string output;
    std::size_t sent = 0;
    bool busy = false;    // a request waits for its answer
    bool ending = false;  // nothing more will be read; close when the output is gone
    Clock::time_point progress;

    bool idle() const { return !busy && output.empty(); }
};

}  // namespace

struct CommandServer::Impl : std::enable_shared_from_this<CommandServer::Impl> {
    Impl(control::EventLoop& given_loop, Interpreter& given_interpreter, Backend& given_backend,
         std::string path, CommandServerLimits given_limits)
        : loop(given_loop),
          interpreter(given_interpreter),
          backend(given_backend),
          limits(given_limits),
          listener(std::move(path)),
          host(backend.status().host_name) {}

    void start() {
        loop.add(listener.fd(), EPOLLIN, [this](uint32_t) { accept_clients(); });
        // The loop has no way to take a tick back; it may outlive the server.
        loop.add_tick([self = weak_from_this()] {
            if (const auto impl = self.lock()) {
                impl->drop_stalled();
            }
            return false;
        });
    }

    void stop() {
        loop.remove(listener.fd());
        while (!clients.empty()) {
            close_client(clients.begin()->first);
        }
    }

    void accept_clients() {
        for (int fd = listener.accept(); fd >= 0; fd = listener.accept()) {
            if (clients.size() >= limits.clients) {
                ::close(fd);
                continue;
            }
            const uint64_t id = ++last_id;
            Client& client = clients[id];
            client.fd = fd;
            client.caller = caller_of(fd, backend.login_users());
            client.progress = Clock::now();
            loop.add(fd, EPOLLIN, [this, id](uint32_t events) { on_client(id, events); });
        }
    }

    void on_client(uint64_t id, uint32_t events) {
        Client& client = clients.at(id);
        if ((events & EPOLLIN) != 0 && client.idle() && !client.ending) {
            read(client);
        } else if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
            close_client(id);
            return;
        }
        serve(id);
    }

    void read(Client& client) {
        std::array<char, kReadBytes> buffer;
        const ssize_t size = ::recv(client.fd, buffer.data(), buffer.size(), 0);
        if (size > 0) {
            client.input.append(buffer.data(), static_cast<std::size_t>(size));
        } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
            client.ending = true;
        }
    }

    // serve answers complete lines, one at a time, until an answer has to wait.
    void serve(uint64_t id) {
        for (;;) {
            const auto found = clients.find(id);
            if (found == clients.end() || !write(id, found->second)) {
                return;
            }
            Client& client = found->second;
            const std::size_t end = client.input.find('\n');
            if (!client.idle() || end == std::string::npos) {
                settle(id, client);
                return;
            }
            const std::string line = client.input.substr(0, end);
            client.input.erase(0, end + 1);
            handle(id, client, line);
        }
    }

    // settle decides what to wait for once no request can be served now.
    void settle(uint64_t id, Client& client) {
        if (client.idle() && client.input.size() > kMaxRequestBytes) {
            client.input.clear();
            client.ending = true;
            client.output =
                render_answer("null", host, {false, "error: the line is too long\n", {}});
            serve(id);
            return;
        }
        if (client.idle() && client.ending) {
            close_client(id);
            return;
        }
        const bool want_input = client.idle();
        const bool want_output = !client.output.empty();
        loop.modify(client.fd, (want_input ? uint32_t{EPOLLIN} : 0U) |
                                   (want_output ? uint32_t{EPOLLOUT} : 0U));
    }

    void handle(uint64_t id, Client& client, const std::string& line) {
        Request request;
        std::string why;
        if (line.size() > kMaxRequestBytes) {
            why = "the line is too long";
        } else {
            parse_request(line, request, why);
        }
        client.progress = Clock::now();
        if (!why.empty()) {
            client.output = render_answer(request.id, host, {false, "error: " + why + "\n", {}});
            return;
        }
        if (request.operation == Request::Operation::Complete) {
            client.output =
                render_completions(request.id, host, interpreter.complete(request.line));
            return;
        }
        client.busy = true;
        // An answer that comes at once is written by serve's loop, a later one by finish.
        const auto inside = std::make_shared<bool>(true);
        interpreter.execute(
            request.line, client.caller,
            [self = weak_from_this(), id, inside, request_id = request.id](const Answer& answer) {
                if (const auto impl = self.lock()) {
                    impl->finish(id, request_id, answer, *inside);
                }
            });
        *inside = false;
    }

    void finish(uint64_t id, const std::string& request_id, const Answer& answer, bool within) {
        const auto found = clients.find(id);
        if (found == clients.end()) {
            return;  // the client left before its answer came
        }
        found->second.busy = false;
        found->second.output = render_answer(request_id, host, answer);
        found->second.progress = Clock::now();
        if (!within) {
            serve(id);
        }
    }

    // write sends what the socket takes; false when the client is gone.
    bool write(uint64_t id, Client& client) {
        while (client.sent < client.output.size()) {
            const ssize_t size = ::send(client.fd, client.output.data() + client.sent,
                                        client.output.size() - client.sent, MSG_NOSIGNAL);
            if (size < 0 && errno == EINTR) {
                continue;
            }
            if (size < 0 && errno == EAGAIN) {
                return true;
            }
            if (size < 0) {
                close_client(id);
                return false;
            }
            client.sent += static_cast<std::size_t>(size);
            client.progress = Clock::now();
        }
        client.output = {};
        client.sent = 0;
        return true;
    }

    void drop_stalled() {
        const auto now = Clock::now();
        std::vector<uint64_t> stalled;
        for (const auto& [id, client] : clients) {
            if (!client.output.empty() && now - client.progress > limits.stalled) {
                stalled.push_back(id);
            }
        }
        for (const uint64_t id : stalled) {
            close_client(id);
        }
    }

    void close_client(uint64_t id) {
        const auto found = clients.find(id);
        loop.remove(found->second.fd);
        ::close(found->second.fd);
        clients.erase(found);
    }

    control::EventLoop& loop;
    Interpreter& interpreter;
    Backend& backend;
    CommandServerLimits limits;
    ListeningSocket listener;
    std::string host;
    std::unordered_map<uint64_t, Client> clients;
    uint64_t last_id = 0;
};

CommandServer::CommandServer(control::EventLoop& loop, Interpreter& interpreter, Backend& backend,
                             std::string path, CommandServerLimits limits)
    : impl_(std::make_shared<Impl>(loop, interpreter, backend, std::move(path), limits)) {
    impl_->start();
}

CommandServer::~CommandServer() {
    impl_->stop();
}

std::size_t CommandServer::clients() const {
    return impl_->clients.size();
}

}  // namespace eti::cli
