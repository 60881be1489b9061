#include "eti/api/context.h"
#include "eti/api/page.h"
#include "eti/ingest/encoding.h"
#include "eti/store/users.h"

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

bool is_export(const Request& request) {
    return request.path.size() >= 2 && request.path[0] == "v1" && request.path[1] == "export";
}

// An export token comes as a bearer token or, from firewalls that only know names and passwords,
// as the password of any name.
std::optional<Identity> export_identity_of(ApiContext& context, std::string_view credential) {
    if (starts_with_scheme(credential, "bearer")) {
        return export_identity(context.reader.database, credential.substr(7));
    }
    if (!starts_with_scheme(credential, "basic")) {
        return std::nullopt;
    }
    const std::string pair = base64_decode(credential.substr(6)).value_or("");
    const auto colon = pair.find(':');
    return colon == std::string::npos
               ? std::nullopt
               : export_identity(context.reader.database, pair.substr(colon + 1));
}

// Secrets are compared by their SHA-256: what a comparison's timing tells is the digest's, and
// that is no use for finding the secret.
std::optional<Identity> identity_of(ApiContext& context, std::string_view credential) {
    if (starts_with_scheme(credential, "bearer")) {
        return token_identity(context.reader.database, credential.substr(7));
    }
    if (starts_with_scheme(credential, "basic")) {
        const auto pair = base64_decode(credential.substr(6));
        return pair ? login_identity(context.reader.database, *pair) : std::nullopt;
    }
    return std::nullopt;
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

bool is_write(const Request& request) {
    return request.method != "GET" && request.method != "HEAD";
}

bool is_open(const Request& request) {
    const auto& path = request.path;
    return (path.size() == 1 && (path[0] == "healthz" || path[0] == "readyz")) ||
           (path.size() == 2 && path[0] == "v1" && (path[1] == "login" || path[1] == "me"));
}

void take(Request& request, const Identity& identity) {
    request.realm = identity.realm;
    request.actor = identity.name;
}

// The credential, the client certificate or the cookie, in this order; false: one was given and
// is no good.
bool identify(ApiContext& context, Request& request) {
    const std::string credential = request.header("authorization");
    if (!credential.empty()) {
        const auto identity = identity_of(context, credential);
        if (identity) {
            take(request, *identity);
        }
        return identity.has_value();
    }
    if (!request.actor.empty()) {
        return true;  // by its certificate, which TLS has verified
    }
    if (const auto login = login_of(context.reader.database, cookie_of(request), context.now())) {
        take(request, *login);
        request.by_cookie = true;
    }
    return true;
}

}  // namespace

bool login_required(ApiContext& context) {
    if (context.always_login) {
        return true;
    }
    Query row = context.reader.database.query(
        "SELECT 1 FROM tokens WHERE kind IN ('issued', 'export') LIMIT 1");
    return row.next();
}

std::string cookie_of(const Request& request) {
    constexpr std::string_view kName = "openeti=";
    const std::string cookies = request.header("cookie");
    std::string_view rest = cookies;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        std::string_view pair = rest.substr(0, end);
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        if (pair.starts_with(kName)) {
            return std::string(pair.substr(kName.size()));
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

Response authorize(ApiContext& context, Request& request) {
    if (is_page(request)) {
        return {};  // who is to log in must see the page first
    }
    try {
        if (const auto reader = export_identity_of(context, request.header("authorization"))) {
            take(request, *reader);
            return is_export(request)
                       ? Response{}
                       : problem(403,
                                 "this token reads the lists under /v1/export/ and nothing else");
        }
        if (!identify(context, request)) {
            ++context.metrics.auth_failures["token"];
            return unauthorized(
                "the token is not known here: use the one in DIR/token, or make one with "
                "'eti-analysis token NAME --data DIR'");
        }
        const bool anonymous = request.actor.empty();
        const bool must_log_in = anonymous && login_required(context);
        if (must_log_in && !is_open(request)) {
            ++context.metrics.auth_failures["token"];
            return unauthorized("send 'Authorization: Bearer TOKEN' with the token in DIR/token");
        }
        if (anonymous && !must_log_in && is_foreign(request)) {
            return problem(403,
                           "without a token this service answers to localhost and IP "
                           "addresses only, and to no page of another origin");
        }
        // A page of another origin cannot set this header. The cookie it could have sent along, and
        // a login of its own choosing it could have made.
        const bool by_browser = request.by_cookie || !request.header("origin").empty();
        if (by_browser && is_write(request) && request.header("x-openeti") != "1") {
            return problem(403, "a browser's write needs the header 'X-Openeti: 1'");
        }
    } catch (const StorageError& error) {
        return problem(503, error.what());
    }
    return {};
}

}  // namespace eti::analysis
