#include "eti/stream/stream_head.h"

#include "eti/base/check.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace eti::stream {
namespace {

constexpr std::size_t kBlockBytes = SegmentPool::kBlockBytes;
using Block = SegmentPool::Block;

uint64_t start_of(const Block& block) {
    return uint64_t{block.number} * kBlockBytes;
}

// run_length counts the bytes from at on that are all present, or all absent, as wanted says.
std::size_t run_length(const Block& block, std::size_t at, std::size_t end, bool wanted) {
    std::size_t run = at;
    while (run < end) {
        const uint64_t word = wanted ? ~block.present[run / 64] : block.present[run / 64];
        const uint64_t rest = word >> (run % 64);
        if (rest != 0) {
            return std::min(end, run + static_cast<std::size_t>(std::countr_zero(rest))) - at;
        }
        run += 64 - run % 64;
    }
    return end - at;
}

// mark sets or clears the bits of [at, end) and keeps the count.
void mark(Block& block, std::size_t at, std::size_t end, bool present) {
    while (at < end) {
        const std::size_t bits = std::min(64 - at % 64, end - at);
        const uint64_t mask = (bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1) << (at % 64);
        uint64_t& word = block.present[at / 64];
        const int before = std::popcount(word);
        word = present ? word | mask : word & ~mask;
        block.count =
            static_cast<uint32_t>(static_cast<int>(block.count) + std::popcount(word) - before);
        at += bits;
    }
}

}  // namespace

void StreamHead::start(uint32_t first_sequence) {
    ETI_ASSERT(first_ == SegmentPool::kNone);
    *this = {};
    next_ = first_sequence;
    started_ = true;
}

void StreamHead::release(SegmentPool& pool) {
    while (first_ != SegmentPool::kNone) {
        const uint32_t block = first_;
        first_ = pool.at(block).next;
        pool.free(block);
    }
    *this = {};
}

int64_t StreamHead::offset_of(uint32_t sequence) const {
    return static_cast<int64_t>(delivered_) + distance(next_, sequence);
}

bool StreamHead::agrees(uint64_t offset, std::span<const uint8_t> payload,
                        const SegmentPool& pool) const {
    const uint64_t end = offset + payload.size();
    const uint64_t begin = std::max(offset, std::min(acknowledged_, delivered_));
    if (begin < std::min(end, unverifiable_)) {
        return false;
    }
    for (uint32_t i = first_; i != SegmentPool::kNone; i = pool.at(i).next) {
        const Block& block = pool.at(i);
        const uint64_t base = start_of(block);
        if (base >= end) {
            break;
        }
        if (base + kBlockBytes <= begin) {
            continue;
        }
        std::size_t at = static_cast<std::size_t>(begin > base ? begin - base : 0);
        const auto last = static_cast<std::size_t>(std::min<uint64_t>(end - base, kBlockBytes));
        while (at < last) {
            at += run_length(block, at, last, false);
            const std::size_t run = run_length(block, at, last, true);
            if (run > 0 && std::memcmp(&block.bytes[at], &payload[base + at - offset], run) != 0) {
                return false;
            }
            at += run;
        }
    }
    return true;
}

bool StreamHead::store(uint64_t offset, std::span<const uint8_t> payload, const Keeping& keeping) {
    while (!payload.empty()) {
        const uint32_t index = block_at(static_cast<uint32_t>(offset / kBlockBytes), keeping);
        if (index == SegmentPool::kNone) {
            return false;
        }
        Block& block = keeping.pool.at(index);
        const auto at = static_cast<std::size_t>(offset % kBlockBytes);
        const std::size_t size = std::min(payload.size(), kBlockBytes - at);
        std::copy_n(payload.data(), size, &block.bytes[at]);
        mark(block, at, at + size, true);
        payload = payload.subspan(size);
        offset += size;
        highest_ = std::max(highest_, offset);
    }
    return true;
}

