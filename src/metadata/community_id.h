// Community ID flow hash, version 1.
#pragma once

#include "eti/metadata/record.h"

#include <cstdint>
#include <string>

namespace eti::metadata {

// community_id is the same for both directions of a flow; empty when SHA-1 is not available.
std::string community_id(const Endpoint& one, const Endpoint& other, Transport transport,
                         uint16_t seed = 0);

}  // namespace eti::metadata
