// A listening Unix stream socket that owns its file.
#pragma once

#include <string>

namespace eti::cli {

// ListeningSocket binds path with mode 0660. A socket file nobody listens on is replaced; a live
// one, or any other file, throws std::runtime_error with the remedy.
class ListeningSocket {
  public:
    explicit ListeningSocket(std::string path);
    ~ListeningSocket();
    ListeningSocket(const ListeningSocket&) = delete;
    ListeningSocket& operator=(const ListeningSocket&) = delete;

    int fd() const { return fd_; }
    int accept() const;  // non-blocking; -1 when nobody waits

  private:
    std::string path_;
    int fd_ = -1;
};

}  // namespace eti::cli
