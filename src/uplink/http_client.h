// A thin wrapper over libcurl's multi interface: bounded, strict, for one thread.
#pragma once

#include "eti/uplink/uplink.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace eti::uplink {

struct HttpRequest {
    std::string url;
    bool post = false;
    std::string body;
    std::vector<std::string> headers;  // "Name: value"
    TlsFiles tls;
    std::string token_file;  // read for each request, so that a new token needs no restart
    std::size_t most_body = 1U << 20;
    std::chrono::seconds timeout{60};  // for the whole exchange
    std::chrono::seconds silence{30};  // less than a byte a second for so long ends it
};

struct HttpResponse {
    long status = 0;  // 0: no complete answer, error says why
    std::string body;
    std::string etag;
    std::optional<std::chrono::seconds> retry_after;
    std::string error;  // a sentence with its remedy
};

// check_url returns an empty text for https and, on loopback hosts, http; else why not.
std::string check_url(const std::string& url);

// origin_of splits "scheme://host:port/"; false when it is no URL.
bool origin_of(const std::string& url, std::string& host, uint16_t& port);

// unexpected says in a sentence what an answer other than the expected one means for the operator.
std::string unexpected(const HttpRequest& request, const HttpResponse& response);

class HttpClient {
  public:
    using Handler = std::function<void(const HttpRequest&, HttpResponse)>;

    HttpClient();   // throws std::runtime_error when libcurl cannot start
    ~HttpClient();  // abandons what is under way, no handler is called
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // start begins the exchange; handler runs once, inside a later run_handlers().
    void start(HttpRequest request, Handler handler);
    // wait returns when a socket or fd is ready, or the time is over.
    void wait(int fd, std::chrono::milliseconds most);
    // run_handlers moves every exchange on and calls the handlers of those that ended.
    void run_handlers();

  private:
    struct Transfer;
    void finish(Transfer& transfer, int code);

    void* multi_ = nullptr;  // CURLM
    std::map<const void*, std::unique_ptr<Transfer>> transfers_;
    std::vector<std::unique_ptr<Transfer>> ended_;
};

}  // namespace eti::uplink
