// Which certificate a server showed last.
#pragma once

#include "eti/base/bounded_map.h"
#include "eti/metadata/record.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eti::features {

// A server is an address and a port. Where both sessions name it, the names must be the same; one
// that names none takes any. The daemon's own memory (enrich) asks for equal names, for it marks
// records; this one only informs a score, and knows what other sensors and earlier starts saw.
class Servers {
  public:
    static constexpr std::chrono::hours kLife{24};
    static constexpr std::size_t kNamesPerServer = 8;

    Servers(std::size_t limit, const KeyedHash& hash) : hash_(hash), servers_(limit, hash) {}

    void learn(const metadata::Record& record);
    // find returns the leaf shown last by a session that started no later and at most kLife before.
    std::optional<Sha1Digest> find(const metadata::Record& record);

    uint64_t evicted() const { return servers_.evicted(); }

  private:
    struct Shown {
        uint64_t name = 0;  // keyed hash; 0: none
        Timestamp start{};
        Sha1Digest leaf{};
    };
    using Key = std::array<uint8_t, 19>;

    static Key key_of(const metadata::Record& record);
    uint64_t name_of(const metadata::Record& record) const;

    KeyedHash hash_;
    BoundedMap<Key, std::vector<Shown>> servers_;
};

}  // namespace eti::features
