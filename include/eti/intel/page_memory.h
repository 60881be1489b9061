// Memory for the pages of a long list, in huge pages: with small ones a lookup waits longer for the
// translation of its address than for the slot.
#pragma once

#include "eti/base/huge_array.h"

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <type_traits>
#include <vector>

namespace eti::intel {

// PageMemory hands out memory as malloc does, from any thread but a worker, and keeps what comes
// back for requests of the same size. All of it is freed with the PageMemory.
class PageMemory {
  public:
    static constexpr std::size_t kChunkBytes = 2U << 20;
    static constexpr std::size_t kStep = 64;  // a cache line; sizes are rounded up to it
    static constexpr std::size_t kMostBytes = 16U << 10;

    // allocate throws std::bad_alloc. What is larger than kMostBytes comes from the usual memory.
    void* allocate(std::size_t bytes);
    void release(void* memory, std::size_t bytes) noexcept;  // bytes as they were asked for

    static constexpr std::size_t rounded(std::size_t bytes) {
        return (bytes + kStep - 1) / kStep * kStep;
    }

  private:
    struct Free {
        Free* next;
    };

    // The uplink thread makes a version while the control thread frees an older one.
    std::mutex mutex_;
    std::vector<HugeMemory<std::byte>> chunks_;
    std::size_t used_ = kChunkBytes;  // bytes of the last chunk
    std::array<Free*, kMostBytes / kStep + 1> free_{};
};

// page_of_slots is room for that many, none of which is there yet; it keeps memory alive. The
// counts of references lie apart from it: a new version of a list counts each page once more, and
// would wait for a line of each.
template <typename Slot>
std::shared_ptr<Slot[]> page_of_slots(const std::shared_ptr<PageMemory>& memory,
                                      std::size_t slots) {
    static_assert(std::is_trivially_destructible_v<Slot>);
    const std::size_t bytes = slots * sizeof(Slot);
    if (!memory) {
        return std::shared_ptr<Slot[]>(static_cast<Slot*>(::operator new(bytes)),
                                       [](Slot* page) { ::operator delete(page); });
    }
    return std::shared_ptr<Slot[]>(static_cast<Slot*>(memory->allocate(bytes)),
                                   [memory, bytes](Slot* page) { memory->release(page, bytes); });
}

}  // namespace eti::intel
