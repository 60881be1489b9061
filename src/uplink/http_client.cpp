#include "uplink/http_client.h"

#include "eti/base/durable_file.h"

#include <curl/curl.h>
#include <strings.h>

#include <charconv>
#include <mutex>
#include <stdexcept>
#include <string_view>

namespace eti::uplink {
namespace {

constexpr std::size_t kMostHeaderBytes = 64 * 1024;
constexpr std::size_t kMostTokenBytes = 4096;
constexpr long kConnectTimeoutSeconds = 10;
constexpr long kMostConnections = 8;

void start_libcurl() {
    static std::once_flag once;  // libcurl asks for one initialisation per process
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kSpace);
    return first == std::string_view::npos
               ? std::string_view{}
               : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// read_token returns an empty text, or why the token cannot be used.
std::string read_token(const std::string& path, std::string& token) {
    std::string bytes;
    std::string problem;
    if (read_bounded(path, kMostTokenBytes, bytes, problem) != ReadResult::Read) {
        return problem + "; 'eti-analysis token NAME' on the service makes a token";
    }
    token = trimmed(bytes);
    // RFC 6750 section 2.1; anything else could end the header line.
    constexpr std::string_view kAllowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=";
    if (token.empty() || token.find_first_not_of(kAllowed) != std::string::npos) {
        return path + " holds no token; write the output of 'eti-analysis token NAME' to it";
    }
    return {};
}

std::optional<std::string_view> header_value(std::string_view line, std::string_view name) {
    if (line.size() <= name.size() || line[name.size()] != ':' ||
        strncasecmp(line.data(), name.data(), name.size()) != 0) {
        return std::nullopt;
    }
    return trimmed(line.substr(name.size() + 1));
}

std::string remedy(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return "correct the host name or the name servers";
        case CURLE_COULDNT_CONNECT:
            return "check that the service runs there and that no filter is in between";
        case CURLE_PEER_FAILED_VERIFICATION:
            return "the certificate is not from a trusted CA or names another host; give the "
                   "service's ca.pem with 'set security pki ca-profile CA file PATH'";
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
            return "correct the file named in the pki or ssl initiation statements";
        case CURLE_SSL_CONNECT_ERROR:
            return "the other side speaks no TLS there, or refuses this client's certificate";
        case CURLE_OPERATION_TIMEDOUT:
            return "the service or the network is too slow; the daemon tries again by itself";
        default:
            return "the answer broke off; the daemon tries again by itself";
    }
}

}  // namespace

struct HttpClient::Transfer {
    explicit Transfer(HttpRequest wanted) : request(std::move(wanted)) {}
    ~Transfer() {
        curl_slist_free_all(headers);
        curl_easy_cleanup(easy);
    }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    void add_header(const std::string& line) { headers = curl_slist_append(headers, line.c_str()); }
    void set_up();

    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) {
        auto& transfer = *static_cast<Transfer*>(self);
        if (transfer.response.body.size() + size > transfer.request.most_body) {
            transfer.too_large = true;
            return 0;
        }
        transfer.response.body.append(data, size);
        return size;
    }
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) {
        auto& transfer = *static_cast<Transfer*>(self);
        transfer.header_bytes += size;
        if (transfer.header_bytes > kMostHeaderBytes) {
            transfer.too_large = true;
            return 0;
        }
        const std::string_view line(data, size);
        if (const auto etag = header_value(line, "ETag"); etag && etag->size() <= 256) {
            transfer.response.etag = *etag;
        }
        if (const auto value = header_value(line, "Retry-After")) {
            uint32_t seconds = 0;  // the date form is not part of this link
            const auto [end, error] =
                std::from_chars(value->data(), value->data() + value->size(), seconds);
            if (error == std::errc{} && end == value->data() + value->size()) {
                transfer.response.retry_after = std::chrono::seconds(seconds);
            }
        }
        return size;
    }

    HttpRequest request;
    HttpResponse response;
    Handler handler;
    CURL* easy = nullptr;
    curl_slist* headers = nullptr;
    std::size_t header_bytes = 0;
    bool too_large = false;
    char error_text[CURL_ERROR_SIZE] = {};
};

