#include "analysis/rescore.h"

#include "analysis/behaviour_options.h"
#include "analysis/first_start.h"
#include "eti/scoring/kinds.h"

#include <map>
#include <string>
#include <tuple>

namespace eti::analysis {
namespace {

constexpr std::size_t kBatchesRead = 16;

using Key = std::tuple<Realm, std::string, std::string, std::string>;  // sensor, id, kind
using Held = std::map<Key, Evidence>;

std::string text_of(const Evidence& evidence) {
    return std::to_string(evidence.level) + " " + evidence.reason + " | " + evidence.detail +
           " | rule " + std::to_string(evidence.rule_version) +
           (evidence.version.empty() ? "" : " | " + evidence.version);
}

// Of several phases of a session the one that shows most counts, the earliest of equal ones.
void hold(Held& held, Realm realm, const BehaviourFinding& finding) {
    for (const Evidence& evidence : finding.evidence) {
        const Key key{realm, finding.session.sensor, finding.session.id, evidence.kind};
        const auto [place, made] = held.try_emplace(key, evidence);
        if (!made && evidence.level > place->second.level) {
            place->second = evidence;
        }
    }
}

Held stored(Database& database) {
    Held held;
    Query row = database.query(
        "SELECT e.realm, n.name, e.id, e.kind, e.rule_version, e.level, e.reason, e.detail,"
        " e.feed_version FROM evidence e JOIN sensors n ON n.id = e.sensor"
        " JOIN sessions s ON s.sensor = e.sensor AND s.id = e.id JOIN blocks b ON b.id = s.block");
    while (row.next()) {
        if (kind_named(row.text(3)).worth == Worth::Alone) {
            continue;
        }
        Evidence evidence;
        evidence.kind = row.text(3);
        evidence.rule_version = static_cast<int>(row.integer(4));
        evidence.level = static_cast<intel::ThreatLevel>(row.integer(5));
        evidence.reason = row.text(6);
        evidence.detail = row.text(7);
        evidence.version = row.text(8);
        held[{row.integer(0), row.text(1), row.text(2), row.text(3)}] = std::move(evidence);
    }
    return held;
}

void compare(Held& before, const Held& now, RescoreReport& report, std::ostream& out) {
    for (const auto& [key, evidence] : now) {
        const auto old = before.extract(key);
        if (old.empty()) {
            ++report.not_held;
        } else if (text_of(old.mapped()) == text_of(evidence)) {
            ++report.identical;
        } else {
            ++report.different;
            out << std::get<2>(key) << ": was  " << text_of(old.mapped()) << "\n"
                << std::get<2>(key) << ": is   " << text_of(evidence) << "\n";
        }
    }
    report.not_found = before.size();
    for (const auto& [key, evidence] : before) {
        out << std::get<2>(key) << ": was  " << text_of(evidence) << "\n"
            << std::get<2>(key) << ": is   nothing\n";
    }
}

}  // namespace

RescoreReport rescore(const ServiceOptions& options, std::ostream& out) {
    Database database(store_file(options.data_directory), Database::Access::ReadOnly);
    const Stores stores = embedded_stores(database);
    const BehaviourWorkerOptions how = behaviour_options(options);
    BehaviourJudge judge(database, how);
    const int64_t last = stores.records->acknowledged(BehaviourWorker::kGroup);
    Held now;
    for (int64_t position = 0; position < last;) {
        const auto batches = stores.records->read_from(position, kBatchesRead);
        for (const LoggedBatch& batch : batches) {
            if (batch.position > last) {
                break;
            }
            for (const BehaviourFinding& finding : judge.judge(batch)) {
                hold(now, batch.realm, finding);
            }
        }
        position = batches.empty() ? last : batches.back().position;
    }
    RescoreReport report;
    report.sessions = judge.figures().sessions;
    Held before = stored(database);
    compare(before, now, report, out);
    return report;
}

}  // namespace eti::analysis
