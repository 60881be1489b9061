// Asks every worker for its live flows and collects the answers over several turns.
#pragma once

#include "eti/control/status.h"
#include "eti/control/worker_link.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

namespace eti::control {

// SessionList serves one request at a time; others wait their turn. A worker that has not answered
// within the deadline is named in the listing.
class SessionList {
  public:
    using Done = std::function<void(SessionListing)>;
    static constexpr std::size_t kMaxWaiting = 32;
    static constexpr std::size_t kMaxSessions = 100'000;
    static constexpr std::chrono::seconds kDeadline{1};

    explicit SessionList(std::span<const WorkerLink> workers);

    // request returns false when too many requests are waiting; done is then never called.
    bool request(Timestamp now, Done done);
    // poll reads the rings and completes what is complete or overdue.
    void poll(Timestamp now);

  private:
    void start(Timestamp now);
    void collect(std::size_t worker);
    void finish();

    std::span<const WorkerLink> workers_;
    std::deque<Done> waiting_;  // the first one is being served
    uint64_t number_ = 0;
    Timestamp deadline_{};
    std::vector<bool> answered_;
    SessionListing listing_;
};

}  // namespace eti::control
