// Large tables in huge pages: with 4 KiB pages every visit to a table of many megabytes costs a
// walk through the page tables besides.
#pragma once

#include "eti/base/check.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace eti {

struct FreeHuge {
    void operator()(void* memory) const { std::free(memory); }
};
template <typename T>
using HugeMemory = std::unique_ptr<T, FreeHuge>;

// huge_memory is room for that many elements, none of which is there yet. The kernel is asked for
// huge pages (madvise(2), MADV_HUGEPAGE) and may refuse. Throws std::bad_alloc.
template <typename T>
HugeMemory<T> huge_memory(std::size_t size) {
    constexpr std::size_t kHugePage = 2UL << 20;
    const std::size_t bytes = (size * sizeof(T) + kHugePage - 1) / kHugePage * kHugePage;
    void* memory = std::aligned_alloc(kHugePage, bytes);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));
    return HugeMemory<T>(static_cast<T*>(memory));
}

// HugeArray holds a fixed number of value-initialised elements. Throws std::bad_alloc.
template <typename T>
class HugeArray {
  public:
    explicit HugeArray(std::size_t size)
        : memory_(huge_memory<T>(size)), elements_(memory_.get(), size) {
        std::uninitialized_value_construct_n(memory_.get(), size);
    }

    T& operator[](std::size_t i) {
        ETI_ASSERT(i < elements_.size());
        return elements_[i];
    }
    const T& operator[](std::size_t i) const {
        ETI_ASSERT(i < elements_.size());
        return elements_[i];
    }
    T* begin() { return elements_.data(); }
    T* end() { return elements_.data() + elements_.size(); }
    std::size_t size() const { return elements_.size(); }

  private:
    static_assert(std::is_trivially_destructible_v<T>);

    HugeMemory<T> memory_;
    std::span<T> elements_;
};

}  // namespace eti
