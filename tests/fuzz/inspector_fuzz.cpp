// Arbitrary frames through the whole core. Input: for each frame a byte (bit 0: side, bits 1-7:
// milliseconds that pass before it), a 16-bit length, and that many bytes.
#include "eti/base/check.h"
#include "eti/wire/reader.h"
#include "tests/support/inspect_bench.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace eti;
    test::InspectBench bench;
    bench.list_certificate({});
    bench.list_host("10.0.1.66");
    wire::Reader input({data, size});
    uint8_t head = 0;
    wire::Reader frame;
    while (input.u8(head) && input.u16_prefixed(frame)) {
        bench.now += std::chrono::milliseconds(head >> 1);
        const auto bytes = frame.bytes();
        bench.send({bytes.begin(), bytes.end()}, head & 1U);
        bench.records();
        while (bench.certificates_ring.front() != nullptr) {
            bench.certificates_ring.release();
        }
    }
    while (!bench.inspector.finish()) {
        bench.records();
    }
    ETI_CHECK(bench.inspector.flow_count() == 0);
    return 0;
}
