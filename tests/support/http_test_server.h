// A small HTTP/1.1 server on a loopback socket whose answers a test scripts.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace eti::test {

struct TestRequest {
    std::string method;
    std::string target;                          // path and query
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
};

struct TestAnswer {
    int status = 200;
    std::vector<std::string> headers;  // "Name: value"
    std::string body;
    std::size_t promised_bytes = std::string::npos;  // Content-Length when it should disagree
    bool hang = false;                               // no answer until the server stops

    static TestAnswer hanging() {
        TestAnswer answer;
        answer.hang = true;
        return answer;
    }
};

// HttpTestServer answers every request by calling the handler, one thread per connection. The
// handler may block in wait_until(); stop() ends all connections.
class HttpTestServer {
  public:
    using Handler = std::function<TestAnswer(const TestRequest&)>;

    // port 0 takes a free one.
    explicit HttpTestServer(Handler handler, uint16_t port = 0) : handler_(std::move(handler)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int yes = 1;
        ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* any = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listener_, any, size) != 0 || ::listen(listener_, 64) != 0 ||
            ::getsockname(listener_, any, &size) != 0) {
            throw std::runtime_error("the test server cannot listen on 127.0.0.1");
        }
        port_ = ntohs(address.sin_port);
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~HttpTestServer() { stop(); }
    HttpTestServer(const HttpTestServer&) = delete;
    HttpTestServer& operator=(const HttpTestServer&) = delete;

    uint16_t port() const { return port_; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

    void stop() {
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) {
                return;
            }
            stopping_ = true;
            for (const int connection : connections_) {
                ::shutdown(connection, SHUT_RDWR);
            }
        }
        changed_.notify_all();
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        ::close(listener_);
        for (std::thread& thread : threads_) {
            thread.join();
        }
    }

    // wait_until blocks a handler until ready() holds, checked after each wake(), or until stop.
    template <typename Predicate>
    void wait_until(Predicate ready) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return stopping_ || ready(); });
    }
    void wake() {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
    }

  private:
    void accept_all() {
        for (;;) {
            const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            const std::lock_guard lock(mutex_);
            if (connection < 0 || stopping_) {
                if (connection >= 0) {
                    ::close(connection);
                }
                return;
            }
            connections_.push_back(connection);
            threads_.emplace_back([this, connection] { serve(connection); });
        }
    }

    void serve(int connection) {
        std::string buffer;
        TestRequest request;
        while (read_request(connection, buffer, request) && answer(connection, request)) {
        }
        const std::lock_guard lock(mutex_);
        std::erase(connections_, connection);
        ::close(connection);
    }

    static bool read_more(int connection, std::string& buffer) {
        char chunk[16384];
        const ssize_t count = ::recv(connection, chunk, sizeof chunk, 0);
        if (count <= 0) {
            return false;
        }
        buffer.append(chunk, static_cast<std::size_t>(count));
        return true;
    }

    static bool read_request(int connection, std::string& buffer, TestRequest& request) {
        std::size_t end = 0;
        while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
            if (!read_more(connection, buffer)) {
                return false;
            }
        }
        request = parse_head(buffer.substr(0, end));
        buffer.erase(0, end + 4);
        const auto length = request.headers.find("content-length");
        const std::size_t wanted = length == request.headers.end() ? 0 : std::stoul(length->second);
        while (buffer.size() < wanted) {
            if (!read_more(connection, buffer)) {
                return false;
            }
        }
        request.body = buffer.substr(0, wanted);
        buffer.erase(0, wanted);
        return true;
    }

    static TestRequest parse_head(const std::string& head) {
        TestRequest request;
        std::size_t line_end = head.find("\r\n");
        const std::string first = head.substr(0, line_end);
        const std::size_t space = first.find(' ');
        request.method = first.substr(0, space);
        request.target = first.substr(space + 1, first.rfind(' ') - space - 1);
        while (line_end != std::string::npos) {
            const std::size_t start = line_end + 2;
            line_end = head.find("\r\n", start);
            const std::string line = head.substr(start, line_end - start);
            const std::size_t colon = line.find(": ");
            std::string name = line.substr(0, colon);
            std::transform(name.begin(), name.end(), name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            request.headers[name] = colon == std::string::npos ? "" : line.substr(colon + 2);
        }
        return request;
    }

    // answer returns false when the connection must end.
    bool answer(int connection, const TestRequest& request) {
        const TestAnswer answer = handler_(request);
        if (answer.hang) {
            wait_until([] { return false; });
            return false;
        }
        const bool disagrees = answer.promised_bytes != std::string::npos;
        const std::size_t length = disagrees ? answer.promised_bytes : answer.body.size();
        std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " Scripted\r\n";
        for (const std::string& header : answer.headers) {
            text += header + "\r\n";
        }
        if (answer.status != 304) {
            text += "Content-Length: " + std::to_string(length) + "\r\n";
        }
        text += "\r\n" + answer.body;
        const ssize_t sent = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
        return sent == static_cast<ssize_t>(text.size()) && !disagrees;
    }

    Handler handler_;
    int listener_ = -1;
    uint16_t port_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::vector<int> connections_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

}  // namespace eti::test
