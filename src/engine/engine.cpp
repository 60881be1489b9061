#include "eti/engine/engine.h"

#include "eti/metadata/record_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace eti::analysis {
namespace {

constexpr std::array<std::string_view, 6> kAllowlistKinds{"ip",       "range", "cidr",
                                                          "hostname", "sha1",  "sha256"};
constexpr std::size_t kMaxAllowlistEntries = 15'000;
constexpr std::size_t kMaxRejectedInAnswer = 1000;

std::vector<std::string> allowlist_lines(const std::vector<AllowlistRow>& rows) {
    std::vector<std::string> lines;
    for (const AllowlistRow& row : rows) {
        lines.push_back(row.kind + "," + row.value);
    }
    return lines;
}

intel::Allowlist allowlist_of(const std::vector<AllowlistRow>& rows) {
    std::string text = "# kind,value\n";
    for (const std::string& line : allowlist_lines(rows)) {
        text += line + "\n";
    }
    return intel::Allowlist(intel::parse_allowlist_feed(text).entries);
}

nlohmann::json answer_to(const RecordBatch& batch) {
    nlohmann::json rejected = nlohmann::json::array();
    for (const RejectedRecord& record : batch.rejected) {
        if (rejected.size() == kMaxRejectedInAnswer) {
            break;
        }
        rejected.push_back({{"line", record.line}, {"why", record.why}});
    }
    return {{"accepted", batch.accepted()},
            {"rejected", std::move(rejected)},
            {"rejected_count", batch.rejected.size()},
            {"duplicate", false}};
}

std::string as_text(const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Engine::Engine(Database& database, EngineOptions options)
    : database_(database),
      options_(std::move(options)),
      feeds_(database),
      rules_(standard_rules()) {
    reload();
}

void Engine::reload() {
    feeds_.reload();
    reload_blocklist();
    allowlist_ = allowlist_of(allowlist_rows(database_));
}

std::string Engine::ingest(std::string_view key, const RecordBatch& batch, Timestamp now) {
    if (!key.empty()) {
        if (const auto stored = stored_response(database_, key)) {
            nlohmann::json answer = nlohmann::json::parse(*stored);
            answer["duplicate"] = true;
            return as_text(answer);
        }
    }
    for (const CertificateRecord& certificate : batch.certificates) {
        save_certificate(database_, certificate, now);
    }
    std::set<std::string> touched;
    for (const SessionRecord& session : batch.sessions) {
        ingest_session(session, now, touched);
    }
    for (const std::string& ip : touched) {
        refresh_host(database_, ip, options_.hosts, now);
    }
    std::string answer = as_text(answer_to(batch));
    if (!key.empty()) {
        save_response(database_, key, answer, now);
    }
    return answer;
}

void Engine::ingest_session(const SessionRecord& session, Timestamp now,
                            std::set<std::string>& touched) {
    const SaveResult saved = save_session(database_, session, now);
    // A blocked attempt ("unknown") is no session: it says nothing new about host or server.
    if (saved == SaveResult::Older || session.protocol == "unknown") {
        return;
    }
    ServerNote note{session.threat_level.value_or(0), "", saved == SaveResult::New};
    for (const Evidence& evidence : judge(session, meet_endpoint(database_, session))) {
        if (evidence.level >= note.level) {
            note.level = evidence.level;
            note.category = evidence.reason;
        }
        if (add_evidence(database_, session, evidence, now)) {
            touched.insert(net::to_string(session.client));
        }
    }
    note_server(database_, session, note);
}

std::vector<Evidence> Engine::judge(const SessionRecord& session, bool new_server) const {
    std::vector<Evidence> found;
    if (!is_internal(session.client) || is_allowlisted(session)) {
        return found;
    }
    const Observation observation{session, blocklist_, new_server};
    for (const auto& rule : rules_) {
        if (auto evidence = rule->judge(observation)) {
            found.push_back(std::move(*evidence));
        }
    }
    return found;
}

bool Engine::is_internal(const net::IpAddress& ip) const {
    return options_.internal.empty() ||
           std::any_of(options_.internal.begin(), options_.internal.end(),
                       [&](const net::IpRange& range) { return range.contains(ip); });
}

bool Engine::is_allowlisted(const SessionRecord& session) const {
    if (session.reason == "allowlist" || allowlist_.contains_address(session.server) ||
        (!session.hostname.empty() && allowlist_.contains_hostname(session.hostname))) {
        return true;
    }
    for (const intel::AllowlistEntry& entry : allowlist_.entries()) {
        if ((entry.kind == intel::AllowlistKind::CertificateSha1 &&
             metadata::to_hex(entry.sha1) == session.sha1) ||
            (entry.kind == intel::AllowlistKind::CertificateSha256 &&
             metadata::to_hex(entry.sha256) == session.sha256)) {
            return true;
        }
    }
    return false;
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

void Engine::patch(std::string_view ip, const HostPatch& patch, Timestamp now) {
    patch_host(database_, ip, patch, options_.hosts, now);
}

void Engine::tick(Timestamp now) {
    expire_infected(database_, now);
    const bool expired = expire_allowlist_rows(database_, now);
    if (expired || !feed_row(database_, kAllowlistFeed)) {
        publish_allowlist({"allowlist", ""}, now);
    }
    feeds_.tick(now);
}

}  // namespace eti::analysis
