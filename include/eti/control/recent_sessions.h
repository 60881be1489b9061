// The last sessions' records, so that one can be explained and a change can be tried on them.
#pragma once

#include "eti/metadata/certificate_summary.h"
#include "eti/metadata/record.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace eti::control {

struct RecentSession {
    metadata::Record record;
    std::string subject;  // of the leaf certificate; empty: not seen
    std::string issuer;
    std::optional<Sha256Digest> sha256;  // of the leaf
};

// RecentSessions keeps the newest record of each of the last sessions; a later phase takes the
// place of an earlier one. Bounded by its capacity, about 4 KiB a session. For one thread.
class RecentSessions {
  public:
    explicit RecentSessions(std::size_t capacity);

    void add(const metadata::Record& record, const metadata::CertificateSummary* leaf);
    const RecentSession* find(uint64_t id) const;
    // newest_first visits at most limit sessions, the one that was first heard of last first.
    void newest_first(std::size_t limit,
                      const std::function<void(const RecentSession&)>& visit) const;
    std::size_t size() const { return slots_.size(); }
    std::size_t capacity() const { return capacity_; }

  private:
    std::size_t capacity_;
    std::vector<RecentSession> slots_;
    std::size_t next_ = 0;  // the slot to be overwritten once all are used
    std::unordered_map<uint64_t, std::size_t> by_id_;
};

}  // namespace eti::control
