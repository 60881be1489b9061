// Behaviour: one record, and what its site did before, become a score and evidence against its
// client.
#pragma once

#include "eti/features/destinations.h"
#include "eti/model/model.h"
#include "eti/scoring/evidence.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace eti::analysis {

struct BehaviourVerdict {
    float score = 0;                   // the session's, 0..1
    std::vector<Evidence> evidence;    // at most one of a kind
    std::vector<std::string> reasons;  // what raised the score, the weightiest first; empty when it
                                       // stays below the lower threshold
    bool usual = false;                // would have been held against it, but this is normal here
    features::DestinationFacts destination;
};

struct BehaviourOptions {
    // A destination, certificate or private authority that more clients than Destinations' few have
    // used for this long is normal at this site: nothing is held against sessions with it. 0: none.
    std::chrono::seconds usual_after{0};
    std::size_t clients = 65'536;  // whose suspicious destinations are remembered
    features::Limits limits;
};

// BehaviourScorer belongs to one thread and one site. It takes time from the records only, so the
// same records in the same order give the same verdicts.
class BehaviourScorer {
  public:
    // Scorers of one thread may share a model: reading one takes longer than all else here.
    BehaviourScorer(std::shared_ptr<const model::Model> model, features::Knowledge knowledge,
                    const BehaviourOptions& options = {});
    // Throws as model::Model does.
    BehaviourScorer(const model::Files& files, features::Knowledge knowledge,
                    const BehaviourOptions& options = {});
    ~BehaviourScorer();

    void learn(const Sha1Digest& sha1, std::span<const uint8_t> der);
    bool knows(const Sha1Digest& sha1) const;  // its bytes were learned
    // judge takes every phase of a session; key tells sessions apart.
    BehaviourVerdict judge(const metadata::Record& record, const metadata::CertificateSummary* leaf,
                           const std::string& key);
    const model::Model& model() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// sentence says what a feature's value means: "certificate is self-signed".
std::string sentence(features::Feature feature, float value);
// A sentence that says yes or no, and so the same for every session of its kind.
bool is_plain(features::Feature feature);

}  // namespace eti::analysis
