// The words for what can go wrong between the daemon and the service.
#include "uplink/http_client.h"
#include "uplink/responses.h"

#include <curl/curl.h>

#include <memory>

namespace eti::uplink {
namespace {

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part_of(const UrlHandle& url, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) {
        return {};
    }
    std::string copy(text);
    curl_free(text);
    return copy;
}

UrlHandle parse_url(const std::string& text) {
    UrlHandle url(curl_url(), &curl_url_cleanup);
    if (url && curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
        url.reset();
    }
    return url;
}

bool is_loopback(const std::string& host) {
    const bool address =
        host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
    return address || host == "localhost" || host == "[::1]";
}

std::string with_detail(std::string sentence, const HttpResponse& response) {
    const std::string detail = problem_detail(response.body);
    return detail.empty() ? sentence : sentence + " (the service says: " + detail + ")";
}

}  // namespace

std::string check_url(const std::string& text) {
    const UrlHandle url = parse_url(text);
    const std::string scheme = url ? part_of(url, CURLUPART_SCHEME) : "";
    const std::string host = url ? part_of(url, CURLUPART_HOST) : "";
    if (host.empty()) {
        return "'" + text + "' is not a URL; use https://HOST:PORT";
    }
    if (scheme == "https" || (scheme == "http" && is_loopback(host))) {
        return {};
    }
    if (scheme == "http") {
        return "'" + text +
               "' would send the token and the records unprotected; plain http is only for "
               "loopback addresses, use https://" +
               host;
    }
    return "'" + text + "' has the scheme " + scheme + "; use https://" + host;
}

bool origin_of(const std::string& text, std::string& host, uint16_t& port) {
    const UrlHandle url = parse_url(text);
    if (!url) {
        return false;
    }
    host = part_of(url, CURLUPART_HOST);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    const std::string digits = part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    port = digits.empty() ? uint16_t{0} : static_cast<uint16_t>(std::stoul(digits));
    return !host.empty();
}

std::string unexpected(const HttpRequest& request, const HttpResponse& response) {
    if (response.status == 0) {
        return response.error;
    }
    const std::string what = request.url + " answered " + std::to_string(response.status);
    switch (response.status) {
        case 401:
        case 403:
            return with_detail(
                request.token_file.empty()
                    ? what +
                          ": it wants a token; make one with 'eti-analysis token NAME' and name "
                          "its file with 'set services openeti cloud token-file PATH'"
                    : what + ": it does not accept the token in " + request.token_file +
                          "; make one with 'eti-analysis token NAME' and write it to that file",
                response);
        case 404:
        case 405:
            return what + ": no such service there; correct the configured url";
        case 429:
        case 503:
            return with_detail(what + ": it is busy; the daemon tries again by itself", response);
        default:
            break;
    }
    if (response.status >= 300 && response.status < 400) {
        return what + ": redirects are not followed; configure the final url";
    }
    return with_detail(what + ": the daemon tries again by itself; look into the service's own log",
                       response);
}

}  // namespace eti::uplink
