// What is held against a client for one session's behaviour. Pure.
#pragma once

#include "eti/features/destinations.h"
#include "eti/model/model.h"
#include "eti/scoring/evidence.h"

#include <chrono>
#include <string>
#include <vector>

namespace eti::analysis {

// SessionFacts is one judged session. It borrows.
struct SessionFacts {
    const metadata::Record& record;
    const features::Session& session;
    float score = 0;
    model::Thresholds thresholds;
    std::string model_version;
    features::DestinationFacts destination;
    std::vector<features::Feature> raising;  // raised the score, the weightiest first
    uint32_t bad_destinations = 0;           // of this client within a day, this one included

    bool above_low() const { return score >= thresholds.low; }
};

std::vector<Evidence> behaviour_evidence(const SessionFacts& facts);
// is_usual: many clients of this site have used the destination, the certificate or its issuer for
// that long; after 0: never. Or the name is popular, and a certificate proves that it is its own.
bool is_usual(const features::Vector& values, std::chrono::seconds after);
// server_text names the session's server: "name (address port 443)".
std::string server_text(const metadata::Record& record, const features::Session& session);

}  // namespace eti::analysis
