#include "eti/cli/command_server.h"

#include "cli/listening_socket.h"
#include "cli/request.h"
#include "eti/cli/protocol.h"
#include "eti/cli/session.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace eti::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReadBytes = 65536;
constexpr std::size_t kMaxEventBytes = 64 * 1024;  // not yet taken by a client

struct Client {
    int fd = -1;
    std::unique_ptr<Session> session;
    bool attached = false;  // takes events, wants prompts
    std::string input;
    std::optional<Request> load;  // its text is being read
    std::string text;
    std::size_t discard = 0;  // bytes of a refused load, still to come
    std::string output;
    std::size_t sent = 0;
    bool busy = false;    // a request waits for its answer
    bool ending = false;  // nothing more will be read; close when the output is gone
    Clock::time_point progress;

    bool idle() const { return !busy && output.empty(); }
    bool reading_text() const { return load.has_value() || discard > 0; }
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
          first_host(backend.status().host_name) {}

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
            client.session = std::make_unique<Session>(interpreter, backend,
                                                       caller_of(fd, backend.login_users()));
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
            if (client.reading_text()) {
                client.progress = Clock::now();
            }
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
            if (client.idle() && client.reading_text() && !take_text(id, client)) {
                settle(id, client);
                return;
            }
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

    // take_text moves what has come of a load's text; true: it is whole and done.
    bool take_text(uint64_t id, Client& client) {
        const std::size_t skipped = std::min(client.discard, client.input.size());
        client.input.erase(0, skipped);
        client.discard -= skipped;
        if (!client.load) {
            return client.discard == 0;
        }
        const std::size_t missing = client.load->bytes - client.text.size();
        const std::size_t taken = std::min(missing, client.input.size());
        client.text.append(client.input, 0, taken);
        client.input.erase(0, taken);
        if (taken < missing) {
            return false;
        }
        const Request request = *std::exchange(client.load, std::nullopt);
        const std::string text = std::exchange(client.text, {});
        run(id, client, request,
            [&](const Interpreter::Done& done) { client.session->load(request.line, text, done); });
        return true;
    }

    // settle decides what to wait for once no request can be served now.
    void settle(uint64_t id, Client& client) {
        if (client.idle() && client.input.size() > kMaxRequestBytes) {
            client.input.clear();
            client.ending = true;
            refuse(client, "null", "the line is too long");
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
            refuse(client, request.id, why);
            return;
        }
        switch (request.operation) {
            case Request::Operation::Complete:
                complete(client, request);
                return;
            case Request::Operation::Load:
                begin_load(id, client, request);
                return;
            case Request::Operation::Attach:
                client.attached = true;
                client.session->attach(request.client, request.terminal);
                answer(client, request.id, {});
                return;
            case Request::Operation::Answer:
                run(id, client, request, [&](const Interpreter::Done& done) {
                    client.session->answer(request.line, done);
                });
                return;
            case Request::Operation::Execute:
                run(id, client, request, [&](const Interpreter::Done& done) {
                    client.session->execute(request.line, done);
                });
                return;
        }
    }

    void refuse(Client& client, const std::string& request_id, const std::string& why) {
        client.output += render_answer(request_id, host(), {false, "error: " + why + "\n", {}});
    }

    void answer(Client& client, const std::string& request_id, const Answer& given) {
        const View view{client.session->prompt(), client.session->terminal()};
        client.output +=
            render_answer(request_id, host(), given, client.attached ? &view : nullptr);
    }

    void complete(Client& client, const Request& request) {
        const Completions found = client.session->complete(request.line);
        client.output += render_completions(
            request.id, host(), found,
            request.key ? reply_to_key(found, request.line, *request.key) : CompletionReply{});
    }

    // What nobody may load, or no memory is set aside for, is read and thrown away.
    void begin_load(uint64_t id, Client& client, const Request& request) {
        std::size_t held = request.bytes;
        for (const auto& [other_id, other] : clients) {
            held += other.load ? other.load->bytes : 0;
        }
        const bool room = held <= limits.load_bytes;
        if (!room || !client.session->in_configuration()) {
            client.discard = request.bytes;
            refuse(client, request.id,
                   room ? "load belongs to configuration mode; enter configure"
                        : "too much is being loaded at once; try again");
            return;
        }
        client.load = request;
        client.text.reserve(request.bytes);
        if (request.bytes == 0) {
            take_text(id, client);
        }
    }

    // run starts what may take turns of the loop. An answer that comes at once is written by
    // serve's loop, a later one by finish.
    template <typename Start>
    void run(uint64_t id, Client& client, const Request& request, Start start) {
        client.busy = true;
        const auto inside = std::make_shared<bool>(true);
        start([self = weak_from_this(), id, inside, request_id = request.id](Answer given) {
            if (const auto impl = self.lock()) {
                impl->finish(id, request_id, given, *inside);
            }
        });
        *inside = false;
    }

    void finish(uint64_t id, const std::string& request_id, const Answer& given, bool within) {
        const auto found = clients.find(id);
        if (found == clients.end()) {
            return;  // the client left before its answer came
        }
        found->second.busy = false;
        answer(found->second, request_id, given);
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
            if ((!client.output.empty() || client.reading_text()) &&
                now - client.progress > limits.stalled) {
                stalled.push_back(id);
            }
        }
        for (const uint64_t id : stalled) {
            close_client(id);
        }
    }

    void announce(const std::string& text) {
        std::vector<uint64_t> listening;
        for (auto& [id, client] : clients) {
            if (client.attached && client.output.size() - client.sent < kMaxEventBytes) {
                client.progress = client.output.empty() ? Clock::now() : client.progress;
                client.output +=
                    render_event("Broadcast Message from root@" + host() + "\n" + text);
                listening.push_back(id);
            }
        }
        for (const uint64_t id : listening) {
            serve(id);
        }
    }

    // The name may change with a commit.
    std::string host() const {
        const config::Workspace* workspace = backend.workspace();
        return workspace == nullptr ? first_host : workspace->settings().host_name;
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
    std::string first_host;
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

void CommandServer::announce(const std::string& text) {
    impl_->announce(text);
}

std::size_t CommandServer::clients() const {
    return impl_->clients.size();
}

}  // namespace eti::cli
