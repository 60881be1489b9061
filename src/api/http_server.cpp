#include "eti/api/http_server.h"

#include "eti/store/users.h"

#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <openssl/x509.h>
#include <spdlog/spdlog.h>

#include <array>
#include <list>
#include <stdexcept>

namespace eti::analysis {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kReadBufferBytes = 128UL << 10;
constexpr std::chrono::seconds kLinger{2};

auto quiet(error_code& ec) {
    return asio::redirect_error(asio::use_awaitable, ec);
}

}  // namespace

struct HttpServer::State {
    State(asio::io_context& io, ApiContext& api, asio::ssl::context* tls_context, ServerLimits most)
        : acceptor(io), context(api), tls(tls_context), limits(most) {}

    tcp::acceptor acceptor;
    ApiContext& context;
    asio::ssl::context* tls;
    const ServerLimits limits;
    std::list<beast::tcp_stream*> idle;  // waiting for a request: closed at once on stop
    std::size_t connections = 0;
    std::size_t body_bytes = 0;  // of requests being read or answered
    bool stopping = false;
};

namespace {

using State = HttpServer::State;

// Counter adds while it lives.
class Counter {
  public:
    Counter(std::size_t& total, std::size_t amount) : total_(total), amount_(amount) {
        total_ += amount_;
    }
    ~Counter() { total_ -= amount_; }
    Counter(const Counter&) = delete;
    Counter& operator=(const Counter&) = delete;

  private:
    std::size_t& total_;
    std::size_t amount_;
};

// Peer is whom TLS verified: the certificate's CN, and its O as the realm.
struct Peer {
    std::string name;
    std::string realm;
};

std::string subject_text(X509* certificate, int field) {
    std::array<char, 256> text{};
    const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), field,
                                               text.data(), static_cast<int>(text.size()));
    return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string();
}

Peer peer_of(SSL* ssl) {
    Peer peer;
    X509* certificate = SSL_get0_peer_certificate(ssl);
    if (certificate != nullptr && SSL_get_verify_result(ssl) == X509_V_OK) {
        peer.name = subject_text(certificate, NID_commonName);
        peer.realm = subject_text(certificate, NID_organizationName);
        peer.name = peer.name.empty() ? "certificate without a name" : peer.name;
        peer.realm = peer.realm.empty() ? "default" : peer.realm;
    }
    return peer;
}

class IdleMark {
  public:
    IdleMark(State& state, beast::tcp_stream& stream)
        : state_(state), place_(state.idle.insert(state.idle.end(), &stream)) {}
    ~IdleMark() { state_.idle.erase(place_); }
    IdleMark(const IdleMark&) = delete;
    IdleMark& operator=(const IdleMark&) = delete;

  private:
    State& state_;
    std::list<beast::tcp_stream*>::iterator place_;
};

using Parser = http::request_parser<http::string_body>;

Request to_request(const Parser::value_type& message) {
    Request request;
    request.method = std::string(message.method_string());
    for (const char* name :
         {"authorization", "content-encoding", "idempotency-key", "if-none-match", "accept",
          "accept-encoding", "host", "origin", "cookie", "x-openeti", "last-event-id"}) {
        const auto field = message.find(name);
        if (field != message.end()) {
            request.headers.emplace(name, field->value().to_string());
        }
    }
    return request;
}

// What the header alone decides; status 200 lets the body in.
Response check_header(State& state, const Peer& peer, const Parser& parser, Request& request,
                      std::size_t& room) {
    request = to_request(parser.get());
    if (!peer.name.empty()) {
        const auto realm = find_realm(state.context.reader.database, peer.realm);
        if (!realm) {
            ++state.context.metrics.auth_failures["mtls"];
            return problem(403, "the certificate's realm '" + peer.realm +
                                    "' is not known here: make it with 'eti-analysis realm NAME'");
        }
        request.actor = peer.name;
        request.realm = *realm;
    }
    const auto target = parser.get().target();
    if (!parse_target({target.data(), target.size()}, request)) {
        return problem(400, "the request target is malformed");
    }
    Response verdict = authorize(state.context, request);
    if (verdict.status != 200) {
        return verdict;
    }
    const bool records =
        request.path.size() == 2 && request.path[0] == "v1" && request.path[1] == "records";
    const BodyLimits& limits = state.context.limits;
    const std::size_t most = records ? limits.max_body_bytes : limits.max_other_bytes;
    room = parser.content_length() ? static_cast<std::size_t>(*parser.content_length())
           : parser.chunked()      ? most
                                   : 0;
    if (room > most) {
        return problem(413, "the body may have at most " + std::to_string(most) + " bytes");
    }
    if (state.body_bytes > 0 && state.body_bytes + room > state.limits.max_body_bytes_in_flight) {
        Response busy = problem(429, "too many bodies are under way");
        busy.headers.emplace_back("Retry-After", "1");
        return busy;
    }
    return verdict;
}

