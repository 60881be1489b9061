// Single-producer, single-consumer ring of records by value. Wraps DPDK's rte_ring (zero-copy
// reserve and commit) over memory of its own; needs no EAL.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace eti {

// ByteRing is RecordRing without the type.
class ByteRing {
  public:
    // slots is rounded up to a power of two; slot_bytes must be a multiple of 4.
    ByteRing(std::size_t slots, std::size_t slot_bytes);
    ~ByteRing();
    ByteRing(const ByteRing&) = delete;
    ByteRing& operator=(const ByteRing&) = delete;

    void* reserve();      // producer: null when full; the same slot until commit
    void commit();        // producer: publishes the reserved slot
    const void* front();  // consumer: null when empty; the same slot until release
    void release();       // consumer: gives the front slot back
    std::size_t size() const;
    std::size_t capacity() const;

  private:
    struct FreeAligned {
        void operator()(void* memory) const;
    };
    std::unique_ptr<void, FreeAligned> ring_;
    unsigned slot_bytes_;
    alignas(64) void* reserved_ = nullptr;     // producer: rw
    alignas(64) const void* front_ = nullptr;  // consumer: rw
};

template <typename T>
class RecordRing {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % 4 == 0);

  public:
    explicit RecordRing(std::size_t slots) : ring_(slots, sizeof(T)) {}

    // producer: a slot to fill, or null when the ring is full; then commit().
    T* reserve() { return static_cast<T*>(ring_.reserve()); }
    void commit() { ring_.commit(); }

    // consumer: the oldest record, or null; valid until release().
    const T* front() { return static_cast<const T*>(ring_.front()); }
    void release() { ring_.release(); }

    std::size_t size() const { return ring_.size(); }
    std::size_t capacity() const { return ring_.capacity(); }

  private:
    ByteRing ring_;
};

}  // namespace eti
