#include "analysis/offline.h"
#include "eti/ingest/record_reader.h"
#include "eti/metadata/record_json.h"
#include "eti/scoring/behaviour.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <stdexcept>

namespace eti::analysis {
namespace {

model::Files files_of(const ScoreOptions& options) {
    return options.model.empty() ? model::built_in() : model::read_files(options.model);
}

// The line is a JSON object: what is added goes before its last brace.
void write_scored(std::ostream& out, const std::string& line, const BehaviourVerdict& verdict) {
    const std::size_t brace = line.rfind('}');
    const nlohmann::json added{{"score", verdict.score},
                               {"level", std::lround(verdict.level)},
                               {"reasons", verdict.reasons}};
    const std::string text = added.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    out << line.substr(0, brace) << "," << text.substr(1) << "\n";
}

void write_hosts(const std::string& path, const std::map<net::IpAddress, double>& levels) {
    std::ofstream file(path, std::ios::binary);
    for (const auto& [ip, level] : levels) {
        file << net::to_string(ip) << "\t" << std::lround(level) << "\n";
    }
    if (!file.flush()) {
        throw std::runtime_error("cannot write '" + path + "'");
    }
}

}  // namespace

void write_scores(const ScoreOptions& options, std::istream& records, std::ostream& out,
                  std::ostream& messages) {
    BehaviourScorer scorer(files_of(options), system_roots(messages));
    RecordReader reader;
    FullRecord session;
    CertificateLine certificate;
    std::map<net::IpAddress, double> highest;
    for (std::string line; std::getline(records, line);) {
        const RecordReader::Kind kind = reader.read(line, session, certificate);
        if (kind == RecordReader::Kind::Session) {
            const BehaviourVerdict verdict =
                scorer.judge(session.record, session.leaf ? &*session.leaf : nullptr, session.key);
            double& level = highest[session.record.client.ip];
            level = std::max(level, verdict.level);
            write_scored(out, line, verdict);
            continue;
        }
        if (kind == RecordReader::Kind::Certificate) {
            scorer.learn(certificate.sha1, certificate.der);
        }
        out << line << "\n";
    }
    if (!options.hosts.empty()) {
        write_hosts(options.hosts, highest);
    }
}

void write_thresholds(const ScoreOptions& options, std::ostream& out) {
    const model::Model model(files_of(options));
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
