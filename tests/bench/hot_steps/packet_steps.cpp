// decap, inspect: from the bytes of a frame to a packet with its key and hash.
#include "eti/inspect/inspector.h"
#include "inputs.h"

namespace eti::bench {
namespace {

void parse(benchmark::State& state, Bytes (*build)()) {
    const Bytes frame = build();
    net::PacketView view;
    decap::Outer outer;
    const auto step = [&] {
        outer.clear();
        return decap::parse(frame, {}, view, outer);
    };
    if (!expect(state, step() == net::ParseResult::Transport && view.payload.size() == 10)) {
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(step());
        benchmark::DoNotOptimize(view);
    }
}

void classify(benchmark::State& state, Bytes (*build)()) {
    const Bytes frame = build();
    const flow::FlowHasher hasher({11, 13});
    if (!expect(state, inspect::classify(frame, 0, 0, hasher).hash != 0)) {
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(inspect::classify(frame, 0, 0, hasher));
    }
}

BENCHMARK_CAPTURE(parse, ipv4, frame_v4)->Name("decap.parse/ipv4");
BENCHMARK_CAPTURE(parse, ipv6, frame_v6)->Name("decap.parse/ipv6");
BENCHMARK_CAPTURE(parse, vxlan, frame_vxlan)->Name("decap.parse/vlan_vxlan_ipv4");
BENCHMARK_CAPTURE(classify, ipv4, frame_v4)->Name("inspect.classify/ipv4");
BENCHMARK_CAPTURE(classify, ipv6, frame_v6)->Name("inspect.classify/ipv6");
BENCHMARK_CAPTURE(classify, vxlan, frame_vxlan)->Name("inspect.classify/vlan_vxlan_ipv4");

}  // namespace
}  // namespace eti::bench
