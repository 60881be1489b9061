#include "control/local_judge.h"

#include "eti/model/model.h"

#include <cmath>
#include <string>

namespace eti::control {
namespace {

std::string reason_of(const std::vector<analysis::Evidence>& evidence) {
    std::string text = "judged on this device";
    for (const analysis::Evidence& each : evidence) {
        text += "; " + each.reason;
    }
    return text;
}

}  // namespace

LocalJudge::LocalJudge()
    : scorer_(model::built_in(), {x509::ChainVerifier::of_system(), nullptr}),
      hosts_(kHosts, KeyedHash::drawn()) {}

std::optional<intel::InfectedHost> LocalJudge::judge(const metadata::Record& record,
                                                     const metadata::CertificateSummary* leaf,
                                                     bool service_away, Timestamp now) {
    if (record.protocol == metadata::Protocol::Unknown ||
        record.reason == metadata::Reason::Allowlist) {
        return std::nullopt;
    }
    ++judged_;
    const auto verdict = scorer_.judge(record, leaf, std::to_string(record.id));
    if (verdict.evidence.empty()) {
        return std::nullopt;
    }
    analysis::HostLevel& host = hosts_.touch(record.client.ip.bytes());
    for (const analysis::Evidence& evidence : verdict.evidence) {
        host.hold(evidence, record.start, kHalfLife);
    }
    const auto level =
        static_cast<intel::ThreatLevel>(std::lround(host.level(record.start, kHalfLife)));
    if (!service_away || level < intel::kDefaultInfectedThreshold) {
        return std::nullopt;
    }
    ++infected_;
    return intel::InfectedHost{record.client.ip, level, reason_of(verdict.evidence), now,
                               now + kExpiry};
}

}  // namespace eti::control
