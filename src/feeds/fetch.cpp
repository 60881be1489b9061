#include "feeds/fetch.h"

#include "eti/intel/feed_text.h"
#include "eti/net/ip_address.h"

#include <curl/curl.h>

#include <memory>
#include <mutex>

namespace eti::analysis {
namespace {

constexpr long kConnectSeconds = 15;
constexpr long kSilenceSeconds = 30;
constexpr long kMostRedirects = 0;  // a feed that moved is the operator's to follow

struct Transfer {
    FetchAnswer answer;
    std::size_t max_bytes = 0;
    bool too_large = false;
    const std::function<bool()>* cancelled = nullptr;
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    const std::size_t bytes = size * count;
    transfer.too_large = transfer.answer.body.size() + bytes > transfer.max_bytes;
    if (transfer.too_large) {
        return 0;
    }
    transfer.answer.body.append(data, bytes);
    return bytes;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    const std::string_view line(data, size * count);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
        const std::string name = intel::lower_case(line.substr(0, colon));
        std::string value(intel::trimmed(line.substr(colon + 1, line.find('\n') - colon - 1)));
        if (name == "etag") {
            transfer.answer.etag = std::move(value);
        } else if (name == "last-modified") {
            transfer.answer.last_modified = std::move(value);
        }
    }
    return line.size();
}

int watch(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return (*static_cast<Transfer*>(user)->cancelled)() ? 1 : 0;
}

struct UrlParts {
    std::string scheme;
    std::string host;
};

bool split(const std::string& url, UrlParts& parts) {
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> handle(curl_url(), &curl_url_cleanup);
    if (curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
        return false;
    }
    const auto part = [&](CURLUPart which, std::string& text) {
        char* value = nullptr;
        if (curl_url_get(handle.get(), which, &value, 0) != CURLUE_OK) {
            return false;
        }
        text = value;
        curl_free(value);
        return true;
    };
    return part(CURLUPART_SCHEME, parts.scheme) && part(CURLUPART_HOST, parts.host);
}

bool is_loopback(std::string host) {
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    const auto ip = net::parse_ip(host);
    return host == "localhost" || (ip && (net::parse_ip_range("127.0.0.0/8")->contains(*ip) ||
                                          *ip == *net::parse_ip("::1")));
}

using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

Headers headers_of(const FetchRequest& request) {
    curl_slist* list = nullptr;
    if (!request.etag.empty()) {
        list = curl_slist_append(list, ("If-None-Match: " + request.etag).c_str());
    }
    if (!request.last_modified.empty()) {
        list = curl_slist_append(list, ("If-Modified-Since: " + request.last_modified).c_str());
    }
    return {list, &curl_slist_free_all};
}

void set_options(CURL* handle, const FetchRequest& request, Transfer& transfer,
                 const curl_slist* headers) {
    curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(handle, CURLOPT_MAXREDIRS, kMostRedirects);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "eti-analysis");
    curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, kSilenceSeconds);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &watch);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
}

}  // namespace

std::string check_source_url(const std::string& url) {
    UrlParts parts;
    if (!split(url, parts)) {
        return "'" + url + "' is no URL";
    }
    if (parts.scheme == "https" || (parts.scheme == "http" && is_loopback(parts.host))) {
        return {};
    }
    return "'" + url +
           "' is neither https nor http on a loopback address: anybody on the way could "
           "change the list";
}

FetchAnswer fetch(const FetchRequest& request, const std::function<bool()>& cancelled) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    Transfer transfer;
    transfer.answer.error = check_source_url(request.url);
    if (!transfer.answer.error.empty()) {
        return transfer.answer;
    }
    transfer.max_bytes = request.max_bytes;
    transfer.cancelled = &cancelled;
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(),
                                                                     &curl_easy_cleanup);
    const Headers headers = headers_of(request);
    set_options(handle.get(), request, transfer, headers.get());
    const CURLcode code = curl_easy_perform(handle.get());
    FetchAnswer& answer = transfer.answer;
    if (code == CURLE_OK) {
        curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
        return answer;
    }
    answer.body.clear();
    if (transfer.too_large) {
        answer.error =
            "it has more than the limit of " + std::to_string(request.max_bytes) + " bytes";
    } else if (code == CURLE_PARTIAL_FILE) {
        answer.error = "it is truncated: the connection ended before the length it announced";
    } else {
        answer.error = curl_easy_strerror(code);
    }
    return answer;
}

}  // namespace eti::analysis
