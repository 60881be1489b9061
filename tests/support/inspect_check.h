// What must hold of an inspector whatever it was given, for fuzz targets.
#pragma once

#include "eti/base/check.h"
#include "eti/net/transport_checksum.h"
#include "tests/support/inspect_bench.h"

#include <array>

namespace eti::test {

// One inspector serves all inputs, because making one takes longer than most inputs do. Small, so
// that an input can fill it.
inline inspect::Options fuzz_options() {
    inspect::Options options = InspectBench::small_options();
    options.flows = 64;
    options.sessions = 16;
    options.fragment_datagrams = 16;
    options.fragment_blocks = 64;
    options.small_assembly_buffers = 16;
    return options;
}

// Every reset that is asked for must be one that its receiver can read, if it can be built at all.
inline void check_resets(const InspectBench& bench, const inspect::Packet& cause) {
    for (const inspect::Reset& reset : bench.inspector.resets()) {
        std::array<uint8_t, decap::kMaxResetBytes> out;
        const std::size_t size = bench.inspector.build_reset(cause, reset, out);
        if (size == 0) {
            continue;
        }
        net::PacketView view;
        decap::Outer outer;
        ETI_CHECK(decap::parse({out.data(), size}, {}, view, outer) == net::ParseResult::Transport);
        ETI_CHECK(view.has(net::kRst) && view.sequence == reset.sequence);
        ETI_CHECK(net::transport_checksum(view) == net::ChecksumState::Valid);
    }
}

inline void empty_rings(InspectBench& bench) {
    bench.records();
    while (bench.certificates_ring.front() != nullptr) {
        bench.certificates_ring.release();
    }
}

// finish_all ends every flow; then nothing may be left in use but unfinished fragments. Those time
// out before the next input.
inline void finish_all(InspectBench& bench) {
    while (!bench.inspector.finish()) {
        empty_rings(bench);
    }
    empty_rings(bench);
    bench.now += std::chrono::seconds(120);
    const inspect::Usage usage = bench.inspector.usage();
    const inspect::Options options = fuzz_options();
    ETI_CHECK(usage.flows == 0 && bench.inspector.flow_count() == 0);
    ETI_CHECK(usage.sessions == 0 && usage.session_states == 0 && usage.record_blocks == 0);
    ETI_CHECK(usage.segment_blocks == 0);
    ETI_CHECK(usage.assembly_buffers == 0);
    ETI_CHECK(usage.hash_states == 0);
    ETI_CHECK(usage.certificate_buffers == 0);
    ETI_CHECK(usage.fragment_datagrams <= options.fragment_datagrams);
    ETI_CHECK(usage.fragment_blocks <= options.fragment_blocks);
}

}  // namespace eti::test
