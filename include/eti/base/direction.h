// The two directions of a session, seen from the client.
#pragma once

#include <cstddef>
#include <cstdint>

namespace eti {

enum class Direction : uint8_t { Out = 0, In = 1 };  // Out: client to server, In: server to client

constexpr Direction opposite(Direction direction) {
    return direction == Direction::Out ? Direction::In : Direction::Out;
}
constexpr std::size_t index(Direction direction) {
    return static_cast<std::size_t>(direction);
}

}  // namespace eti
