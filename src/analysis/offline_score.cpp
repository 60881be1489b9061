#include "analysis/offline.h"
#include "eti/ingest/record_reader.h"
#include "eti/metadata/record_json.h"
#include "eti/scoring/behaviour.h"
#include "eti/scoring/host_level.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <stdexcept>

namespace eti::analysis {
namespace {

constexpr std::chrono::hours kHalfLife{24};

// As the service's rule for it, which reads the lists of its own too.
Evidence listed_by_the_sensor(const metadata::Record& record) {
    Evidence evidence;
    evidence.kind = "certificate-blocklist";
    evidence.level = intel::kMaxThreatLevel;
    evidence.detail = "certificate of " + net::to_string(record.server.ip) + " port " +
                      std::to_string(record.server.port) + " is on a list of the sensor";
    return evidence;
}

struct Client {
    HostLevel held;
    double highest = 0;
};

// The line is a JSON object: what is added goes before its last brace.
void write_scored(std::ostream& out, const std::string& line, const BehaviourVerdict& verdict,
                  double level) {
    const std::size_t brace = line.rfind('}');
    nlohmann::json reasons = nlohmann::json::array();
    for (const Evidence& evidence : verdict.evidence) {
        reasons.push_back(evidence.detail);
    }
    const nlohmann::json added{
        {"score", verdict.score}, {"level", std::lround(level)}, {"reasons", std::move(reasons)}};
    const std::string text = added.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    out << line.substr(0, brace) << "," << text.substr(1) << "\n";
}

void write_hosts(const std::string& path, const std::map<net::IpAddress, Client>& clients) {
    std::ofstream file(path, std::ios::binary);
    for (const auto& [ip, client] : clients) {
        file << net::to_string(ip) << "\t" << std::lround(client.highest) << "\n";
    }
    if (!file.flush()) {
        throw std::runtime_error("cannot write '" + path + "'");
    }
}

}  // namespace

void write_scores(const ScoreOptions& options, std::istream& records, std::ostream& out,
                  std::ostream& messages) {
    BehaviourScorer scorer(model::files_in(options.model), {system_roots(messages), nullptr});
    RecordReader reader;
    FullRecord session;
    CertificateLine certificate;
    std::map<net::IpAddress, Client> clients;
    for (std::string line; std::getline(records, line);) {
        const RecordReader::Kind kind = reader.read(line, session, certificate);
        if (kind == RecordReader::Kind::Session) {
            const metadata::Record& record = session.record;
            BehaviourVerdict verdict =
                scorer.judge(record, session.leaf ? &*session.leaf : nullptr, session.key);
            if (record.reason == metadata::Reason::CertificateBlocklist) {
                verdict.evidence.push_back(listed_by_the_sensor(record));
            }
            Client& client = clients[record.client.ip];
            for (const Evidence& evidence : verdict.evidence) {
                client.held.hold(evidence, record.start, kHalfLife);
            }
            const double level = client.held.level(record.start, kHalfLife);
            client.highest = std::max(client.highest, level);
            write_scored(out, line, verdict, level);
            continue;
        }
        if (kind == RecordReader::Kind::Certificate) {
            scorer.learn(certificate.sha1, certificate.der);
        }
        out << line << "\n";
    }
    if (!options.hosts.empty()) {
        write_hosts(options.hosts, clients);
    }
}

void write_thresholds(const ScoreOptions& options, std::ostream& out) {
    const model::Model model(model::files_in(options.model));
    nlohmann::ordered_json names = nlohmann::ordered_json::array();
    for (const features::Feature feature : model.features()) {
        names.push_back(features::feature_table()[static_cast<std::size_t>(feature)].name);
    }
    const nlohmann::ordered_json text{{"version", model.version()},
                                      {"training_manifest_sha256", model.manifest()},
                                      {"fpr_1e-2", model.thresholds().low},
                                      {"fpr_1e-3", model.thresholds().high},
                                      {"features", names}};
    out << text.dump(1) << "\n";
}

}  // namespace eti::analysis
