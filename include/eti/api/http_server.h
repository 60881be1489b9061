// HTTP/1.1 on one thread: connections, limits and time-outs; what a request means is the
// handlers' business.
#pragma once

#include "eti/api/asio.h"
#include "eti/api/context.h"

#include <cstddef>
#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace eti::analysis {

struct ServerLimits {
    std::size_t max_connections = 512;
    std::size_t max_body_bytes_in_flight = 256UL << 20;
    std::size_t max_header_bytes = 16UL << 10;
    std::chrono::seconds idle{120};     // waiting for a request's header
    std::chrono::seconds transfer{60};  // a body in, or an answer out
};

class HttpServer {
  public:
    // Binds and listens; throws std::runtime_error naming address, reason and remedy. tls may be
    // null. context and tls outlive the server.
    HttpServer(asio::io_context& io, ApiContext& context, boost::asio::ssl::context* tls,
               const std::string& address, uint16_t port, ServerLimits limits);
    ~HttpServer();

    uint16_t port() const;
    void start();  // accepts from now on
    // stop takes no more connections and requests; requests under way get their answer.
    void stop();
    std::size_t connections() const;

    struct State;

  private:
    std::shared_ptr<State> state_;
};

}  // namespace eti::analysis
