#include "features/sightings.h"

#include <algorithm>

namespace eti::features {

const Sighting& Sightings::note(const std::string& what, const net::IpAddress& client,
                                Timestamp start) {
    Sighting& sighting = seen_.touch(hash_(what));
    sighting.first = sighting.seen ? std::min(sighting.first, start) : start;
    sighting.seen = true;
    const auto mark = static_cast<uint32_t>(hash_(client.bytes()));
    const auto end = sighting.known.begin() + sighting.clients;
    if (sighting.clients < Sighting::kClients &&
        std::find(sighting.known.begin(), end, mark) == end) {
        sighting.known[sighting.clients++] = mark;
    }
    return sighting;
}

bool Sightings::before(const std::string& what, Timestamp start) {
    const Sighting* sighting = seen_.find(hash_(what));
    return sighting != nullptr && sighting->first <= start;
}

}  // namespace eti::features
