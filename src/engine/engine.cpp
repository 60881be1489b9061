#include "eti/engine/engine.h"

#include "eti/intel/feed.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace eti::analysis {
namespace {

constexpr std::array<std::string_view, 6> kAllowlistKinds{"ip",       "range", "cidr",
                                                          "hostname", "sha1",  "sha256"};
constexpr std::size_t kMaxAllowlistEntries = 15'000;
constexpr std::size_t kKnownKeys = 4'000'037;  // 8 bytes each; a prime, so that hashes spread

}  // namespace

intel::Allowlist stored_allowlist(Database& database) {
    std::string text = "# kind,value\n";
    for (const AllowlistRow& row : allowlist_rows(database)) {
        text += row.kind + "," + row.value + "\n";
    }
    return intel::Allowlist(intel::parse_allowlist_feed(text).entries);
}

Engine::Engine(Stores& stores, EngineOptions options, ServerIndex* index)
    : stores_(stores),
      database_(stores.database),
      options_(std::move(options)),
      feeds_(stores),
      rules_(standard_rules()),
      schedule_(options_.rollup_delay),
      known_(kKnownKeys),
      known_sessions_(kKnownKeys),
      pruner_(stores.database),
      index_(index) {
    roll_back();
}

void Engine::reload() {
    feeds_.reload();
    reload_blocklist();
    allowlist_ = stored_allowlist(database_);
}

void Engine::roll_back() {
    reload();
    stores_.history->reload();
    forget_known();
    sensors_.clear();
    changed_.clear();
    marked_.clear();
    removed_.clear();
}

void Engine::forget_known() {
    known_.clear();
    known_sessions_.clear();
}

int64_t Engine::add_allowlist(AllowlistRow row, Timestamp now) {
    if (std::find(kAllowlistKinds.begin(), kAllowlistKinds.end(), row.kind) ==
        kAllowlistKinds.end()) {
        throw RequestError(422, "'kind' must be one of ip, range, cidr, hostname, sha1, sha256");
    }
    const auto parsed = intel::parse_allowlist_feed(row.kind + "," + row.value + "\n");
    if (parsed.entries.size() != 1 || parsed.rejected_count != 0 ||
        row.value.find_first_of("\r\n,") != std::string::npos) {
        const std::string why =
            parsed.rejected.empty() ? std::string("not one entry") : parsed.rejected.front().why;
        throw RequestError(422, "'value' is no " + row.kind + ": " + why);
    }
    if (allowlist_rows(database_).size() >= kMaxAllowlistEntries) {
        throw RequestError(422, "the allowlist holds " + std::to_string(kMaxAllowlistEntries) +
                                    " entries, its limit: remove one first");
    }
    row.created_us = to_micros(now);
    const int64_t id = add_allowlist_row(database_, row);
    publish_allowlist({"allowlist", ""}, now);
    return id;
}

bool Engine::remove_allowlist(int64_t id, Timestamp now) {
    if (!remove_allowlist_row(database_, id)) {
        return false;
    }
    publish_allowlist({"allowlist", ""}, now);
    return true;
}

void Engine::patch(Realm realm, const net::IpAddress& host, const HostPatch& patch,
                   const AuditEntry& by, Timestamp now) {
    add_audit(database_, realm, by, now);
    patch_host(database_, *stores_.verdicts, realm, host, patch, policy_of(realm, now), now);
}

void Engine::report_false_positive(Realm realm, const net::IpAddress& server, const AuditEntry& by,
                                   Timestamp now) {
    put_false_positive(database_, realm, server, {by.detail, by.actor, to_micros(now)});
    add_audit(database_, realm, by, now);
    review_server(realm, server, true, now);
}

bool Engine::undo_false_positive(Realm realm, const net::IpAddress& server, const AuditEntry& by,
                                 Timestamp now) {
    if (!remove_false_positive(database_, realm, server)) {
        return false;
    }
    add_audit(database_, realm, by, now);
    review_server(realm, server, false, now);
    return true;
}

void Engine::review_server(Realm realm, const net::IpAddress& server, bool false_positive,
                           Timestamp now) {
    const HostPolicy policy = policy_of(realm, now);
    for (const net::IpAddress& host : hosts_of_server(database_, realm, server)) {
        review_host(database_, *stores_.verdicts, realm, host, policy, now);
    }
    marked_.push_back({realm, server, false_positive});
}

void Engine::prune_old(Timestamp now) {
    Pruned pruned = pruner_.prune(options_.retention, now);
    pruned_ += static_cast<uint64_t>(pruned.sessions + pruned.other);
    std::move(pruned.servers.begin(), pruned.servers.end(), std::back_inserter(removed_));
    if (!pruned.servers.empty()) {
        forget_known();  // their end points are gone too
    }
}

void Engine::tick(Timestamp now) {
    stores_.verdicts->expire(now);
    const bool expired = expire_allowlist_rows(database_, now);
    if (expired || !stores_.feeds->feed(kAllowlistFeed)) {
        publish_allowlist({"allowlist", ""}, now);
    }
    feeds_.tick(now);
}

}  // namespace eti::analysis
