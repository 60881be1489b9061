// Walks an extension block: (u16 type, u16-prefixed body)*. Shared by both hellos.
#pragma once

#include "eti/wire/reader.h"

#include <string_view>

namespace eti::tls {

// for_each_extension calls visit(type, body) in wire order; false when the framing is broken, and
// then visit has seen what came before.
template <typename Visit>
bool for_each_extension(wire::Reader block, Visit&& visit) {
    while (!block.empty()) {
        uint16_t type = 0;
        wire::Reader body;
        if (!block.u16(type) || !block.u16_prefixed(body)) {
            return false;
        }
        visit(type, body);
    }
    return true;
}

// read_extension_block takes the optional block at the end of a hello: absent or exactly framed.
inline bool read_extension_block(wire::Reader& hello, wire::Reader& out) {
    if (hello.empty()) {
        return true;
    }
    wire::Reader block;
    if (!hello.u16_prefixed(block) || !hello.empty()) {
        return false;
    }
    out = block;
    return for_each_extension(block, [](uint16_t, wire::Reader) {});
}

// first_name is the first entry of a u16-prefixed list of u8-prefixed names (RFC 7301), without
// judging what follows it.
inline std::string_view first_name(wire::Reader names) {
    wire::Reader name;
    return names.u8_prefixed(name) ? name.text() : std::string_view{};
}

}  // namespace eti::tls
