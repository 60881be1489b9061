#include "uplink/feed_updater.h"

#include "eti/intel/feed.h"
#include "eti/intel/feed_delta.h"
#include "uplink/feed_store.h"

#include <algorithm>

namespace eti::uplink {
namespace {

constexpr std::chrono::seconds kFeedTimeout{600};

}  // namespace

FeedUpdater::FeedUpdater(const Options& options, HttpClient& http, LinkState& link,
                         Mailbox<Event>& events, Random random)
    : options_(options),
      http_(http),
      link_(link),
      events_(events),
      random_(std::move(random)),
      backoff_(options.backoff_first, options.backoff_most) {}

void FeedUpdater::open() {
    if (options_.feed_url.empty() || !key_.load(options_.feed_public_key_file).empty()) {
        return;
    }
    for (const std::string_view name : {kCertificateFeed, kAllowlistFeed}) {
        FeedUpdate update;
        std::string problem;
        if (auto feed = load_feed(options_.state_directory, name, key_, update, problem)) {
            held_[std::string(name)] = {std::move(feed->entry), std::move(feed->etag), false};
        }
    }
}

void FeedUpdater::refresh() {
    again_ = busy_;
    next_ = {};
    backoff_.succeeded();
}

std::optional<SteadyTime> FeedUpdater::due() const {
    if (busy_ || options_.feed_url.empty()) {
        return std::nullopt;
    }
    return std::max(next_, backoff_.due());
}

void FeedUpdater::run(SteadyTime now) {
    const std::optional<SteadyTime> when = due();
    if (when && now >= *when) {
        busy_ = true;
        ask_for_manifest();
    }
}

bool FeedUpdater::wanted(const std::string& name) const {
    return name == kAllowlistFeed || (name == kCertificateFeed && options_.want_certificate_feed);
}

HttpRequest FeedUpdater::request_for(const std::string& path) const {
    HttpRequest request;
    request.url = options_.feed_url + path;
    request.tls = options_.feed_tls;
    request.token_file = options_.token_file;
    return request;
}

void FeedUpdater::ask_for_manifest() {
    http_.start(request_for("/v1/feeds"),
                [this](const HttpRequest& sent, const HttpResponse& response) {
                    on_manifest(sent, response);
                });
}

void FeedUpdater::on_manifest(const HttpRequest& request, const HttpResponse& response) {
    const Manifest manifest = response.status == 200 ? parse_manifest(response.body) : Manifest{};
    if (response.status != 200 || !manifest.error.empty()) {
        unreachable(response.status != 200
                        ? unexpected(request, response)
                        : request.url + ": " + manifest.error + "; check what runs at that address",
                    response);
        return;
    }
    link_.succeeded(Channel::Feeds);
    link_.realm(manifest.realm);
    backoff_.succeeded();
    key_id_ = manifest.key_id;
    interval_ = kLongestInterval;
    const std::string key_problem = key_.load(options_.feed_public_key_file);
    for (const ManifestEntry& entry : manifest.feeds) {
        if (!wanted(entry.name)) {
            continue;
        }
        interval_ = std::min(interval_, entry.update_interval);
        if (key_problem.empty()) {
            consider(manifest, entry);
        } else {
            refuse(entry.name, Refusal::Signature, key_problem);
        }
    }
    fetch_next();
}

void FeedUpdater::consider(const Manifest& manifest, ManifestEntry entry) {
    const auto held = held_.find(entry.name);
    const ManifestEntry* before = held == held_.end() ? nullptr : &held->second.entry;
    const Timestamp now = std::chrono::system_clock::now();
    Refusal kind = Refusal::Signature;
    std::string problem = check_signature(key_, manifest.key_id, entry);
    if (problem.empty()) {
        kind = entry.expires <= now ? Refusal::Expired : Refusal::Rollback;
        problem = check_progress(entry, before, now);
    }
    if (problem.empty()) {
        kind = Refusal::Size;
        problem =
            check_size(entry, before, {options_.most_shrink_percent, options_.most_growth_percent});
    }
    if (!problem.empty()) {
        refuse(entry.name, kind, problem);
    } else if (before == nullptr || entry.serial != before->serial ||
               entry.expires != before->expires) {
        to_fetch_.push_back(std::move(entry));
    }
}

void FeedUpdater::fetch_next() {
    if (to_fetch_.empty()) {
        end_round();
        return;
    }
    const ManifestEntry& entry = to_fetch_.front();
    const auto held = held_.find(entry.name);
    const bool delta = held != held_.end() && !held->second.want_whole &&
                       held->second.entry.serial != entry.serial;
    HttpRequest request = request_for("/v1/feeds/" + entry.name +
                                      (delta ? "?since=" + held->second.entry.version : ""));
    request.most_body = intel::FeedLimits{}.max_bytes;
    request.timeout = kFeedTimeout;
    if (held != held_.end() && !held->second.etag.empty() && !held->second.want_whole) {
        request.headers = {"If-None-Match: " + held->second.etag};
    }
    http_.start(std::move(request), [this](const HttpRequest& sent, HttpResponse response) {
        on_feed(sent, std::move(response));
    });
}

void FeedUpdater::on_feed(const HttpRequest& request, HttpResponse response) {
    const ManifestEntry entry = std::move(to_fetch_.front());
    to_fetch_.pop_front();
    if (response.status == 304) {
        renew(entry);
    } else if (response.status == 200) {
        const bool changes = intel::is_feed_delta(response.body);
        intel::FeedDelta delta;
        std::string problem;
        if (changes) {
            problem = intel::parse_feed_delta(response.body, delta);
            problem = problem.empty() ? patch(entry, delta, response.body) : problem;
        }
        if (problem.empty()) {
            accept(
                {entry, response.etag, std::chrono::system_clock::now(), std::move(response.body)},
                changes ? &delta : nullptr);
        } else {
            refuse(entry.name, Refusal::Truncated,
                   "the changes since " + held_[entry.name].entry.version +
                       " do not lead to the signed list: " + problem + "; asking for all of it");
            held_[entry.name].want_whole = true;
            to_fetch_.push_front(entry);
        }
    } else {
        const std::string why = unexpected(request, response);
        refuse(entry.name, Refusal::Other, why);
        to_fetch_.clear();
        unreachable(why, response);
        return;
    }
    fetch_next();
}

// renew puts a new manifest entry on the body that is already here.
void FeedUpdater::renew(const ManifestEntry& entry) {
    std::string problem;
    auto stored = load_feed(options_.state_directory, entry.name, key_, problem);
    if (!stored) {
        held_[entry.name].etag.clear();  // so that the next round brings the body
        refuse(entry.name, Refusal::Other,
               "the service says it has not changed, but the stored copy is gone" +
                   (problem.empty() ? problem : ": " + problem));
        return;
    }
    const intel::FeedDelta nothing;
    const bool same = stored->entry.sha256 == held_[entry.name].entry.sha256;
    stored->entry = entry;
    stored->updated = std::chrono::system_clock::now();
    accept(std::move(*stored), same ? &nothing : nullptr);
}

// The signature covers the whole list, so what a delta makes is checked as if it had come whole.
std::string FeedUpdater::patch(const ManifestEntry& entry, const intel::FeedDelta& delta,
                               std::string& body) const {
    std::string problem;
    const auto stored = load_feed(options_.state_directory, entry.name, key_, problem);
    if (stored && stored->entry.sha256 != held_.at(entry.name).entry.sha256) {
        return "the stored list is another than the one in force";
    }
    if (!stored || delta.from != stored->entry.version || delta.to != entry.version) {
        return stored ? "they lead from " + delta.from + " to " + delta.to
                      : "there is no stored list to change";
    }
    std::string whole;
    problem = intel::apply_feed_delta(stored->body, delta, whole);
    if (problem.empty() && sha256_hex(whole) != entry.sha256) {
        problem = "the list they make has another SHA-256";
    }
    body = std::move(whole);
    return problem;
}

void FeedUpdater::accept(HeldFeed feed, const intel::FeedDelta* delta) {
    const std::string name = feed.entry.name;
    const auto held = held_.find(name);
    FeedUpdate update;
    std::string problem = delta != nullptr && held != held_.end() && held->second.blocklist
                              ? check_change(feed, *held->second.blocklist, *delta, update)
                              : check_body(feed, update);
    if (!problem.empty()) {
        refuse(name, Refusal::Truncated, problem);
        return;
    }
    problem = store_feed(options_.state_directory, key_id_, feed);
    if (!problem.empty()) {
        refuse(name, Refusal::Other, problem);
        return;
    }
    const auto* blocklist = std::get_if<BlocklistUpdate>(&update);
    held_[name] = {std::move(feed.entry), std::move(feed.etag), false,
                   blocklist != nullptr ? std::optional(*blocklist) : std::nullopt};
    std::visit([this](auto& result) { events_.post(std::move(result)); }, update);
}

void FeedUpdater::refuse(const std::string& name, Refusal kind, std::string reason) {
    events_.post(FeedFailure{name, name + ": " + reason, std::chrono::system_clock::now(), kind});
}

void FeedUpdater::unreachable(std::string why, const HttpResponse& response) {
    backoff_.failed(std::chrono::steady_clock::now(), random_(), response.retry_after);
    link_.failed(Channel::Feeds, std::move(why));
    busy_ = false;
    next_ = {};
    if (std::exchange(again_, false)) {
        backoff_.succeeded();
    }
}

void FeedUpdater::end_round() {
    busy_ = false;
    next_ = std::exchange(again_, false)
                ? SteadyTime{}
                : std::chrono::steady_clock::now() +
                      std::clamp(interval_, kShortestInterval, kLongestInterval);
}

}  // namespace eti::uplink
