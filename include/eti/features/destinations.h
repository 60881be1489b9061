// What several sessions of one client to one destination say together: the place where TLS 1.3 and
// QUIC, which show no certificate, can be judged at all.
#pragma once

#include "eti/features/context.h"

#include <cstdint>
#include <memory>

namespace eti::features {

// DestinationFacts are as of the session just noted. NaN: too few sessions to say.
struct DestinationFacts {
    uint32_t sessions_hour = 0;  // started within the last hour, this one included
    uint32_t sessions_day = 0;
    uint32_t hours = 0;       // of the last 24 in which one started
    uint32_t starts = 0;      // merged: sessions that start within a second of each other are one
    float interval_s;         // median between merged starts
    float irregularity;       // MAD / median of these
    float near_mode;          // share within 10 % of the most frequent interval
    float gap_irregularity;   // MAD / median of the gaps of a second or more inside the session
    float gap_s;              // their median
    float size_irregularity;  // MAD / median of the client's bytes
    float hidden_share;       // sessions that showed no certificate
    float best_score;         // highest of the sessions
    uint32_t above_low = 0;   // sessions at or above the lower threshold
    uint32_t clients = 0;     // of this destination at this site, up to 8

    // Regular enough to be a timer: 6 merged starts, or 8 gaps inside a session.
    bool regular_starts() const;
    bool regular_gaps() const { return gap_irregularity < 0.15F && gap_s >= 2; }
    bool beacon() const { return regular_starts() || regular_gaps(); }
    // Many sessions within an hour.
    bool burst() const { return sessions_hour >= 40; }
};

// Destinations belongs to one thread. A pair of client and destination takes at most 512 bytes, the
// map's own included; pairs not seen for longest are forgotten when there are too many.
class Destinations {
  public:
    static constexpr std::size_t kDefaultPairs = 65'536;

    explicit Destinations(std::size_t pairs = kDefaultPairs);
    ~Destinations();
    Destinations(const Destinations&) = delete;
    Destinations& operator=(const Destinations&) = delete;

    // note adds a session once: phases of one session follow each other by its key.
    DestinationFacts note(const metadata::Record& record, const Session& session, float score,
                          bool above_low, const std::string& key);

    std::size_t size() const;
    uint64_t evicted() const;
    static std::size_t bytes_per_pair();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::features