Response read_problem(const error_code& ec) {
    if (ec == http::error::body_limit) {
        return problem(413, "the body is larger than this path takes");
    }
    if (ec == http::error::header_limit) {
        return problem(431, "the header is larger than this service takes");
    }
    return problem(400, "the request is not well-formed HTTP: " + ec.message());
}

bool is_malformed(const error_code& ec) {
    return ec && ec.category() == make_error_code(http::error::end_of_stream).category() &&
           ec != http::error::end_of_stream && ec != http::error::partial_message;
}

template <typename Stream>
asio::awaitable<bool> write_response(State& state, Stream& stream, Response response, bool head,
                                     bool keep_alive) {
    http::response<http::string_body> message(static_cast<http::status>(response.status), 11);
    message.set(http::field::server, "eti-analysis");
    message.set("X-Content-Type-Options", "nosniff");
    if (!response.content_type.empty()) {
        message.set(http::field::content_type, response.content_type);
    }
    for (const auto& [name, value] : response.headers) {
        message.set(name, value);
    }
    message.keep_alive(keep_alive);
    const std::size_t size = response.body.size();
    if (!head) {
        message.body() = std::move(response.body);
    }
    if (response.status != 204 && response.status != 304) {
        message.content_length(size);
    }
    beast::get_lowest_layer(stream).expires_after(state.limits.transfer);
    error_code ec;
    http::response_serializer<http::string_body> serializer(message);
    co_await http::async_write(stream, serializer, quiet(ec));
    co_return !ec;
}

// Events go out as they come, until the client leaves or the service stops.
template <typename Stream>
asio::awaitable<void> write_events(State& state, Stream& stream, Response response) {
    http::response<http::empty_body> head(static_cast<http::status>(response.status), 11);
    head.set(http::field::content_type, response.content_type);
    head.set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : response.headers) {
        head.set(name, value);
    }
    head.keep_alive(false);
    http::response_serializer<http::empty_body> serializer(head);
    error_code ec;
    beast::get_lowest_layer(stream).expires_after(state.limits.transfer);
    co_await http::async_write_header(stream, serializer, quiet(ec));
    while (!ec && !state.stopping) {
        const std::string text = co_await response.events->next();
        if (text.empty()) {
            break;
        }
        beast::get_lowest_layer(stream).expires_after(state.limits.transfer);
        co_await asio::async_write(stream, asio::buffer(text), quiet(ec));
    }
}

// A client that announced its body waits for this line before it sends it.
template <typename Stream>
asio::awaitable<bool> invite_body(Stream& stream) {
    http::response<http::empty_body> message(http::status::continue_, 11);
    error_code ec;
    co_await http::async_write(stream, message, quiet(ec));
    co_return !ec;
}

// What the connection does after a request. Linger: the client may still be sending; closing now
// would reset the connection under the answer it has not read yet.
enum class Next : uint8_t { Again, Close, Linger };

template <typename Stream>
asio::awaitable<Next> refuse(State& state, Stream& stream, error_code why) {
    if (!is_malformed(why)) {
        co_return Next::Close;  // the client left, or was too slow
    }
    co_await write_response(state, stream, read_problem(why), false, false);
    co_return Next::Linger;
}

template <typename Stream>
asio::awaitable<void> linger(State& state, Stream& stream, beast::flat_buffer& buffer) {
    beast::get_lowest_layer(stream).expires_after(kLinger);
    std::size_t thrown_away = 0;
    error_code ec;
    while (!ec && thrown_away <= state.context.limits.max_body_bytes) {
        buffer.clear();
        thrown_away +=
            co_await stream.async_read_some(buffer.prepare(kReadBufferBytes / 2), quiet(ec));
    }
}

// Reads and answers one request.
template <typename Stream>
asio::awaitable<Next> serve_one(State& state, const Peer& peer, Stream& stream,
                                beast::flat_buffer& buffer) {
    Parser parser;
    parser.header_limit(static_cast<uint32_t>(state.limits.max_header_bytes));
    parser.body_limit(std::numeric_limits<uint64_t>::max());  // checked below, by path
    error_code ec;
    {
        const IdleMark mark(state, beast::get_lowest_layer(stream));
        beast::get_lowest_layer(stream).expires_after(state.limits.idle);
        co_await http::async_read_header(stream, buffer, parser, quiet(ec));
    }
    if (ec) {
        co_return co_await refuse(state, stream, ec);
    }
    Request request;
    std::size_t room = 0;
    Response response = check_header(state, peer, parser, request, room);
    if (response.status != 200) {
        co_await write_response(state, stream, std::move(response), false, false);
        co_return Next::Linger;
    }
    const Counter held(state.body_bytes, room);
    parser.body_limit(room);
    beast::get_lowest_layer(stream).expires_after(state.limits.transfer);
    if (parser.get()[http::field::expect] == "100-continue" && !co_await invite_body(stream)) {
        co_return Next::Close;
    }
    co_await http::async_read(stream, buffer, parser, quiet(ec));
    if (ec) {
        co_return co_await refuse(state, stream, ec);
    }
    const bool head = request.method == "HEAD";
    if (head) {
        request.method = "GET";
    }
    request.body = std::move(parser.get().body());
    const bool keep_alive = parser.get().keep_alive();
    beast::get_lowest_layer(stream).expires_never();  // handlers bound their own waiting
    response = co_await handle_request(state.context, request);
    if (response.events) {
        co_await write_events(state, stream, std::move(response));
        co_return Next::Close;
    }
    const bool stay = keep_alive && !state.stopping;
    const bool written = co_await write_response(state, stream, std::move(response), head, stay);
    co_return written&& stay ? Next::Again : Next::Close;
}

