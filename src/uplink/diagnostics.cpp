#include "eti/uplink/diagnostics.h"

#include "eti/base/durable_file.h"
#include "uplink/feed_check.h"
#include "uplink/http_client.h"
#include "uplink/responses.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

namespace eti::uplink {
namespace {

constexpr int kConnectMs = 5'000;
constexpr std::chrono::seconds kAnswer{10};

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

std::string text_of(const addrinfo& address) {
    char host[NI_MAXHOST] = "?";
    ::getnameinfo(address.ai_addr, address.ai_addrlen, host, sizeof host, nullptr, 0,
                  NI_NUMERICHOST);
    return host;
}

// try_connect returns an empty text, or why there is no connection.
std::string try_connect(const addrinfo& address) {
    const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return std::strerror(errno);
    }
    int error = ::connect(fd, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        pollfd waiting{fd, POLLOUT, 0};
        socklen_t size = sizeof error;
        error = ETIMEDOUT;
        if (::poll(&waiting, 1, kConnectMs) == 1) {
            ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
        }
    }
    ::close(fd);
    return error == 0 ? std::string() : std::strerror(error);
}

// Walk is one walk over one service; each step adds its checks and says whether to go on.
class Walk {
  public:
    Walk(const Options& options, std::vector<Check>& checks) : options_(options), checks_(checks) {}

    bool reach(const std::string& name, const std::string& url, const TlsFiles& tls) {
        std::string host;
        uint16_t port = 0;
        const std::string wrong = check_url(url);
        if (!add("URL for " + name, wrong.empty(), wrong.empty() ? url : wrong) ||
            !origin_of(url, host, port)) {
            return false;
        }
        return connect(host, port) && speak(url, tls);
    }

    void records_and_hosts() {
        HttpRequest request = request_for(options_.analysis_url, options_.analysis_tls,
                                          "/v1/infected-hosts?since=0&wait=0");
        request.most_body = 64U << 20;
        const HttpResponse response = fetch(request);
        const bool refused = response.status == 401 || response.status == 403;
        if (!add("Token", response.status != 0 && !refused,
                 refused || response.status == 0 ? unexpected(request, response)
                 : options_.token_file.empty()   ? "none is needed"
                                                 : options_.token_file + " is accepted")) {
            return;
        }
        const InfectedHostsAnswer hosts =
            response.status == 200 ? parse_infected_hosts(response.body) : InfectedHostsAnswer{};
        const bool good = response.status == 200 && hosts.error.empty();
        add("Long poll", good,
            good ? "version " + std::to_string(hosts.version) + ", " +
                       std::to_string(hosts.entries.size()) + " infected hosts"
            : response.status != 200 ? unexpected(request, response)
                                     : hosts.error);
    }

    void feeds() {
        const HttpRequest request = request_for(options_.feed_url, options_.feed_tls, "/v1/feeds");
        const HttpResponse response = fetch(request);
        const Manifest manifest =
            response.status == 200 ? parse_manifest(response.body) : Manifest{};
        const bool good = response.status == 200 && manifest.error.empty();
        if (add("Feeds manifest", good,
                good ? std::to_string(manifest.feeds.size()) + " feeds in realm " + manifest.realm
                : response.status != 200 ? unexpected(request, response)
                                         : manifest.error)) {
            signatures(manifest);
        }
    }

    void spool() {
        const std::string probe = options_.state_directory + "/diagnostics.probe";
        const std::string problem = write_durably(probe, "probe");
        ::unlink(probe.c_str());
        struct statvfs facts {};
        if (!add("Spool folder", problem.empty(),
                 problem.empty() ? options_.state_directory : problem) ||
            ::statvfs(options_.state_directory.c_str(), &facts) != 0) {
            return;
        }
        const uint64_t free = uint64_t{facts.f_bavail} * facts.f_frsize;
        const bool room = free > options_.spool_limit_bytes;
        add("Spool room", room,
            std::to_string(free >> 20) + " MiB free, the limit is " +
                std::to_string(options_.spool_limit_bytes >> 20) + " MiB" +
                (room ? "" : "; free space there or lower services openeti limits spool-bytes"));
    }

