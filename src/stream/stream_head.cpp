#include "eti/stream/stream_head.h"

#include "eti/base/check.h"

#include <algorithm>

namespace eti::stream {

// A run is one queued segment, or several that followed each other exactly: its blocks are
// neighbours in the queue. Runs may overlap; the queue holds them ordered by start, so the byte
// of the lower start is delivered first. Positions are offsets from next_, which makes wrapped
// sequence numbers comparable.
struct StreamHead::Run {
    int32_t start = 0;
    int32_t end = 0;
    uint32_t last = SegmentPool::kNone;  // its last block
};

void StreamHead::start(uint32_t first_sequence) {
    ETI_ASSERT(first_ == SegmentPool::kNone);
    next_ = first_sequence;
    delivered_ = 0;
    started_ = true;
}

void StreamHead::release(SegmentPool& pool) {
    while (first_ != SegmentPool::kNone) {
        const uint32_t block = first_;
        first_ = pool.at(block).next;
        pool.free(block);
    }
    queued_ = 0;
    started_ = false;
}

StreamHead::Run StreamHead::run_at(uint32_t first, SegmentPool& pool) const {
    Run run;
    run.start = distance(next_, pool.at(first).sequence);
    run.last = first;
    while (pool.at(run.last).continues != 0) {
        run.last = pool.at(run.last).next;
    }
    const SegmentPool::Block& block = pool.at(run.last);
    run.end = distance(next_, block.sequence + block.size);
    return run;
}

bool StreamHead::queue(uint32_t sequence, std::span<const uint8_t> payload, SegmentPool& pool,
                       unsigned max_segments) {
    if (payload.empty()) {
        return true;
    }
    const int32_t start = distance(next_, sequence);
    const int32_t end = distance(next_, sequence + static_cast<uint32_t>(payload.size()));
    uint32_t* link = &first_;
    while (*link != SegmentPool::kNone) {
        const Run run = run_at(*link, pool);
        if (run.start >= start) {
            if (run.start == start && end <= run.end) {
                return true;  // the older copy holds all of it
            }
            break;
        }
        if (end <= run.end) {
            return true;
        }
        if (run.end == start) {
            return append(run.last, payload, pool, max_segments);
        }
        link = &pool.at(run.last).next;
    }
    drop_covered(*link, end, pool);
    return insert(*link, sequence, payload, pool, max_segments);
}

// Runs that start within the new segment and end no later give way to it.
void StreamHead::drop_covered(uint32_t& link, int32_t end, SegmentPool& pool) {
    while (link != SegmentPool::kNone) {
        const Run run = run_at(link, pool);
        if (run.end > end) {
            return;
        }
        const uint32_t after = pool.at(run.last).next;
        while (link != after) {
            const uint32_t block = link;
            link = pool.at(block).next;
            pool.free(block);
            --queued_;
        }
    }
}

bool StreamHead::append(uint32_t last, std::span<const uint8_t> payload, SegmentPool& pool,
                        unsigned max_segments) {
    SegmentPool::Block& block = pool.at(last);
    const std::size_t room = std::min(SegmentPool::kBlockBytes - block.size, payload.size());
    std::copy_n(payload.data(), room, block.bytes.data() + block.size);
    block.size += static_cast<uint32_t>(room);
    const auto rest = payload.subspan(room);
    if (rest.empty()) {
        return true;
    }
    block.continues = 1;
    return insert(block.next, block.sequence + block.size, rest, pool, max_segments);
}

bool StreamHead::insert(uint32_t& link, uint32_t sequence, std::span<const uint8_t> payload,
                        SegmentPool& pool, unsigned max_segments) {
    const uint32_t after = link;
    uint32_t* tail = &link;
    while (!payload.empty()) {
        const uint32_t fresh = queued_ < max_segments ? pool.allocate() : SegmentPool::kNone;
        if (fresh == SegmentPool::kNone) {
            return false;
        }
        ++queued_;
        SegmentPool::Block& block = pool.at(fresh);
        const std::size_t size = std::min(payload.size(), SegmentPool::kBlockBytes);
        std::copy_n(payload.data(), size, block.bytes.data());
        payload = payload.subspan(size);
        block.sequence = sequence;
        block.size = static_cast<uint32_t>(size);
        block.continues = payload.empty() ? 0 : 1;
        block.next = after;
        sequence += block.size;
        *tail = fresh;
        tail = &block.next;
    }
    return true;
}

bool StreamHead::pop_ready(SegmentPool& pool, uint32_t& block, std::span<const uint8_t>& bytes) {
    if (first_ == SegmentPool::kNone) {
        return false;
    }
    const SegmentPool::Block& head = pool.at(first_);
    const int32_t ahead = distance(next_, head.sequence);
    if (ahead > 0) {
        return false;
    }
    const std::size_t seen = std::min(static_cast<std::size_t>(-ahead), std::size_t{head.size});
    bytes = std::span(head.bytes).first(head.size).subspan(seen);
    block = first_;
    first_ = head.next;
    --queued_;
    return true;
}

}  // namespace eti::stream
