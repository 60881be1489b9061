// What tells the start of TLS from what else may stand there.
#pragma once

#include "eti/base/direction.h"

#include <cstdint>
#include <span>

namespace eti::tls {

// Boundary: a side begins to answer, or a line has ended. Less is believed inside of text.
enum class Place : uint8_t { Boundary, Inside };
enum class Evidence : uint8_t { No, NeedMore, Yes };

// may_open is the cheap first question, for one byte.
bool may_open(Direction direction, Place place, uint8_t byte);

// opens_tls judges a beginning; 13 bytes always decide.
Evidence opens_tls(Direction direction, Place place, std::span<const uint8_t> beginning);

}  // namespace eti::tls
