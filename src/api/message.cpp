#include "eti/api/message.h"

#include "eti/engine/engine.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace eti::analysis {
namespace {

constexpr std::size_t kMaxSegments = 8;
constexpr std::size_t kMaxParameters = 32;

std::string_view title_of(int status) {
    switch (status) {
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 503:
            return "Service Unavailable";
        default:
            return "Internal Server Error";
    }
}

// plus is what '+' stands for: a blank in a query, as forms and URLSearchParams write it.
bool percent_decode(std::string_view text, char plus, std::string& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? plus : text[i];
            continue;
        }
        unsigned value = 0;
        const char* first = text.data() + i + 1;
        if (i + 2 >= text.size() || std::from_chars(first, first + 2, value, 16).ptr != first + 2 ||
            value == 0) {
            return false;
        }
        out += static_cast<char>(static_cast<unsigned char>(value));
        i += 2;
    }
    return true;
}

template <typename Each>
bool split(std::string_view text, char separator, Each each) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (end > 0 && !each(text.substr(0, end))) {
            return false;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

}  // namespace

std::string Request::header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
}

std::string Request::parameter(const std::string& name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::string() : found->second;
}

bool parse_target(std::string_view target, Request& request) {
    if (target.empty() || target.front() != '/') {
        return false;
    }
    const std::size_t mark = std::min(target.find('?'), target.size());
    const bool path_ok = split(target.substr(0, mark), '/', [&](std::string_view segment) {
        std::string text;
        if (request.path.size() == kMaxSegments || !percent_decode(segment, '+', text)) {
            return false;
        }
        request.path.push_back(std::move(text));
        return true;
    });
    target.remove_prefix(std::min(mark + 1, target.size()));
    return path_ok && split(target, '&', [&](std::string_view pair) {
               const std::size_t equals = std::min(pair.find('='), pair.size());
               std::string name;
               std::string value;
               if (request.query.size() == kMaxParameters ||
                   !percent_decode(pair.substr(0, equals), ' ', name) ||
                   !percent_decode(pair.substr(std::min(equals + 1, pair.size())), ' ', value)) {
                   return false;
               }
               request.query[name] = value;
               return true;
           });
}

Response problem(int status, std::string_view detail) {
    const nlohmann::json document{{"type", "about:blank"},
                                  {"title", title_of(status)},
                                  {"status", status},
                                  {"detail", detail}};
    return {status,
            "application/problem+json",
            document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
            {}};
}

int64_t number_parameter(const Request& request, const std::string& name, int64_t fallback,
                         int64_t least, int64_t most) {
    const std::string text = request.parameter(name);
    if (text.empty()) {
        return fallback;
    }
    int64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size() || value < least ||
        value > most) {
        throw RequestError(400, "'" + name + "' must be a number from " + std::to_string(least) +
                                    " to " + std::to_string(most));
    }
    return value;
}

}  // namespace eti::analysis
