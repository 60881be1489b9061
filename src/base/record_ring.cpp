#include "eti/base/record_ring.h"

#include "eti/base/check.h"

#include <rte_ring.h>
#include <rte_ring_peek_zc.h>

#include <bit>
#include <cstdlib>

namespace eti {
namespace {

rte_ring* ring_of(void* memory) {
    return static_cast<rte_ring*>(memory);
}

}  // namespace

void ByteRing::FreeAligned::operator()(void* memory) const {
    std::free(memory);
}

ByteRing::ByteRing(std::size_t slots, std::size_t slot_bytes)
    : slot_bytes_(static_cast<unsigned>(slot_bytes)) {
    ETI_CHECK(slots > 0 && slot_bytes % 4 == 0);
    // One slot of a power-of-two ring always stays empty.
    const auto count = static_cast<unsigned>(std::bit_ceil(slots + 1));
    const auto bytes = rte_ring_get_memsize_elem(slot_bytes_, count);
    ETI_CHECK(bytes > 0);
    ring_.reset(std::aligned_alloc(RTE_CACHE_LINE_SIZE, static_cast<std::size_t>(bytes)));
    ETI_CHECK(ring_ != nullptr);
    ETI_CHECK(rte_ring_init(ring_of(ring_.get()), "eti", count, RING_F_SP_ENQ | RING_F_SC_DEQ) ==
              0);
}

ByteRing::~ByteRing() = default;

void* ByteRing::reserve() {
    if (reserved_ == nullptr) {
        rte_ring_zc_data slot{};
        const unsigned n = rte_ring_enqueue_zc_burst_elem_start(ring_of(ring_.get()), slot_bytes_,
                                                                1, &slot, nullptr);
        reserved_ = n == 1 ? slot.ptr1 : nullptr;
    }
    return reserved_;
}

void ByteRing::commit() {
    ETI_ASSERT(reserved_ != nullptr);
    rte_ring_enqueue_zc_elem_finish(ring_of(ring_.get()), 1);
    reserved_ = nullptr;
}

const void* ByteRing::front() {
    if (front_ == nullptr) {
        rte_ring_zc_data slot{};
        const unsigned n = rte_ring_dequeue_zc_burst_elem_start(ring_of(ring_.get()), slot_bytes_,
                                                                1, &slot, nullptr);
        front_ = n == 1 ? slot.ptr1 : nullptr;
    }
    return front_;
}

void ByteRing::release() {
    ETI_ASSERT(front_ != nullptr);
    rte_ring_dequeue_zc_elem_finish(ring_of(ring_.get()), 1);
    front_ = nullptr;
}

std::size_t ByteRing::size() const {
    return rte_ring_count(ring_of(ring_.get()));
}

std::size_t ByteRing::capacity() const {
    return rte_ring_get_capacity(ring_of(ring_.get()));
}

}  // namespace eti
