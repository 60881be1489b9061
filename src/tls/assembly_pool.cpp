#include "eti/tls/assembly_pool.h"

#include "eti/base/check.h"

#include <functional>
#include <random>

namespace eti::tls {
namespace {

bool owns(const uint8_t* memory, std::size_t bytes, const uint8_t* pointer) {
    const std::less<const uint8_t*> below;
    return !below(pointer, memory) && below(pointer, memory + bytes);
}

}  // namespace

AssemblyPool::Class::Class(std::size_t buffer_bytes, uint32_t buffers)
    : memory(std::make_unique<uint8_t[]>(buffer_bytes * buffers)),
      bytes(buffer_bytes),
      count(buffers) {
    free.reserve(buffers);
    for (uint32_t buffer = buffers; buffer > 0; --buffer) {
        free.push_back(buffer - 1);
    }
}

std::span<uint8_t> AssemblyPool::Class::allocate() {
    if (free.empty()) {
        return {};
    }
    const uint32_t buffer = free.back();
    free.pop_back();
    return {memory.get() + buffer * bytes, bytes};
}

AssemblyPool::AssemblyPool(uint32_t small_buffers, uint32_t large_buffers)
    : small_(kSmallBytes, small_buffers),
      large_(kLargeBytes, large_buffers),
      secret_(std::random_device()()) {}

std::span<uint8_t> AssemblyPool::allocate(std::size_t bytes) {
    if (bytes > kLargeBytes) {
        return {};
    }
    if (bytes <= kSmallBytes) {
        const auto buffer = small_.allocate();
        if (!buffer.empty()) {
            return buffer;
        }
    }
    return large_.allocate();
}

void AssemblyPool::free(std::span<uint8_t> buffer) {
    Class& home = buffer.size() == kSmallBytes ? small_ : large_;
    ETI_ASSERT(owns(home.memory.get(), home.bytes * home.count, buffer.data()));
    ETI_ASSERT(home.free.size() < home.count);
    const auto offset = static_cast<std::size_t>(buffer.data() - home.memory.get());
    home.free.push_back(static_cast<uint32_t>(offset / home.bytes));
}

}  // namespace eti::tls
