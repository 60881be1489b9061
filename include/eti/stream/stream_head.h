// The first bytes of one TCP direction, in order, as the receiving endpoint will deliver them.
#pragma once

#include "eti/stream/segment_pool.h"
#include "eti/stream/sequence.h"

#include <cstdint>
#include <span>

namespace eti::stream {

enum class Accepted : uint8_t {
    InOrder,     // new contiguous bytes were delivered
    OutOfOrder,  // copied, waits for the bytes before it
    Duplicate,   // nothing new in it
    Outside,     // farther ahead than any receive window
    OverBudget,  // the segment limit or the pool is exhausted: the caller gives up on the stream
};

// StreamHead belongs to one worker. In-order payload is passed on without a copy; what comes too
// early is copied into the worker's SegmentPool, at most max_segments blocks per direction.
// Where copies of a byte differ, the one a Linux receiver keeps is delivered:
// - bytes already delivered win over any later copy, an in-order segment over what waits;
// - of two waiting segments, one that lies inside the other is given up; of equals the newer;
// - where two overlap partly, the one that starts first wins;
// - a segment that starts exactly where a waiting one ends becomes part of it.
class StreamHead {
  public:
    // start names the sequence number of the first payload byte (initial sequence number + 1).
    void start(uint32_t first_sequence);
    bool started() const { return started_; }
    // The sequence number of the next byte to deliver: what the receiver acknowledges next.
    uint32_t next_sequence() const { return next_; }
    // Bytes delivered since start.
    uint64_t delivered() const { return delivered_; }
    bool has_gap() const { return first_ != SegmentPool::kNone; }

    // accept takes one segment's payload and calls sink(std::span<const uint8_t>) for every run
    // of bytes that became contiguous, in order. The spans are valid inside the call only.
    template <typename Sink>
    Accepted accept(uint32_t sequence, std::span<const uint8_t> payload, SegmentPool& pool,
                    unsigned max_segments, Sink&& sink);

    // release gives queued segments back; the stream may be started again.
    void release(SegmentPool& pool);

  private:
    struct Run;

    // queue copies an early segment; false when the budget is spent.
    bool queue(uint32_t sequence, std::span<const uint8_t> payload, SegmentPool& pool,
               unsigned max_segments);
    // pop_ready removes the first queued block if it starts at or before next_, and returns its
    // new bytes; empty when it held nothing new; false when no block is ready.
    bool pop_ready(SegmentPool& pool, uint32_t& block, std::span<const uint8_t>& bytes);

    Run run_at(uint32_t first, SegmentPool& pool) const;
    void drop_covered(uint32_t& link, int32_t end, SegmentPool& pool);
    bool append(uint32_t last, std::span<const uint8_t> payload, SegmentPool& pool,
                unsigned max_segments);
    bool insert(uint32_t& link, uint32_t sequence, std::span<const uint8_t> payload,
                SegmentPool& pool, unsigned max_segments);

    uint64_t delivered_ = 0;
    uint32_t next_ = 0;
    uint32_t first_ = SegmentPool::kNone;  // queued runs of blocks, ordered by where they start
    uint16_t queued_ = 0;
    bool started_ = false;
};

template <typename Sink>
Accepted StreamHead::accept(uint32_t sequence, std::span<const uint8_t> payload, SegmentPool& pool,
                            unsigned max_segments, Sink&& sink) {
    constexpr int32_t kMaxAhead = 1 << 30;  // the largest window scaling allows (RFC 7323)
    const int32_t ahead = distance(next_, sequence);
    if (ahead > kMaxAhead || ahead < -kMaxAhead) {
        return Accepted::Outside;
    }
    if (ahead > 0) {
        return queue(sequence, payload, pool, max_segments) ? Accepted::OutOfOrder
                                                            : Accepted::OverBudget;
    }
    const auto seen = static_cast<std::size_t>(-ahead);
    if (seen >= payload.size()) {
        return Accepted::Duplicate;
    }
    const auto fresh = payload.subspan(seen);
    next_ += static_cast<uint32_t>(fresh.size());
    delivered_ += fresh.size();
    sink(fresh);
    uint32_t block = SegmentPool::kNone;
    std::span<const uint8_t> ready;
    while (pop_ready(pool, block, ready)) {
        if (!ready.empty()) {
            next_ += static_cast<uint32_t>(ready.size());
            delivered_ += ready.size();
            sink(ready);
        }
        pool.free(block);
    }
    return Accepted::InOrder;
}

}  // namespace eti::stream
