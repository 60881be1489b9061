#include "eti/api/page.h"

#include "eti/web/assets.h"

#include <algorithm>
#include <array>

namespace eti::analysis {
namespace {

// First segments of the page's own paths; the names of the API and of operations are others.
constexpr std::array<std::string_view, 7> kViews{"servers", "hosts",   "verdicts", "allowlist",
                                                 "feeds",   "sensors", "audit"};

constexpr const char* kPolicy =
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "object-src 'none'";

constexpr std::array<std::string_view, 4> kNotThePage{"v1", "healthz", "readyz", "metrics"};

template <typename Names>
bool begins_with_one_of(const Request& request, const Names& names) {
    return std::find(names.begin(), names.end(), request.path[0]) != names.end();
}

bool is_view(const Request& request) {
    return request.path.empty() || begins_with_one_of(request, kViews);
}

// A browser at a path there is not: the page itself says so.
bool is_astray(const Request& request) {
    return !request.path.empty() && !begins_with_one_of(request, kNotThePage) &&
           request.header("accept").find("text/html") != std::string::npos;
}

const web::Asset* file_of(const Request& request) {
    return request.path.size() == 1 ? web::find_asset("/" + request.path[0]) : nullptr;
}

const web::Asset* asset_of(const Request& request) {
    if (const web::Asset* file = is_view(request) ? nullptr : file_of(request)) {
        return file;
    }
    return is_view(request) || is_astray(request) ? web::find_asset("/index.html") : nullptr;
}

bool takes_gzip(const Request& request) {
    const std::string codings = request.header("accept-encoding");
    const std::size_t at = codings.find("gzip");
    return at != std::string::npos && codings.compare(at, 8, "gzip;q=0") != 0;
}

}  // namespace

bool is_page(const Request& request) {
    return asset_of(request) != nullptr;
}

Response page_answer(const Request& request) {
    const web::Asset& asset = *asset_of(request);
    if (request.method != "GET" && request.method != "HEAD") {
        Response refusal = problem(405, "the page takes GET");
        refusal.headers.emplace_back("Allow", "GET, HEAD");
        return refusal;
    }
    const bool gzip = takes_gzip(request);
    const std::string tag = "\"" + std::string(asset.hash) + (gzip ? "-gzip\"" : "\"");
    const int status = is_view(request) || file_of(request) != nullptr ? 200 : 404;
    Response response{status, std::string(asset.type), "", {}};
    response.headers = {{"ETag", tag},
                        {"Cache-Control", "no-cache"},
                        {"Vary", "Accept-Encoding"},
                        {"Content-Security-Policy", kPolicy},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cross-Origin-Opener-Policy", "same-origin"}};
    if (status == 200 && request.header("if-none-match").find(tag) != std::string::npos) {
        response.status = 304;
        return response;
    }
    if (gzip) {
        response.headers.emplace_back("Content-Encoding", "gzip");
    }
    response.body = gzip ? asset.gzip : asset.bytes;
    return response;
}

}  // namespace eti::analysis
