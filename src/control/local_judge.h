// Judges behaviour on the box, with the service's own model and code, while the service is away.
#pragma once

#include "eti/base/bounded_map.h"
#include "eti/intel/infected_hosts.h"
#include "eti/metadata/certificate_summary.h"
#include "eti/metadata/record.h"
#include "eti/scoring/behaviour.h"
#include "eti/scoring/host_level.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace eti::control {

// LocalJudge belongs to the control thread. It takes every record, also while the service answers,
// so that it knows what the site did before; but only then does anything follow from it.
class LocalJudge {
  public:
    static constexpr std::size_t kHosts = 65'536;
    // The service's default, as the threshold is.
    static constexpr std::chrono::hours kHalfLife{24};
    // The service judges the same records once it is back; what it does not confirm ends then.
    static constexpr std::chrono::hours kExpiry{1};

    // The constructor throws std::runtime_error when the built-in model cannot be used.
    LocalJudge();

    void learn(const Sha1Digest& sha1, std::span<const uint8_t> der) { scorer_.learn(sha1, der); }
    // judge is the client, when the service is away and its level reaches the threshold by this
    // record.
    std::optional<intel::InfectedHost> judge(const metadata::Record& record,
                                             const metadata::CertificateSummary* leaf,
                                             bool service_away, Timestamp now);
    uint64_t judged() const { return judged_; }
    uint64_t infected() const { return infected_; }

  private:
    analysis::BehaviourScorer scorer_;
    BoundedMap<std::array<uint8_t, 16>, analysis::HostLevel> hosts_;
    uint64_t judged_ = 0;
    uint64_t infected_ = 0;
};

}  // namespace eti::control