template <typename Stream>
asio::awaitable<void> serve_all(State& state, const Peer& peer, Stream& stream) {
    beast::flat_buffer buffer(kReadBufferBytes);
    buffer.reserve(kReadBufferBytes);
    Next next = Next::Again;
    while (!state.stopping && next == Next::Again) {
        next = co_await serve_one(state, peer, stream, buffer);
    }
    if (next == Next::Linger) {
        co_await linger(state, stream, buffer);
    }
}

asio::awaitable<void> serve_plain(State& state, tcp::socket socket) {
    beast::tcp_stream stream(std::move(socket));
    const Peer peer;
    co_await serve_all(state, peer, stream);
    error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> serve_tls(State& state, tcp::socket socket) {
    beast::ssl_stream<beast::tcp_stream> stream(std::move(socket), *state.tls);
    beast::get_lowest_layer(stream).expires_after(state.limits.transfer);
    error_code ec;
    co_await stream.async_handshake(asio::ssl::stream_base::server, quiet(ec));
    if (ec) {
        co_return;
    }
    const Peer peer = peer_of(stream.native_handle());
    co_await serve_all(state, peer, stream);
    beast::get_lowest_layer(stream).expires_after(std::chrono::seconds(5));
    co_await stream.async_shutdown(quiet(ec));
}

asio::awaitable<void> serve(std::shared_ptr<State> state, tcp::socket socket) {
    const Counter counted(state->connections, 1);
    const Counter shown(state->context.metrics.connections, 1);
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    try {
        if (state->tls != nullptr) {
            co_await serve_tls(*state, std::move(socket));
        } else {
            co_await serve_plain(*state, std::move(socket));
        }
    } catch (const std::exception& error) {
        spdlog::warn("a connection ended: {}", error.what());
    }
}

asio::awaitable<void> accept_all(std::shared_ptr<State> state) {
    const auto executor = co_await asio::this_coro::executor;
    while (!state->stopping) {
        error_code ec;
        tcp::socket socket(executor);
        co_await state->acceptor.async_accept(socket, quiet(ec));
        if (ec == asio::error::operation_aborted) {
            co_return;
        }
        if (ec) {  // out of descriptors, usually: wait for some to come back
            spdlog::warn("cannot accept a connection: {}", ec.message());
            asio::steady_timer pause(executor, std::chrono::milliseconds(100));
            co_await pause.async_wait(quiet(ec));
        } else if (state->connections < state->limits.max_connections) {
            asio::co_spawn(executor, serve(state, std::move(socket)), asio::detached);
        }
    }
}

[[noreturn]] void cannot_listen(const std::string& where, const std::string& why) {
    throw std::runtime_error("cannot listen on " + where + ": " + why +
                             "; choose a free address and port with --listen");
}

}  // namespace

HttpServer::HttpServer(asio::io_context& io, ApiContext& context, asio::ssl::context* tls,
                       const std::string& address, uint16_t port, ServerLimits limits)
    : state_(std::make_shared<State>(io, context, tls, limits)) {
    const std::string where = address + " port " + std::to_string(port);
    error_code ec;
    const auto ip = asio::ip::make_address(address, ec);
    if (ec) {
        cannot_listen(where, "not an IP address");
    }
    const tcp::endpoint endpoint(ip, port);
    tcp::acceptor& acceptor = state_->acceptor;
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) {
        acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    }
    if (!ec) {
        acceptor.bind(endpoint, ec);
    }
    if (!ec) {
        acceptor.listen(tcp::acceptor::max_listen_connections, ec);
    }
    if (ec) {
        cannot_listen(where, ec.message());
    }
}

HttpServer::~HttpServer() = default;

uint16_t HttpServer::port() const {
    return state_->acceptor.local_endpoint().port();
}

std::size_t HttpServer::connections() const {
    return state_->connections;
}

void HttpServer::start() {
    asio::co_spawn(state_->acceptor.get_executor(), accept_all(state_), asio::detached);
}

void HttpServer::stop() {
    state_->stopping = true;
    error_code ignored;
    state_->acceptor.close(ignored);
    for (beast::tcp_stream* stream : state_->idle) {
        stream->cancel();
    }
}

}  // namespace eti::analysis
