// The client side of TLS over a non-blocking socket, for log streams.
#pragma once

#include "eti/config/settings.h"

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace eti::control {

enum class IoResult : uint8_t { Done, WantRead, WantWrite, Closed };

// TlsSettings holds the profile's files, read once. Throws std::runtime_error with the remedy.
class TlsSettings {
  public:
    explicit TlsSettings(const config::TlsProfile& profile);
    SSL_CTX* context() const { return context_.get(); }

  private:
    std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context_;
};

// TlsSocket speaks over fd, which stays the caller's and must outlive it. The receiver must show a
// certificate for its address.
class TlsSocket {
  public:
    TlsSocket(const TlsSettings& settings, int fd, const std::string& address);

    IoResult handshake();
    IoResult write(std::string_view bytes, std::size_t& written);
    IoResult read_and_discard();  // Done: nothing more for now is there
    const std::string& error() const { return error_; }

  private:
    IoResult result_of(int code);

    std::unique_ptr<SSL, decltype(&::SSL_free)> ssl_;
    std::string error_;
};

}  // namespace eti::control
