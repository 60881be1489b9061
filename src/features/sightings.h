// When this site first saw something, and from how many clients.
#pragma once

#include "eti/base/bounded_map.h"
#include "eti/base/clock.h"
#include "eti/net/ip_address.h"

#include <array>
#include <cstdint>
#include <string>

namespace eti::features {

struct Sighting {
    static constexpr std::size_t kClients = 8;

    bool seen = false;
    Timestamp first{};
    uint8_t clients = 0;  // distinct ones, up to kClients
    std::array<uint32_t, kClients> known{};
};

class Sightings {
  public:
    Sightings(std::size_t limit, const KeyedHash& hash) : hash_(hash), seen_(limit, hash) {}

    // note returns the sighting with this session in it; valid until the next call. Of what was
    // seen only a keyed hash is kept: issuers' names are as long as certificates make them.
    const Sighting& note(const std::string& what, const net::IpAddress& client, Timestamp start);

    // before tells whether it was noted for a session that started no later.
    bool before(const std::string& what, Timestamp start);

    uint64_t evicted() const { return seen_.evicted(); }

  private:
    KeyedHash hash_;
    BoundedMap<uint64_t, Sighting> seen_;
};

}  // namespace eti::features
