// What the steps are given, and what each must do once before it is timed.
#pragma once

#include "eti/base/digest_types.h"
#include "eti/flow/flow_key.h"
#include "tests/support/tls_builder.h"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

namespace eti::bench {

using test::Bytes;

// expect ends the benchmark with an error unless the step does what its name says.
inline bool expect(benchmark::State& state, bool holds) {
    if (!holds) {
        state.SkipWithError("the step does not do what its name says");
    }
    return holds;
}

// spread draws distinct numbers below bound, each once, in an order no prefetcher guesses; bound is
// not a multiple of the prime.
constexpr std::size_t spread(std::size_t i, std::size_t bound) {
    constexpr std::size_t kPrime = 2'147'483'647;
    return i * kPrime % bound;
}

// Frames of the same segment: plain, and in a VXLAN behind a VLAN tag.
Bytes frame_v4();
Bytes frame_v6();
Bytes frame_vxlan();

// flow_key is another one for each number.
flow::FlowKey flow_key(uint32_t number);
// digest is another one for each number, as even as a hash.
Sha1Digest digest(uint32_t number);

// Bodies of hellos as browsers and sites send them.
Bytes client_hello_body();
Bytes server_hello_body();
// The server's records of a TLS 1.2 handshake with two certificates.
Bytes server_flight();

// memory_for says whether so many bytes can be had; if not, that a benchmark is left out.
bool memory_for(std::size_t bytes, const char* benchmark);

}  // namespace eti::bench