  private:
    bool add(std::string name, bool ok, std::string detail) {
        checks_.push_back({std::move(name), ok, std::move(detail)});
        return ok;
    }

    bool connect(const std::string& host, uint16_t port) {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
        const Addresses addresses(code == 0 ? found : nullptr, &::freeaddrinfo);
        std::string all;
        for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
            all += (all.empty() ? "" : ", ") + text_of(*one);
        }
        if (!add("DNS of " + host, code == 0,
                 code == 0 ? all
                           : std::string(::gai_strerror(code)) +
                                 "; correct the host name or the name servers")) {
            return false;
        }
        std::string why;
        for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
            why = try_connect(*one);
            if (why.empty()) {
                return add("TCP to port " + std::to_string(port), true, text_of(*one));
            }
        }
        return add("TCP to port " + std::to_string(port), false,
                   why + "; check that the service runs there and that no filter is in between");
    }

    bool speak(const std::string& url, const TlsFiles& tls) {
        const HttpRequest request = request_for(url, tls, "/healthz");
        const HttpResponse response = fetch(request);
        const bool secure = url.starts_with("https:");
        return add(
            secure ? "TLS" : "HTTP, without TLS", response.status != 0,
            response.status == 0 ? response.error : "answered " + std::to_string(response.status));
    }

    void signatures(const Manifest& manifest) {
        FeedKey key;
        const std::string problem = key.load(options_.feed_public_key_file);
        if (!add("Signature key", problem.empty(),
                 problem.empty() ? "key id " + key.id() : problem)) {
            return;
        }
        for (const ManifestEntry& entry : manifest.feeds) {
            const std::string why = check_signature(key, manifest.key_id, entry);
            add("Signature of " + entry.name, why.empty(),
                why.empty() ? "version " + entry.version : why);
        }
    }

    HttpRequest request_for(const std::string& origin, const TlsFiles& tls,
                            const std::string& path) const {
        HttpRequest request;
        request.url = origin + path;
        request.tls = tls;
        request.token_file = options_.token_file;
        request.timeout = kAnswer;
        return request;
    }

    HttpResponse fetch(const HttpRequest& request) {
        std::optional<HttpResponse> answer;
        http_.start(request, [&](const HttpRequest&, HttpResponse response) {
            answer = std::move(response);
        });
        while (!answer) {
            http_.wait(-1, std::chrono::milliseconds(1000));
            http_.run_handlers();
        }
        return *answer;
    }

    const Options& options_;
    std::vector<Check>& checks_;
    HttpClient http_;
};

// with_host puts another host into a URL of the form scheme://host:port.
std::string with_host(const std::string& url, const std::string& host) {
    const std::size_t begin = url.find("://");
    std::string old;
    uint16_t port = 0;
    if (host.empty() || begin == std::string::npos || !origin_of(url, old, port)) {
        return url;
    }
    return url.substr(0, begin + 3) + host + ":" + std::to_string(port);
}

}  // namespace

std::vector<Check> diagnose(const Options& options, const std::string& host) {
    Options there = options;
    there.analysis_url = with_host(options.analysis_url, host);
    there.feed_url = with_host(options.feed_url, host);
    std::vector<Check> checks;
    Walk walk(there, checks);
    if (there.analysis_url.empty()) {
        checks.push_back({"URL for advanced-anti-malware", false,
                          "set services advanced-anti-malware connection url"});
    } else if (walk.reach("advanced-anti-malware", there.analysis_url, there.analysis_tls)) {
        walk.records_and_hosts();
    }
    if (there.feed_url.empty()) {
        checks.push_back(
            {"URL for security-intelligence", false, "set services security-intelligence url"});
    } else if (there.feed_url == there.analysis_url ||
               walk.reach("security-intelligence", there.feed_url, there.feed_tls)) {
        walk.feeds();
    }
    walk.spool();
    return checks;
}

}  // namespace eti::uplink
