#include "control/verdict_handler.h"

#include "eti/intel/feed.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

namespace eti::control {
namespace {

constexpr std::chrono::minutes kRenewalWorth{5};  // a table is not made anew for less
constexpr std::string_view kCertificateFeed = "cc_cert_sha1";
constexpr std::string_view kInfectedHostsFeed = "Infected-Hosts";
constexpr std::string_view kAllowlistFeed = "eta_custom_whitelist";

uplink::FeedInfo not_loaded(std::string_view name) {
    uplink::FeedInfo info;
    info.name = name;
    info.status = "Not loaded yet";
    return info;
}

// typed_in describes a list of the configuration.
uplink::FeedInfo typed_in(const std::string& name, std::size_t objects, Timestamp now) {
    uplink::FeedInfo info = not_loaded(name);
    info.objects = objects;
    info.updated = now;
    info.status = "Store succeeded";
    info.loaded = true;
    return info;
}

FileIdentity identity_of(const std::string& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) {
        return {};
    }
    constexpr int64_t kSecond = 1'000'000'000;
    return {facts.st_ino, facts.st_size, facts.st_mtim.tv_sec * kSecond + facts.st_mtim.tv_nsec};
}

// read_file returns false when the file cannot be read or is larger than limit; why says so.
bool read_file(const std::string& path, std::size_t limit, std::string& text, std::string& why) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) {
        why = error.message();
        return false;
    }
    if (size > limit) {
        why = "larger than " + std::to_string(limit) + " bytes";
        return false;
    }
    std::ifstream file(path, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), {});
    if (!file) {
        why = std::strerror(errno);
        return false;
    }
    return true;
}

// take_over keeps what is counted here.
void take_over(uplink::FeedInfo& held, uplink::FeedInfo next) {
    next.updates = held.updates + 1;
    next.failures = held.failures;
    next.refusals = held.refusals;
    next.failed = held.failed;
    held = std::move(next);
}

}  // namespace

VerdictHandler::VerdictHandler(PublishedTables tables, const Wanted& wanted, Timestamp now)
    : tables_(tables),
      certificates_(not_loaded(kCertificateFeed)),
      infected_hosts_(not_loaded(kInfectedHostsFeed)),
      allowlist_(not_loaded(kAllowlistFeed)) {
    const bool read = read_lists(wanted.certificate_files, now);
    if (take_typed(wanted.certificates, now) || read) {
        publish_blocklist();
    }
    take_allowlist(wanted.allowlist, now);
}

void VerdictHandler::reconfigure(const Wanted& wanted, Timestamp now) {
    problems_.clear();
    const bool drop_feed = !wanted.certificate_feed && certificates_.loaded;
    const bool read = read_lists(wanted.certificate_files, now);
    if (drop_feed) {
        certificates_ = not_loaded(kCertificateFeed);
        certificate_table_.reset();
    }
    if (take_typed(wanted.certificates, now) || read || drop_feed) {
        publish_blocklist();
    }
    take_allowlist(wanted.allowlist, now);
    if (!wanted.infected_hosts && infected_hosts_.loaded) {
        next_expiry_ = Timestamp::max();
        publish_hosts({}, [](const intel::InfectedHost&, bool) {});  // nobody changed: told none
        infected_hosts_ = not_loaded(kInfectedHostsFeed);
    }
}

bool VerdictHandler::take_typed(const std::vector<intel::Sha1Blocklist::Source>& lists,
                                Timestamp now) {
    const auto same = [](const TypedList& held, const intel::Sha1Blocklist::Source& list) {
        return held.entries == list;
    };
    if (std::equal(typed_.begin(), typed_.end(), lists.begin(), lists.end(), same)) {
        return false;
    }
    typed_.clear();
    for (const intel::Sha1Blocklist::Source& list : lists) {
        typed_.push_back(
            {typed_in(list.feed, list.entries.size() + list.sha256_entries.size(), now), list,
             intel::table_of(list)});
    }
    return true;
}

