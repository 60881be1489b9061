// How the fuzz targets of byte streams read their input: chunks of one byte of direction (lowest
// bit), two of length, then the bytes, each delivered in pieces.
#pragma once

#include "eti/base/check.h"
#include "eti/base/direction.h"
#include "eti/tls/assembly_pool.h"
#include "eti/wire/reader.h"

#include <algorithm>

namespace eti::fuzz {

template <typename Feed>
void cut_chunks(wire::Reader input, std::size_t piece_bytes, Feed feed) {
    uint8_t direction = 0;
    uint16_t length = 0;
    while (input.u8(direction) && input.u16(length)) {
        wire::Reader chunk;
        if (!input.take(std::min<std::size_t>(length, input.remaining()), chunk)) {
            break;
        }
        for (auto bytes = chunk.bytes(); !bytes.empty();) {
            const auto piece = bytes.first(std::min(piece_bytes, bytes.size()));
            feed(static_cast<Direction>(direction & 1), piece);
            bytes = bytes.subspan(piece.size());
        }
    }
}

// A pool of two large and two small buffers must be whole once its user is reset.
inline void check_nothing_kept(tls::AssemblyPool& pool) {
    const auto first = pool.allocate(tls::AssemblyPool::kLargeBytes);
    const auto second = pool.allocate(tls::AssemblyPool::kLargeBytes);
    const auto third = pool.allocate(1);
    const auto fourth = pool.allocate(1);
    ETI_CHECK(!first.empty() && !second.empty() && !third.empty() && !fourth.empty());
    for (const auto buffer : {first, second, third, fourth}) {
        pool.free(buffer);
    }
}

}  // namespace eti::fuzz
