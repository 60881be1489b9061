// Evidence: what one rule holds against one session's client. Every rule behind a verdict is an
// EvidenceRule, or is one of behaviour (behaviour.h); kinds.h says what several are worth together.
#pragma once

#include "eti/ingest/session_record.h"
#include "eti/intel/threat_level.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

class CertificateList;

struct Evidence {
    std::string kind;      // the rule's name, see kinds.h; at most one of a kind per session
    int rule_version = 1;  // grows when the rule judges differently
    intel::ThreatLevel level = 0;  // its points when it arrives
    std::string reason;            // what the verdict shows: "certificate-blocklist: Dridex C&C"
    std::string detail;            // a sentence with the values behind it
    std::string version;           // of the list, or of the model; empty when none was used
};

// category_of is what the page calls a server for it: the reason without the kind it begins with
// and, of behaviour, without what is in parentheses: "Dridex C&C", "suspected malware".
std::string category_of(std::string_view kind, std::string_view reason);

// Observation is a session with what the service knows around it. It borrows.
struct Observation {
    const SessionRecord& session;
    const CertificateList& blocklist;
    bool new_server = false;  // no other session met this address and port before
};

class EvidenceRule {
  public:
    virtual ~EvidenceRule() = default;
    virtual std::optional<Evidence> judge(const Observation& observation) const = 0;
};

using EvidenceRules = std::vector<std::unique_ptr<EvidenceRule>>;
EvidenceRules standard_rules();

}  // namespace eti::analysis