void VerdictHandler::take_allowlist(const std::vector<intel::AllowlistEntry>& entries,
                                    Timestamp now) {
    if (local_allowlist_ == entries) {
        return;
    }
    std::vector<intel::AllowlistEntry> of_feed;
    const auto held = tables_.allowlist.owned();
    std::copy_if(held->entries().begin(), held->entries().end(), std::back_inserter(of_feed),
                 [](const auto& entry) { return entry.feed == kAllowlistFeed; });
    local_allowlist_ = entries;
    local_allowlist_info_ =
        entries.empty() ? uplink::FeedInfo{} : typed_in(entries[0].feed, entries.size(), now);
    publish_allowlist(std::move(of_feed));
}

bool VerdictHandler::read_lists(const std::vector<std::string>& paths, Timestamp now) {
    std::vector<LocalList> next;
    bool changed = false;
    for (const std::string& path : paths) {
        const auto held = std::find_if(lists_.begin(), lists_.end(),
                                       [&](const LocalList& list) { return list.path == path; });
        if (held != lists_.end() && held->info.loaded && held->identity == identity_of(path)) {
            next.push_back(std::move(*held));
            continue;
        }
        LocalList read = read_list(path, now);
        if (!read.info.loaded && held != lists_.end() && held->info.loaded) {
            held->info.status = read.info.status;
            next.push_back(std::move(*held));
            continue;
        }
        changed = true;
        next.push_back(std::move(read));
    }
    changed = changed || next.size() != lists_.size();
    lists_ = std::move(next);
    return changed;
}

VerdictHandler::LocalList VerdictHandler::read_list(const std::string& path, Timestamp now) {
    LocalList list{path, identity_of(path), not_loaded(list_name(path)),
                   intel::table_of({list_name(path), {}})};
    list.info.updated = now;
    std::string text;
    std::string why;
    intel::CertificateTableFeed feed;
    if (read_file(path, intel::FeedLimits{}.max_bytes, text, why)) {
        feed = intel::parse_certificate_table(text);
        why = feed.error;
    }
    if (!why.empty()) {
        list.info.status = why;
        problems_.push_back("certificate list " + path + " is not used: " + why +
                            "; correct the file and commit again");
        return list;
    }
    for (const intel::RejectedLine& line : feed.rejected) {
        problems_.push_back("certificate list " + path + ", line " + std::to_string(line.line) +
                            " is left out: " + line.why);
    }
    list.info.objects = feed.entries;
    list.info.rejected_lines = feed.rejected_count;
    list.info.status = "Store succeeded";
    list.info.loaded = true;
    list.list.table = std::make_shared<const intel::CertificateTable>(std::move(feed.table));
    return list;
}

void VerdictHandler::apply(uplink::InfectedHostsUpdate update, const HostChanged& changed,
                           Timestamp now) {
    infected_hosts_.version = std::to_string(update.version);
    infected_hosts_.created = now;
    infected_hosts_.updated = now;
    infected_hosts_.status = "Store succeeded";
    infected_hosts_.loaded = true;
    ++infected_hosts_.updates;
    std::erase_if(update.hosts, [&](const auto& host) { return host.expired(now); });
    next_expiry_ = Timestamp::max();
    for (const intel::InfectedHost& host : update.hosts) {
        note_expiry(host);
    }
    publish_hosts(intel::InfectedHosts(update.hosts), changed);
}

void VerdictHandler::add(intel::InfectedHost host, const HostChanged& changed) {
    const auto held = tables_.infected_hosts.owned();
    intel::InfectedHosts::Found listed{};
    // lookup at the smallest time finds an entry whether or not it has expired.
    if (held->lookup(host.ip, Timestamp::min(), listed)) {
        const bool lasts = listed.expires == Timestamp{};
        if (listed.threat_level >= host.threat_level &&
            (lasts || host.expires - listed.expires < kRenewalWorth)) {
            return;
        }
        if (lasts || listed.expires > host.expires) {
            host.expires = listed.expires;  // what the service said lasts
        }
    }
    note_expiry(host);
    publish_hosts(held->with({std::move(host)}, {}), changed);
}

