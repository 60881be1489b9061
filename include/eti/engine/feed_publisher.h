// From sources to published feeds. Writer thread, inside its transaction.
#pragma once

#include "eti/feeds/merge.h"
#include "eti/feeds/source.h"
#include "eti/store/feeds.h"
#include "eti/store/stores.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

class FeedPublisher {
  public:
    explicit FeedPublisher(Stores& stores) : stores_(stores), database_(stores.database) {}

    // configure says which sources there are; what others left is forgotten.
    void configure(std::vector<SourceOptions> sources, Timestamp now);

    struct Taken {
        bool refused = false;
        std::string sentence;  // for the log
    };
    // take stores what was read of a source and publishes what follows. A reading that failed, or
    // holds less than half of what the source had, changes nothing but the source's state.
    Taken take(const SourceOptions& source, const SourceReading& reading, Timestamp now);

    // publish makes a body of the lines and stores it as the feed's next version if it differs.
    bool publish(FeedId feed, std::vector<std::string> lines, const FeedCause& cause,
                 Timestamp now);
    // roll_back publishes an earlier version's content; false when that version is not kept.
    bool roll_back(FeedId feed, const std::string& version, const FeedCause& cause, Timestamp now);
    // tick renews feeds before they expire, leaves out what has become too old, and publishes the
    // infected hosts.
    void tick(Timestamp now);
    // reload forgets what was published in a transaction that was given up.
    void reload() { infected_version_ = -1; }

  private:
    bool store_parts(const SourceOptions& source, const SourceReading& reading);
    bool publish_merged(const FeedCause& cause, Timestamp now);
    void publish_infected(Timestamp now);

    Stores& stores_;
    Database& database_;  // of stores_
    std::vector<SourceOptions> sources_;
    Timestamp merged_{};  // when the sources were last put together
    int64_t infected_version_ = -1;
};

}  // namespace eti::analysis