void HttpClient::Transfer::set_up() {
    const auto set = [this](CURLoption option, auto value) {
        curl_easy_setopt(easy, option, value);
    };
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "https,http");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");  // the environment does not decide where records go
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_CONNECTTIMEOUT, kConnectTimeoutSeconds);
    set(CURLOPT_TIMEOUT, static_cast<long>(request.timeout.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.silence.count()));
    set(CURLOPT_ERRORBUFFER, static_cast<char*>(error_text));
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_HTTPHEADER, headers);
    if (!request.tls.trusted_ca_file.empty()) {
        set(CURLOPT_CAINFO, request.tls.trusted_ca_file.c_str());
        set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    if (!request.tls.client_certificate_file.empty()) {
        set(CURLOPT_SSLCERT, request.tls.client_certificate_file.c_str());
        set(CURLOPT_SSLKEY, request.tls.client_key_file.c_str());
    }
    if (request.post) {
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDS, request.body.data());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
}

HttpClient::HttpClient() {
    start_libcurl();
    multi_ = curl_multi_init();
    if (multi_ == nullptr) {
        throw std::runtime_error("libcurl cannot make a multi handle: out of memory");
    }
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, kMostConnections);
}

HttpClient::~HttpClient() {
    for (const auto& [easy, transfer] : transfers_) {
        curl_multi_remove_handle(multi_, transfer->easy);
    }
    transfers_.clear();
    curl_multi_cleanup(multi_);
}

void HttpClient::start(HttpRequest request, Handler handler) {
    auto transfer = std::make_unique<Transfer>(std::move(request));
    transfer->handler = std::move(handler);
    std::string token;
    std::string& error = transfer->response.error;
    error = check_url(transfer->request.url);
    if (error.empty() && !transfer->request.token_file.empty()) {
        error = read_token(transfer->request.token_file, token);
    }
    transfer->easy = error.empty() ? curl_easy_init() : nullptr;
    if (transfer->easy == nullptr) {
        ended_.push_back(std::move(transfer));
        return;
    }
    for (const std::string& line : transfer->request.headers) {
        transfer->add_header(line);
    }
    transfer->add_header("Expect:");  // no round trip before the body
    if (!token.empty()) {
        transfer->add_header("Authorization: Bearer " + token);
    }
    transfer->set_up();
    curl_multi_add_handle(multi_, transfer->easy);
    transfers_.emplace(transfer->easy, std::move(transfer));
}

void HttpClient::wait(int fd, std::chrono::milliseconds most) {
    curl_waitfd extra{fd, CURL_WAIT_POLLIN, 0};
    const auto time = ended_.empty() ? most : std::chrono::milliseconds(0);
    curl_multi_poll(multi_, &extra, 1, static_cast<int>(time.count()), nullptr);
}

void HttpClient::finish(Transfer& transfer, int code) {
    const auto curl_code = static_cast<CURLcode>(code);
    HttpResponse& response = transfer.response;
    if (curl_code == CURLE_OK) {
        curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &response.status);
        return;
    }
    if (transfer.too_large) {
        response.error = transfer.request.url + " answered with more than " +
                         std::to_string(transfer.request.most_body) +
                         " bytes, which is refused; check what runs at that address";
    } else {
        const std::string why =
            transfer.error_text[0] != '\0' ? transfer.error_text : curl_easy_strerror(curl_code);
        response.error = transfer.request.url + " failed: " + why + "; " + remedy(curl_code);
    }
    response.body.clear();
}

void HttpClient::run_handlers() {
    int running = 0;
    curl_multi_perform(multi_, &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        const auto found = transfers_.find(message->easy_handle);
        finish(*found->second, message->data.result);  // before removal: message dies with it
        curl_multi_remove_handle(multi_, found->second->easy);
        ended_.push_back(std::move(found->second));
        transfers_.erase(found);
    }
    // Handlers may start new exchanges, which may end at once; those wait for the next call.
    for (const auto& transfer : std::exchange(ended_, {})) {
        transfer->handler(transfer->request, std::move(transfer->response));
    }
}

}  // namespace eti::uplink
