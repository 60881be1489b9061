// stream: one direction's segments of 1,400 bytes.
#include "eti/stream/stream_head.h"
#include "inputs.h"

namespace eti::bench {
namespace {

constexpr std::size_t kSegment = 1400;

// Wire is one stream that goes on for ever.
struct Wire {
    stream::SegmentPool pool{64};
    stream::StreamHead head;
    Bytes payload = Bytes(kSegment, 0x42);
    uint32_t sequence = 1;
    uint64_t delivered = 0;

    Wire() { head.start(sequence); }

    stream::Accepted accept(uint32_t ahead, bool keep) {
        return head.accept(sequence + ahead, payload, {pool, 16, keep},
                           [this](std::span<const uint8_t> bytes) { delivered += bytes.size(); });
    }
    void advance(std::size_t segments) {
        sequence += static_cast<uint32_t>(segments * kSegment);
        head.acknowledge(sequence, pool);
    }
};

void in_order(benchmark::State& state, bool keep) {
    Wire wire;
    for (auto _ : state) {
        benchmark::DoNotOptimize(wire.accept(0, keep));
        wire.advance(1);
    }
    expect(state, wire.delivered == static_cast<uint64_t>(state.iterations()) * kSegment);
}

// The second of two segments comes first.
void out_of_order(benchmark::State& state) {
    Wire wire;
    for (auto _ : state) {
        benchmark::DoNotOptimize(wire.accept(kSegment, false));
        benchmark::DoNotOptimize(wire.accept(0, false));
        wire.advance(2);
    }
    expect(state, wire.delivered == static_cast<uint64_t>(state.iterations()) * 2 * kSegment);
    state.SetItemsProcessed(state.iterations() * 2);
}

BENCHMARK_CAPTURE(in_order, passed_on, false)->Name("stream.accept/in_order");
BENCHMARK_CAPTURE(in_order, kept, true)->Name("stream.accept/in_order_kept_until_acknowledged");
BENCHMARK(out_of_order)->Name("stream.accept/swapped_pair");

}  // namespace
}  // namespace eti::bench
