#include "eti/feeds/certificate_list.h"
#include "eti/scoring/evidence.h"
#include "eti/scoring/kinds.h"

namespace eti::analysis {
namespace {

constexpr intel::ThreatLevel kListedCertificate = 10;
constexpr intel::ThreatLevel kSelfSignedNewServer = 4;

std::string server_text(const SessionRecord& session) {
    std::string text =
        net::to_string(session.server) + " port " + std::to_string(session.server_port);
    if (!session.hostname.empty()) {
        text += " (" + session.hostname + ")";
    }
    return text;
}

// A certificate on the service's list, or one the sensor found on its own: a sensor may hold a
// newer list, and a list that moved on does not make yesterday's session harmless.
class CertificateBlocklistRule : public EvidenceRule {
  public:
    std::optional<Evidence> judge(const Observation& observation) const override {
        const SessionRecord& session = observation.session;
        const auto hit = observation.blocklist.find(session.sha1, session.sha256);
        if (!hit && session.reason != "certificate-blocklist") {
            return std::nullopt;
        }
        Evidence evidence;
        evidence.kind = "certificate-blocklist";
        evidence.level = kListedCertificate;
        const std::string feed = session.feed.empty() ? "its certificate blocklist" : session.feed;
        evidence.reason = "certificate-blocklist: " +
                          (hit ? hit->reason : "listed in " + feed + " of " + session.sensor);
        evidence.detail = "certificate " + (session.sha1.empty() ? "(not named)" : session.sha1) +
                          " of " + server_text(session) + " is on " + (hit ? "cc_cert_sha1" : feed);
        if (hit) {
            evidence.version = observation.blocklist.version();
        }
        return evidence;
    }
};

class SelfSignedNewServerRule : public EvidenceRule {
  public:
    std::optional<Evidence> judge(const Observation& observation) const override {
        const SessionRecord& session = observation.session;
        if (!session.self_signed || !observation.new_server) {
            return std::nullopt;
        }
        Evidence evidence;
        evidence.kind = "self-signed-new-server";
        evidence.level = kSelfSignedNewServer;
        evidence.reason = "self-signed certificate on a new server";
        evidence.detail = "certificate " + session.sha1 + " of " + server_text(session) +
                          " is self-signed and no session met this server before";
        return evidence;
    }
};

}  // namespace

std::string category_of(std::string_view kind, std::string_view reason) {
    const std::string start = std::string(kind) + ": ";
    const std::string_view category =
        reason.starts_with(start) ? reason.substr(start.size()) : reason;
    return std::string(kind_named(kind).worth == Worth::Alone
                           ? category
                           : category.substr(0, category.find(" (")));
}

EvidenceRules standard_rules() {
    EvidenceRules rules;
    rules.push_back(std::make_unique<CertificateBlocklistRule>());
    rules.push_back(std::make_unique<SelfSignedNewServerRule>());
    return rules;
}

}  // namespace eti::analysis
