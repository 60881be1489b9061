#include "uplink/infected_host_poller.h"

#include "uplink/infected_hosts_state.h"

#include <algorithm>

namespace eti::uplink {
namespace {

constexpr std::string_view kInfectedHostsFeed = "Infected-Hosts";  // as the show commands name it
constexpr std::size_t kMostAnswerBytes = 64U << 20;
// The service may be a little late; after that the connection counts as dead.
constexpr std::chrono::seconds kGrace{15};

}  // namespace

InfectedHostPoller::InfectedHostPoller(const Options& options, HttpClient& http, LinkState& link,
                                       Mailbox<Event>& events, Random random)
    : options_(options),
      http_(http),
      link_(link),
      events_(events),
      random_(std::move(random)),
      backoff_(options.backoff_first, options.backoff_most) {}

void InfectedHostPoller::open() {
    load_infected_hosts(options_.state_directory, table_);
}

std::optional<SteadyTime> InfectedHostPoller::due() const {
    if (asking_ || !options_.want_infected_hosts || options_.analysis_url.empty()) {
        return std::nullopt;
    }
    return std::max(next_, backoff_.due());
}

void InfectedHostPoller::run(SteadyTime now) {
    const std::optional<SteadyTime> when = due();
    if (!when || now < *when) {
        return;
    }
    HttpRequest request;
    request.url = options_.analysis_url +
                  "/v1/infected-hosts?since=" + std::to_string(ask_for_all_ ? 0 : table_.version) +
                  "&wait=" + std::to_string(options_.long_poll.count()) +
                  (table_.store.empty() ? "" : "&store=" + table_.store);
    request.tls = options_.analysis_tls;
    request.token_file = options_.token_file;
    request.most_body = kMostAnswerBytes;
    request.silence = options_.long_poll + kGrace;
    request.timeout = 2 * request.silence;  // the wait, and then a long list
    asking_ = true;
    next_ = now + kPauseWithoutNews;
    http_.start(std::move(request), [this](const HttpRequest& sent, HttpResponse response) {
        on_answer(sent, response);
    });
}

void InfectedHostPoller::on_answer(const HttpRequest& request, const HttpResponse& response) {
    asking_ = false;
    if (response.status != 200) {
        failed(unexpected(request, response), response);
        return;
    }
    const std::string refusal = apply(response);
    if (!refusal.empty()) {
        failed("infected hosts from " + options_.analysis_url + " are refused: " + refusal +
                   "; the last good list stays in force",
               response);
        if (refusal != refusal_) {  // told once, not at every try
            tell(Refusal::Other, refusal);
        }
        refusal_ = refusal;
        return;
    }
    refusal_.clear();
    link_.succeeded(Channel::InfectedHosts);
    backoff_.succeeded();
}

std::string InfectedHostPoller::apply(const HttpResponse& response) {
    const InfectedHostsAnswer answer = parse_infected_hosts(response.body);
    if (!answer.error.empty()) {
        return answer.error;
    }
    const bool same_store = answer.store.empty() || answer.store == table_.store;
    if (answer.version == table_.version && !answer.full && same_store) {
        return {};  // the wait ended without news
    }
    InfectedHostsUpdate next = table_;
    std::string refusal = merge(answer, next);
    ask_for_all_ = !refusal.empty();
    if (!refusal.empty()) {
        return refusal;
    }
    if (next.version == table_.version &&
        render_infected_hosts(next) == render_infected_hosts(table_)) {
        return {};  // the whole list again, as an empty service sends it for since=0
    }
    const Timestamp now = std::chrono::system_clock::now();
    const std::size_t carried = table_.carried.size();
    drop_expired(next, now);
    table_ = std::move(next);
    next_ = std::chrono::steady_clock::now() + kPauseAfterNews;
    // A table that the disk does not take is still enforced; a restart then asks from the old one.
    link_.disk_problem(Disk::InfectedHosts, store_infected_hosts(options_.state_directory, table_));
    events_.post(table_);
    if (table_.carried.size() > carried) {
        tell(Refusal::Rollback, "the service lost its store or went back to an older one: " +
                                    std::to_string(table_.carried.size()) +
                                    " hosts that it no longer knows stay listed until they expire");
    }
    return {};
}

void InfectedHostPoller::tell(Refusal kind, const std::string& reason) {
    events_.post(FeedFailure{std::string(kInfectedHostsFeed),
                             std::string(kInfectedHostsFeed) + ": " + reason,
                             std::chrono::system_clock::now(), kind});
}

void InfectedHostPoller::failed(std::string why, const HttpResponse& response) {
    backoff_.failed(std::chrono::steady_clock::now(), random_(), response.retry_after);
    link_.failed(Channel::InfectedHosts, std::move(why));
}

}  // namespace eti::uplink