void VerdictHandler::note_expiry(const intel::InfectedHost& host) {
    if (host.expires != Timestamp{}) {
        next_expiry_ = std::min(next_expiry_, host.expires);
    }
}

void VerdictHandler::publish_hosts(intel::InfectedHosts hosts, const HostChanged& changed) {
    const auto before = tables_.infected_hosts.owned();
    const auto after = std::make_shared<const intel::InfectedHosts>(std::move(hosts));
    infected_hosts_.objects = after->size();
    for (const intel::InfectedHost& host : after->missing_in(*before)) {
        changed(host, true);
    }
    for (const intel::InfectedHost& host : before->missing_in(*after)) {
        changed(host, false);
    }
    tables_.infected_hosts.publish(after);
}

void VerdictHandler::expire(const HostChanged& changed, Timestamp now) {
    if (now < next_expiry_) {
        return;
    }
    next_expiry_ = Timestamp::max();
    const auto held = tables_.infected_hosts.owned();
    const std::vector<net::IpAddress> gone = held->expired_at(now, next_expiry_);
    if (!gone.empty()) {  // a host that was to expire may have been listed for longer since
        publish_hosts(held->with({}, gone), changed);
    }
}

void VerdictHandler::apply(uplink::BlocklistUpdate update) {
    take_over(certificates_, std::move(update.info));
    certificate_table_ = std::move(update.table);
    publish_blocklist();
}

void VerdictHandler::publish_blocklist() {
    // The feed comes first: what it lists is logged under its name.
    std::vector<intel::Sha1Blocklist::List> lists;
    if (certificate_table_) {
        lists.push_back({std::string(kCertificateFeed), certificate_table_});
    }
    for (const LocalList& list : lists_) {
        lists.push_back(list.list);
    }
    for (const TypedList& list : typed_) {
        lists.push_back(list.list);
    }
    tables_.blocklist.publish(std::make_shared<const intel::Sha1Blocklist>(std::move(lists)));
}

void VerdictHandler::publish_allowlist(std::vector<intel::AllowlistEntry> feed_entries) {
    feed_entries.insert(feed_entries.end(), local_allowlist_.begin(), local_allowlist_.end());
    tables_.allowlist.publish(std::make_shared<const intel::Allowlist>(std::move(feed_entries)));
}

void VerdictHandler::apply(uplink::AllowlistUpdate update) {
    take_over(allowlist_, std::move(update.info));
    publish_allowlist(std::move(update.entries));
}

void VerdictHandler::apply(const uplink::FeedFailure& failure) {
    for (uplink::FeedInfo* info : {&certificates_, &infected_hosts_, &allowlist_}) {
        if (info->name == failure.name) {
            info->status = failure.reason;
            info->failed = failure.when;
            ++info->failures;
            ++info->refusals[static_cast<std::size_t>(failure.kind)];
        }
    }
}

std::vector<uplink::FeedInfo> VerdictHandler::certificate_feeds() const {
    std::vector<uplink::FeedInfo> feeds{certificates_};
    for (const LocalList& list : lists_) {
        feeds.push_back(list.info);
    }
    for (const TypedList& list : typed_) {
        feeds.push_back(list.info);
    }
    return feeds;
}

std::vector<uplink::FeedInfo> VerdictHandler::allowlist_feeds() const {
    std::vector<uplink::FeedInfo> feeds{allowlist_};
    if (!local_allowlist_.empty()) {
        feeds.push_back(local_allowlist_info_);
    }
    return feeds;
}

std::string VerdictHandler::list_name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

std::vector<intel::Sha1Blocklist::List> VerdictHandler::try_lists(
    const std::vector<std::string>& paths) {
    std::vector<intel::Sha1Blocklist::List> lists;
    for (const std::string& path : paths) {
        std::string text;
        std::string why;
        if (read_file(path, intel::FeedLimits{}.max_bytes, text, why)) {
            auto table = intel::parse_certificate_table(text).table;
            lists.push_back({list_name(path),
                             std::make_shared<const intel::CertificateTable>(std::move(table))});
        }
    }
    return lists;
}

}  // namespace eti::control
