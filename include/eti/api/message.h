// A request and its answer, free of the HTTP library.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eti::analysis {

struct Request {
    std::string method;
    std::vector<std::string> path;               // segments, percent-decoded
    std::map<std::string, std::string> query;    // percent-decoded, the last of a name wins
    std::map<std::string, std::string> headers;  // names in lower case, the ones handlers read
    std::string body;
    // Who asks: set by authorize from the credential.
    int64_t realm = 1;
    std::string actor;        // a user's, token's or certificate's name; empty without a login
    std::string certificate;  // the client certificate's SHA-256, when TLS verified one
    bool by_cookie = false;

    std::string header(const std::string& name) const;
    std::string parameter(const std::string& name) const;
};

// parse_target splits a request target; false when it is malformed.
bool parse_target(std::string_view target, Request& request);

// EventSource is a body that does not end: next is the next piece, empty at the end.
class EventSource;

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::shared_ptr<EventSource> events = nullptr;  // instead of body
};

// problem is an RFC 9457 document; detail is a sentence with the remedy.
Response problem(int status, std::string_view detail);

// number_parameter is fallback when the parameter is absent; RequestError 400 when it is no
// number from least to most.
int64_t number_parameter(const Request& request, const std::string& name, int64_t fallback,
                         int64_t least, int64_t most);

}  // namespace eti::analysis
