// What leaves the store, by age and by bytes. Writer thread, inside its transaction.
#pragma once

#include "eti/store/keys.h"

#include <chrono>
#include <utility>
#include <vector>

namespace eti::analysis {

struct Retention {
    std::chrono::hours batches{24 * 30};
    std::chrono::hours sessions{24 * 30};
    std::chrono::hours evidence{24 * 60};
    std::chrono::hours servers{24 * 180};  // and hosts and their days
    int64_t max_sessions = 50'000'000;
};

struct Pruned {
    int64_t sessions = 0;
    int64_t other = 0;
    std::vector<std::pair<Realm, net::IpAddress>> servers;
};

// Pruner removes a bounded number of rows a call: what is older than its retention, and the oldest
// sessions while the store is nearly full.
class Pruner {
  public:
    explicit Pruner(Database& database) : database_(database) {}
    Pruned prune(const Retention& retention, Timestamp now);

  private:
    void prune_sessions(const Retention& retention, Timestamp now, Pruned& pruned);
    void prune_days(const Retention& retention, Timestamp now, Pruned& pruned);
    void prune_servers(const Retention& retention, Timestamp now, Pruned& pruned);

    Database& database_;
    Realm realm_ = 0;  // where the walk over the servers goes on
    net::IpAddress server_;
};

}  // namespace eti::analysis
