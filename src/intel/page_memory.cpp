#include "eti/intel/page_memory.h"

#include <utility>

namespace eti::intel {

void* PageMemory::allocate(std::size_t bytes) {
    const std::size_t size = rounded(bytes);
    if (size > kMostBytes) {
        return ::operator new(bytes);
    }
    const std::lock_guard lock(mutex_);
    Free*& first = free_[size / kStep];
    if (first != nullptr) {
        return std::exchange(first, first->next);
    }
    if (used_ + size > kChunkBytes) {
        chunks_.push_back(huge_memory<std::byte>(kChunkBytes));
        used_ = 0;
    }
    return chunks_.back().get() + std::exchange(used_, used_ + size);
}

void PageMemory::release(void* memory, std::size_t bytes) noexcept {
    const std::size_t size = rounded(bytes);
    if (size > kMostBytes) {
        ::operator delete(memory);
        return;
    }
    const std::lock_guard lock(mutex_);
    Free*& first = free_[size / kStep];
    first = new (memory) Free{first};
}

}  // namespace eti::intel
