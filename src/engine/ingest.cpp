#include "eti/engine/engine.h"
#include "eti/metadata/record_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace eti::analysis {
namespace {

constexpr std::size_t kMaxRejectedInAnswer = 1000;

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

// What the record says of the leaf. Its text is no part of what is judged, so it is read only the
// first time a server shows the certificate.
CertificateText certificate_in(const RecordBatch& records, const SessionRecord& session) {
    const auto line = nlohmann::json::parse(records.line_of(session), nullptr, false);
    const auto certificate = line.is_object() ? line.find("certificate") : line.end();
    const auto text = [&](const char* name) {
        const bool there = certificate != line.end() && certificate->is_object() &&
                           certificate->contains(name) && (*certificate)[name].is_string();
        return there ? (*certificate)[name].get<std::string>() : std::string();
    };
    return {session.sha1,       text("subject"),   text("issuer"),
            text("not_before"), text("not_after"), session.self_signed};
}

}  // namespace

struct Engine::Batch {
    Realm realm;
    const RecordBatch& records;
    Timestamp now;
    int64_t block = 0;                     // the batch's position in the record log
    std::set<net::IpAddress> touched;      // hosts with new evidence
    std::map<int64_t, int64_t> by_sensor;  // records
};

std::string Engine::ingest(Realm realm, std::string_view key, const RecordBatch& records,
                           Timestamp now) {
    const Appended appended =
        stores_.records->append(realm, key, records, as_text(answer_to(records)), now);
    if (appended.duplicate) {
        nlohmann::json answer = nlohmann::json::parse(appended.answer);
        answer["duplicate"] = true;
        ++counts_.duplicates;
        return as_text(answer);
    }
    const std::size_t waiting_before = stores_.history->waiting();
    Batch batch{realm, records, now, appended.position, {}, {}};
    try {
        for (const CertificateRecord& certificate : records.certificates) {
            save_certificate(database_, realm, certificate, now);
        }
        for (const SessionRecord& session : records.sessions) {
            ingest_session(batch, session);
        }
    } catch (...) {
        // Only this job is taken back: what it made others must not take for stored.
        stores_.history->take_back_to(waiting_before);
        forget_known();
        sensors_.clear();
        throw;
    }
    for (const auto& [sensor, count] : batch.by_sensor) {
        note_sensor(database_, sensor, count, now);
    }
    refresh(realm, batch.touched, now);
    ++counts_.batches;
    counts_.records += records.accepted();
    return appended.answer;
}

void Engine::ingest_session(Batch& batch, const SessionRecord& session) {
    const int64_t sensor = sensor_of(batch.realm, session.sensor, batch.now);
    ++batch.by_sensor[sensor];
    const auto before = stores_.history->find(sensor, session.id);
    if (before && is_older(*before, session)) {
        return;
    }
    HistorySession found{{batch.realm, sensor, batch.block, batch.now}, session, {}, ""};
    Contribution& facts = found.contribution;
    facts.server = session.server;
    facts.client = session.client;
    facts.start_us = session.start_us;
    facts.last_us = session.last_us;
    facts.port = session.server_port;
    facts.protocol = session.protocol_index();
    facts.visibility = session.visibility;
    facts.level = session.threat_level.value_or(0);
    facts.blocked = session.action == "block";
    facts.counted = session.counts_for_server();
    facts.internal = is_internal(session.client);
    if (session.protocol != "unknown") {
        const bool new_server =
            session.self_signed && is_new_server(batch.realm, session, before ? before->row : 0);
        Held held = hold(batch.realm, sensor, session, judge(session, new_server), batch.now);
        if (held.is_new) {
            batch.touched.insert(session.client);
        }
        facts.level = std::max(facts.level, held.level);
        found.category = std::move(held.category);
    }
    const StoredSession stored = stores_.history->insert(found, before);
    if (stored.contribution.counted) {
        note_server_facts(batch, session, stored.row);
    }
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

// row is the session's own, of an earlier phase: that one does not count.
bool Engine::is_new_server(Realm realm, const SessionRecord& session, int64_t row) {
    const auto first = first_at_endpoint(database_, realm, session.server, session.server_port);
    return !first || *first == row;
}

void Engine::note_server_facts(const Batch& batch, const SessionRecord& session, int64_t row) {
    const Realm realm = batch.realm;
    const std::string port = std::to_string(session.server_port);
    // Most sessions repeat all of an earlier one: one look instead of five.
    const uint64_t whole = key_hash(realm, session.server,
                                    {port, session.sha1, session.sha256, session.ja3, session.ja4});
    if (known_sessions_.contains(whole)) {
        return;
    }
    const uint64_t endpoint = key_hash(realm, session.server, {"endpoint", port});
    if (!known_.contains(endpoint)) {
        note_endpoint(database_, realm, session.server, session.server_port, row);
        known_.add(endpoint);
    }
    const std::pair<std::string_view, const std::string&> facts[] = {{"sha1", session.sha1},
                                                                     {"sha256", session.sha256},
                                                                     {"ja3", session.ja3},
                                                                     {"ja4", session.ja4}};
    for (const auto& [kind, value] : facts) {
        const uint64_t hash = key_hash(realm, session.server, {kind, value});
        if (!value.empty() && !known_.contains(hash)) {
            note_fact(database_, realm, kind, value, session.server);
            known_.add(hash);
            if (kind == "sha1") {
                save_certificate_summary(database_, realm, certificate_in(batch.records, session),
                                         batch.now);
            }
        }
    }
    known_sessions_.add(whole);
}

int64_t Engine::sensor_of(Realm realm, const std::string& name, Timestamp now) {
    const auto known = sensors_.find(std::pair(realm, name));
    if (known != sensors_.end()) {
        return known->second;
    }
    const int64_t id = sensor_id(database_, realm, name, now);
    if (id == 0) {
        throw RequestError(422, "the realm has " + std::to_string(kMaxSensors) +
                                    " sensors, its limit: '" + name + "' is not taken");
    }
    return sensors_[{realm, name}] = id;
}

void Engine::settle(std::chrono::steady_clock::time_point now) {
    if (!schedule_.is_due(now, stores_.history->waiting())) {
        stores_.history->keep();
        return;
    }
    const auto begin = std::chrono::steady_clock::now();
    auto changed = stores_.history->apply();
    std::move(changed.begin(), changed.end(), std::back_inserter(changed_));
    schedule_.applied(now, now + (std::chrono::steady_clock::now() - begin));
}

void Engine::committed() {
    if (index_ != nullptr) {
        index_->update(changed_, marked_);
        index_->remove(removed_);
    }
    published_ = std::exchange(changed_, {});
    marked_.clear();
    removed_.clear();
}

}  // namespace eti::analysis