// block_at finds the block or puts a fresh one in its place in the list.
uint32_t StreamHead::block_at(uint32_t number, const Keeping& keeping) {
    SegmentPool& pool = keeping.pool;
    while (true) {
        uint32_t* link = &first_;
        while (*link != SegmentPool::kNone && pool.at(*link).number < number) {
            link = &pool.at(*link).next;
        }
        if (*link != SegmentPool::kNone && pool.at(*link).number == number) {
            return *link;
        }
        const uint32_t fresh = blocks_ < keeping.max_blocks ? pool.allocate() : SegmentPool::kNone;
        if (fresh != SegmentPool::kNone) {
            pool.at(fresh).number = number;
            pool.at(fresh).next = *link;
            *link = fresh;
            ++blocks_;
            return fresh;
        }
        const bool limited = blocks_ >= keeping.max_blocks;
        const uint64_t oldest = first_ == SegmentPool::kNone ? 0 : start_of(pool.at(first_));
        if (!evict(pool)) {
            return SegmentPool::kNone;
        }
        if (limited) {  // the sender's doing; an empty pool may be others'
            unverifiable_ = oldest + kBlockBytes;
        }
    }
}

// evict gives up the oldest block that is only kept for comparison.
bool StreamHead::evict(SegmentPool& pool) {
    if (first_ == SegmentPool::kNone || start_of(pool.at(first_)) + kBlockBytes > delivered_) {
        return false;
    }
    const uint32_t oldest = first_;
    first_ = pool.at(oldest).next;
    pool.free(oldest);
    --blocks_;
    return true;
}

std::span<const uint8_t> StreamHead::waiting(const Keeping& keeping) {
    if (!has_gap()) {
        return {};
    }
    const auto number = static_cast<uint32_t>(delivered_ / kBlockBytes);
    uint32_t index = first_;
    while (index != SegmentPool::kNone && keeping.pool.at(index).number < number) {
        index = keeping.pool.at(index).next;
    }
    if (index == SegmentPool::kNone || keeping.pool.at(index).number != number) {
        return {};
    }
    Block& block = keeping.pool.at(index);
    const auto at = static_cast<std::size_t>(delivered_ % kBlockBytes);
    const std::size_t run = run_length(block, at, kBlockBytes, true);
    if (!keeping.until_acknowledged) {
        mark(block, at, at + run, false);  // the bytes stay readable until the block is freed
    }
    return std::span(block.bytes).subspan(at, run);
}

// trim frees the blocks that neither wait nor are needed for comparison.
void StreamHead::trim(SegmentPool& pool) {
    const bool settled = !has_gap() && acknowledged_ >= delivered_;
    uint32_t* link = &first_;
    while (*link != SegmentPool::kNone) {
        Block& block = pool.at(*link);
        const uint64_t end = start_of(block) + kBlockBytes;
        if (settled || block.count == 0 || end <= std::min(acknowledged_, delivered_)) {
            const uint32_t done = *link;
            *link = block.next;
            pool.free(done);
            --blocks_;
        } else if (end > delivered_) {
            return;
        } else {
            link = &block.next;
        }
    }
}

bool StreamHead::hold(uint32_t sequence, std::span<const uint8_t> payload, const Keeping& keeping) {
    const int64_t offset = offset_of(sequence);
    return offset >= static_cast<int64_t>(delivered_) &&
           store(static_cast<uint64_t>(offset), payload, keeping);
}

void StreamHead::forget(SegmentPool& pool) {
    const uint32_t next = next_;
    release(pool);
    start(next);
}

void StreamHead::urgent(uint32_t sequence) {
    const int64_t offset = offset_of(sequence);
    if (offset >= static_cast<int64_t>(delivered_)) {
        urgent_ = static_cast<uint64_t>(offset);
    }
}

void StreamHead::acknowledge(uint32_t sequence, SegmentPool& pool) {
    const int64_t offset = offset_of(sequence);
    if (offset > static_cast<int64_t>(acknowledged_)) {
        acknowledged_ = std::min(static_cast<uint64_t>(offset), highest_);
        trim(pool);
    }
}

}  // namespace eti::stream
