// A fragment script (tests/support/fragment_script.h): every answer and every completed datagram
// is the model's, and a small cache on the same script keeps to its bounds.
#include "eti/base/check.h"
#include "tests/support/fragment_script.h"

namespace {

eti::decap::FragmentLimits limits_of(uint32_t datagrams, uint32_t blocks) {
    eti::decap::FragmentLimits limits;
    limits.datagrams = datagrams;
    limits.blocks = blocks;
    return limits;
}

void check_bounds(std::span<const uint8_t> bytes) {
    eti::decap::FragmentCache small(limits_of(2, 5), {1, 2});
    eti::wire::Reader script(bytes);
    eti::test::FragmentStep step;
    eti::Timestamp now{};
    while (eti::test::read_step(script, 100, step)) {
        now += step.wait;
        std::span<const uint8_t> datagram;
        static_cast<void>(small.add(step.fragment, now, datagram));
        ETI_CHECK(small.datagrams() <= 2 && small.blocks_used() <= 5);
        ETI_CHECK(datagram.size() <= 5 * 2048 + 60);
    }
    now += std::chrono::hours(1);
    std::span<const uint8_t> datagram;
    step.fragment.ipv6 = true;
    step.header.assign(40, 0);
    step.payload.assign(8, 0);
    step.fragment.header = step.header;
    step.fragment.payload = step.payload;
    step.fragment.offset = 8;
    static_cast<void>(small.add(step.fragment, now, datagram));
    ETI_CHECK(small.datagrams() == 1 && small.blocks_used() <= 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static eti::decap::FragmentCache cache(limits_of(64, 1024), {3, 4});
    static eti::Timestamp now{};
    const std::span<const uint8_t> bytes(data, size);
    eti::test::FragmentModel model({});
    std::size_t completed = 0;
    now += std::chrono::hours(1);  // what the last input left has expired
    const auto wrong = eti::test::run_fragment_script(bytes, cache, model, now, completed);
    ETI_CHECK(!wrong.has_value());
    ETI_CHECK(cache.datagrams() <= 64 && cache.blocks_used() <= 1024);
    check_bounds(bytes);
    return 0;
}
