// Which names clients looked servers up under.
#pragma once

#include "eti/base/bounded_map.h"
#include "eti/metadata/record.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace eti::enrich {

// Lookup is one answer, shared by all of its addresses.
struct Lookup {
    Timestamp time{};
    std::string name;
    uint32_t ttl = 0;
    uint16_t answers = 0;
    bool cname = false;
};

// DnsMemory keeps the last few answers of each (client, server) pair: a record comes at the end of
// its session, when the client may have asked again. Pairs answered longest ago are forgotten
// first.
class DnsMemory {
  public:
    static constexpr std::size_t kAnswersPerPair = 4;
    // Clients use an address beyond its TTL, but not for days.
    static constexpr std::chrono::hours kMaxAge{24};

    DnsMemory(std::size_t pairs, const KeyedHash& hash) : pairs_(pairs, hash) {}

    void note(const metadata::DnsAnswer& answer);
    // find returns the latest answer not after start and at most kMaxAge before it, or null.
    std::shared_ptr<const Lookup> find(const net::IpAddress& client, const net::IpAddress& server,
                                       Timestamp start);

    std::size_t size() const { return pairs_.size(); }
    uint64_t evicted() const { return pairs_.evicted(); }

  private:
    using Pair = std::array<uint8_t, 32>;
    using Answers = std::vector<std::shared_ptr<const Lookup>>;  // by time

    static Pair pair_of(const net::IpAddress& client, const net::IpAddress& server);
    static void insert(Answers& answers, const std::shared_ptr<const Lookup>& lookup);
    void forget_old(Timestamp now);

    BoundedMap<Pair, Answers> pairs_;
};

}  // namespace eti::enrich
