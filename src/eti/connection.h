// A connected Unix socket and the lines that come over it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eti::client {

class Socket {
  public:
    explicit Socket(const std::string& path);  // throws Unreachable
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    int fd() const { return fd_; }
    void send(std::string_view text);  // throws Unreachable
    std::string receive_line();        // throws Unreachable; waits up to 30 seconds
    // receive_now takes what has come; false: the other end has closed.
    bool receive_now();
    std::optional<std::string> next_line();  // a whole line that is already here

    [[noreturn]] void broken() const;

  private:
    bool receive(int flags);

    std::string path_;
    int fd_ = -1;
    std::string buffer_;
    std::size_t searched_ = 0;  // bytes of buffer_ without a newline
};

}  // namespace eti::client
