// Segments of six bytes each: 16-bit offset, 16-bit length (the lowest 12 bits), filler, and what
// the receiver has acknowledged before it, in 16ths of what was delivered. The first four bytes are
// the sequence number the stream starts with.
#include "eti/base/check.h"
#include "eti/stream/stream_head.h"
#include "eti/wire/reader.h"
#include "tests/support/receiver_model.h"

#include <algorithm>
#include <vector>

namespace {

constexpr uint32_t kBlocks = 64;
constexpr unsigned kLimit = 48;
constexpr int kMaxSegments = 40;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using eti::stream::Accepted;
    static eti::stream::SegmentPool pool(kBlocks);
    eti::wire::Reader input(std::span<const uint8_t>(data, size));
    uint32_t first = 0;
    if (!input.u32(first)) {
        return 0;
    }
    eti::stream::StreamHead head;
    head.start(first);
    eti::test::ReceiverModel model;
    std::vector<uint8_t> delivered;
    uint16_t offset = 0;
    uint16_t length = 0;
    uint8_t filler = 0;
    uint8_t acknowledged = 0;
    for (int i = 0; i < kMaxSegments; ++i) {
        if (!input.u16(offset) || !input.u16(length) || !input.u8(filler) ||
            !input.u8(acknowledged)) {
            break;
        }
        const std::size_t sixteenths = model.delivered.size() * (acknowledged & 0x0f) / 16;
        model.acknowledged = std::max(model.acknowledged, sixteenths);
        head.acknowledge(first + static_cast<uint32_t>(model.acknowledged), pool);
        const std::vector<uint8_t> bytes(length & 0xfff, filler);
        const Accepted accepted = head.accept(
            first + offset, bytes, {pool, kLimit, true}, [&](std::span<const uint8_t> run) {
                delivered.insert(delivered.end(), run.begin(), run.end());
            });
        ETI_CHECK(accepted != Accepted::OverBudget);  // 70,000 bytes fit in the blocks
        ETI_CHECK((accepted != Accepted::Contradicting) == model.accept(offset, bytes));
        ETI_CHECK(delivered.size() == model.delivered.size());
        ETI_CHECK(head.delivered() == delivered.size());
        ETI_CHECK(head.has_gap() == model.has_gap());
        ETI_CHECK(kBlocks - pool.available() <= kLimit);
    }
    ETI_CHECK(delivered == model.delivered);
    head.release(pool);
    ETI_CHECK(pool.available() == kBlocks);
    return 0;
}
