#include "eti/api/context.h"
#include "eti/api/page.h"
#include "eti/ingest/encoding.h"

#include <algorithm>
#include <cctype>

namespace eti::analysis {
namespace {

bool starts_with_scheme(std::string_view value, std::string_view scheme) {
    return value.size() > scheme.size() + 1 && value[scheme.size()] == ' ' &&
           std::equal(scheme.begin(), scheme.end(), value.begin(), [](char a, char b) {
               return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
           });
}

// Secrets are compared by their SHA-256: what a comparison's timing tells is the digest's, and
// that is no use for finding the secret.
bool is_known(Database& database, std::string_view secret, bool login) {
    Query row = database.query("SELECT 1 FROM tokens WHERE sha256 = ? AND (kind = 'login') = ?",
                               sha256_hex(secret), int64_t{login ? 1 : 0});
    return row.next();
}

bool login_required(ApiContext& context) {
    if (context.always_login) {
        return true;
    }
    Query row = context.reader.query("SELECT 1 FROM tokens WHERE kind = 'issued' LIMIT 1");
    return row.next();
}

bool is_valid(ApiContext& context, std::string_view credential) {
    if (starts_with_scheme(credential, "bearer")) {
        return is_known(context.reader, credential.substr(7), false);
    }
    if (starts_with_scheme(credential, "basic")) {
        const auto pair = base64_decode(credential.substr(6));
        return pair && is_known(context.reader, *pair, true);
    }
    return false;
}

// Without a login a browser on this machine is the one way in for others: a page of theirs may
// send requests here (Origin), or resolve its own name to this address (Host).
bool is_foreign(const Request& request) {
    const std::string host = request.header("host");
    const std::string origin = request.header("origin");
    if (!origin.empty() && origin != "http://" + host && origin != "https://" + host) {
        return true;
    }
    const std::size_t end = host.starts_with('[') ? host.find(']') : host.find(':');
    const std::string name = host.starts_with('[')
                                 ? host.substr(1, end == std::string::npos ? end : end - 1)
                                 : host.substr(0, end);
    return !host.empty() && name != "localhost" && !net::parse_ip(name);
}

Response unauthorized(std::string_view detail) {
    Response response = problem(401, detail);
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

}  // namespace

Response authorize(ApiContext& context, const Request& request) {
    if (is_page(request)) {
        return {};  // who is to log in must see the page first
    }
    const bool open =
        request.path.size() == 1 && (request.path[0] == "healthz" || request.path[0] == "readyz");
    const std::string credential = request.header("authorization");
    try {
        if (!credential.empty() && !is_valid(context, credential)) {
            return unauthorized(
                "the token is not known here: use the one in DIR/token, or make one with "
                "'eti-analysis token NAME --data DIR'");
        }
        if (credential.empty() && !open && login_required(context)) {
            return unauthorized("send 'Authorization: Bearer TOKEN' with the token in DIR/token");
        }
        if (credential.empty() && is_foreign(request)) {
            return problem(403,
                           "without a token this service answers to localhost and IP "
                           "addresses only, and to no page of another origin");
        }
    } catch (const StorageError& error) {
        return problem(503, error.what());
    }
    return {};
}

}  // namespace eti::analysis
