// Arbitrary frames through the whole core. Input: for each frame a byte (bit 0: side, bits 1-7:
// milliseconds that pass before it; 127: so many seconds), a 16-bit length, and that many bytes.
// Whatever comes, resets must be readable, and with the last flow all memory is given back.
#include "eti/digest/hasher.h"
#include "eti/wire/reader.h"
#include "tests/support/inspect_check.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace {

std::chrono::milliseconds pause_of(uint8_t head) {
    const int value = head >> 1;
    return value == 127 ? std::chrono::seconds(value) : std::chrono::milliseconds(value);
}

eti::test::InspectBench& make_bench() {
    static eti::test::InspectBench bench(eti::test::fuzz_options());
    static const bool listed = [] {
        bench.list_certificate(eti::digest::Hasher().sha1({}));  // a certificate without bytes
        bench.list_host("10.0.1.66");
        return true;
    }();
    static_cast<void>(listed);
    return bench;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace eti;
    test::InspectBench& bench = make_bench();
    wire::Reader input({data, size});
    uint8_t head = 0;
    wire::Reader frame;
    while (input.u8(head) && input.u16_prefixed(frame)) {
        bench.now += pause_of(head);
        bench.inspector.begin_burst(bench.now);
        const auto packet = inspect::classify(frame.bytes(), 0, head & 1U, bench.hasher);
        const auto verdict = bench.inspector.inspect(packet);
        ETI_CHECK((verdict == inspect::Verdict::Close) == !bench.inspector.resets().empty());
        test::check_resets(bench, packet);
        bench.inspector.end_burst();
        test::empty_rings(bench);
    }
    test::finish_all(bench);
    return 0;
}
