// Behaviour: one record becomes a score with reasons, and its client a level from 0 to 10.
#pragma once

#include "eti/features/destinations.h"
#include "eti/model/model.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace eti::analysis {

// What one point of a host's level stands for. At most one of a kind counts; its newest time does.
struct HostPoint {
    std::string kind;
    double points = 0;
    Timestamp at{};
    std::string reason;  // a sentence with the server's name
};

// A host's level: the strongest of the sessions' own points, plus what its destinations add to it,
// each halved with every half-life that passed. 10 at most, one decimal is kept.
class HostLevel {
  public:
    static constexpr std::size_t kMaxDestinations = 32;  // bad ones remembered

    void hold(HostPoint point);
    void note_bad_destination(uint64_t destination, Timestamp at);
    double level(Timestamp now, std::chrono::seconds half_life) const;
    std::vector<HostPoint> points() const;

  private:
    std::map<std::string, HostPoint> points_;
    std::map<uint64_t, Timestamp> destinations_;
};

struct BehaviourVerdict {
    float score = 0;   // the session's, 0..1
    double level = 0;  // its client's after this session, 0..10
    std::vector<std::string> reasons;
    features::DestinationFacts destination;
};

struct BehaviourOptions {
    std::chrono::seconds half_life{24 * 3600};
    std::size_t hosts = 65'536;
    features::Limits limits;
};

// BehaviourScorer belongs to one thread and one site. It keeps no time of its own.
class BehaviourScorer {
  public:
    // roots may be null, as for features::Context. Throws as model::Model does.
    BehaviourScorer(const model::Files& files, std::shared_ptr<const x509::ChainVerifier> roots,
                    const BehaviourOptions& options = {});
    ~BehaviourScorer();

    void learn(const Sha1Digest& sha1, std::span<const uint8_t> der);
    // judge takes every phase of a session; key tells sessions apart.
    BehaviourVerdict judge(const metadata::Record& record, const metadata::CertificateSummary* leaf,
                           const std::string& key);
    // levels of every host with a point, as of now.
    std::map<net::IpAddress, double> levels(Timestamp now) const;
    const model::Model& model() const;
    uint64_t hosts_evicted() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// sentence says what a feature's value means: "certificate is self-signed".
std::string sentence(features::Feature feature, float value);

}  // namespace eti::analysis
