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

const web::Asset* asset_of(const Request& request) {
    if (request.path.empty() ||
        std::find(kViews.begin(), kViews.end(), request.path[0]) != kViews.end()) {
        return web::find_asset("/index.html");
    }
    return request.path.size() == 1 ? web::find_asset("/" + request.path[0]) : nullptr;
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
    Response response{200, std::string(asset.type), "", {}};
    response.headers = {{"ETag", tag},
                        {"Cache-Control", "no-cache"},
                        {"Vary", "Accept-Encoding"},
                        {"Content-Security-Policy", kPolicy},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cross-Origin-Opener-Policy", "same-origin"}};
    if (request.header("if-none-match").find(tag) != std::string::npos) {
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
