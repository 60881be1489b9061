// The first bytes of one TCP direction, in order, as the receiving endpoint will deliver them.
#pragma once

#include "eti/stream/segment_pool.h"
#include "eti/stream/sequence.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace eti::stream {

enum class Accepted : uint8_t {
    InOrder,        // new contiguous bytes were delivered
    OutOfOrder,     // copied, waits for the bytes before it
    Duplicate,      // nothing new in it
    Contradicting,  // another value for a byte that passed before: nothing of it was taken
    Outside,        // farther ahead than any receive window
    OverBudget,     // the block limit or the pool is exhausted: the caller gives up on the stream
};

// Keeping says where copies go and how long they stay.
struct Keeping {
    SegmentPool& pool;
    unsigned max_blocks = 0;          // per stream
    bool until_acknowledged = false;  // else only until delivered
};

// StreamHead belongs to one worker. In-order payload is passed on without a copy in between; what
// comes too early waits in blocks of the worker's SegmentPool.
//
// Which copy of a byte a receiver keeps depends on its system and on what reached it (Ptacek and
// Newsham 1998). The head never has to know: as long as a byte may still be on its way, that is
// until the receiver has acknowledged it, a segment with another value for it is refused, and the
// caller drops it (Handley, Paxson and Kreibich 2001). So there is only one stream.
class StreamHead {
  public:
    // start names the sequence number of the first payload byte (initial sequence number + 1).
    void start(uint32_t first_sequence);
    bool started() const { return started_; }
    // The sequence number of the next byte to deliver: what the receiver acknowledges next.
    uint32_t next_sequence() const { return next_; }
    // Bytes delivered since start, urgent ones included.
    uint64_t delivered() const { return delivered_; }
    // Bytes wait for others before them.
    bool has_gap() const { return highest_ > delivered_; }
    // Bytes are held for comparison, or wait.
    bool keeps_bytes() const { return first_ != SegmentPool::kNone; }
    // No copy of a byte that has passed can contradict it, and the next bytes can be passed.
    bool settled() const {
        return started_ && !keeps_bytes() && unverifiable_ <= acknowledged_ && urgent_ == kNoUrgent;
    }

    // accept takes one segment's payload and calls sink(std::span<const uint8_t>) for every run
    // of bytes that became contiguous, in order. The spans are valid inside the call only.
    template <typename Sink>
    Accepted accept(uint32_t sequence, std::span<const uint8_t> payload, const Keeping& keeping,
                    Sink&& sink);

    // pass is accept for the next bytes of a settled stream, which the caller reads itself.
    void pass(std::size_t bytes) {
        delivered_ += bytes;
        highest_ = delivered_;
        next_ += static_cast<uint32_t>(bytes);
    }

    // hold keeps bytes that may turn out to be ignored, such as data on a SYN. resolve delivers
    // them, forget drops them.
    bool hold(uint32_t sequence, std::span<const uint8_t> payload, const Keeping& keeping);
    template <typename Sink>
    void resolve(const Keeping& keeping, Sink&& sink);
    void forget(SegmentPool& pool);

    // urgent names the byte that leaves the stream: the last of RFC 9293 section 3.8.5's urgent
    // data, which receivers deliver apart.
    void urgent(uint32_t sequence);
    // acknowledge: the receiver has every byte before this one.
    void acknowledge(uint32_t sequence, SegmentPool& pool);

    // release gives all blocks back; the stream may be started again.
    void release(SegmentPool& pool);

  private:
    static constexpr uint64_t kNoUrgent = UINT64_MAX;

    int64_t offset_of(uint32_t sequence) const;
    bool agrees(uint64_t offset, std::span<const uint8_t> payload, const SegmentPool& pool) const;
    bool store(uint64_t offset, std::span<const uint8_t> payload, const Keeping& keeping);
    uint32_t block_at(uint32_t number, const Keeping& keeping);
    bool evict(SegmentPool& pool);
    // waiting returns the bytes that are next to deliver, as far as they lie in one block.
    std::span<const uint8_t> waiting(const Keeping& keeping);
    void trim(SegmentPool& pool);

    template <typename Sink>
    void deliver(std::span<const uint8_t> bytes, Sink&& sink);

    uint64_t delivered_ = 0;
    uint64_t acknowledged_ = 0;  // delivered bytes below need no comparison
    uint64_t unverifiable_ = 0;  // undecided bytes below have lost their copy to the limit
    uint64_t highest_ = 0;       // behind the last byte stored or delivered
    uint64_t urgent_ = kNoUrgent;
    uint32_t next_ = 0;
    uint32_t first_ = SegmentPool::kNone;  // blocks, ordered by number
    uint16_t blocks_ = 0;
    bool started_ = false;
};

template <typename Sink>
void StreamHead::deliver(std::span<const uint8_t> bytes, Sink&& sink) {
    const uint64_t from = delivered_;
    delivered_ += bytes.size();
    next_ += static_cast<uint32_t>(bytes.size());
    if (urgent_ >= from && urgent_ < delivered_) {
        const auto before = bytes.first(static_cast<std::size_t>(urgent_ - from));
        bytes = bytes.subspan(before.size() + 1);
        urgent_ = kNoUrgent;
        if (!before.empty()) {
            sink(before);
        }
    }
    if (!bytes.empty()) {
        sink(bytes);
    }
}

template <typename Sink>
Accepted StreamHead::accept(uint32_t sequence, std::span<const uint8_t> payload,
                            const Keeping& keeping, Sink&& sink) {
    constexpr int32_t kMaxAhead = 1 << 30;  // the largest window scaling allows (RFC 7323)
    const int32_t ahead = distance(next_, sequence);
    if (ahead > kMaxAhead || ahead < -kMaxAhead) {
        return Accepted::Outside;
    }
    int64_t start = offset_of(sequence);
    if (start < 0) {  // before the stream's first byte
        const auto old = std::min(static_cast<uint64_t>(-start), uint64_t{payload.size()});
        payload = payload.subspan(static_cast<std::size_t>(old));
        start = 0;
    }
    const auto offset = static_cast<uint64_t>(start);
    if (payload.empty() || !agrees(offset, payload, keeping.pool)) {
        return payload.empty() ? Accepted::Duplicate : Accepted::Contradicting;
    }
    if (offset > delivered_) {
        return store(offset, payload, keeping) ? Accepted::OutOfOrder : Accepted::OverBudget;
    }
    const uint64_t seen = delivered_ - offset;
    if (seen >= payload.size()) {
        return Accepted::Duplicate;
    }
    const auto fresh = payload.subspan(static_cast<std::size_t>(seen));
    if (keeping.until_acknowledged) {
        store(delivered_, fresh, keeping);  // without a block it is delivered all the same
    }
    highest_ = std::max(highest_, delivered_ + fresh.size());
    deliver(fresh, sink);
    resolve(keeping, sink);
    return Accepted::InOrder;
}

template <typename Sink>
void StreamHead::resolve(const Keeping& keeping, Sink&& sink) {
    for (auto run = waiting(keeping); !run.empty(); run = waiting(keeping)) {
        deliver(run, sink);
    }
    trim(keeping.pool);
}

}  // namespace eti::stream
