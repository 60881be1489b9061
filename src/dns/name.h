// Names inside a DNS message, compression included (RFC 1035 sections 3.1 and 4.1.4).
#pragma once

#include "eti/dns/message.h"
#include "eti/wire/reader.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace eti::dns {

inline constexpr std::size_t kHeaderBytes = 12;  // RFC 1035 section 4.1.1

// The cursors below read a suffix of the message. Each function moves the cursor behind the name
// as it stands there, or returns false and leaves it.

// skip_name follows no pointers.
[[nodiscard]] bool skip_name(wire::Reader& at);

// hash_name gives equal names, in any case and compression, equal values. The hash is not keyed:
// who writes a message that makes two names collide could have written equal names.
[[nodiscard]] bool hash_name(std::span<const uint8_t> message, wire::Reader& at, uint64_t& hash);

// read_name refuses names whose text is longer than a Name holds: cut, it would be another name.
[[nodiscard]] bool read_name(std::span<const uint8_t> message, wire::Reader& at, Name& name);

}  // namespace eti::dns
