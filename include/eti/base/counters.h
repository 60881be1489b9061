// Counters with one writer each, readable from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace eti {

struct CounterText {
    std::string_view name;  // as in show commands and metrics
    std::string_view help;
};

// CounterBlock holds one cell per value of Enum (values 0 .. N-1). One thread writes, any reads.
template <typename Enum, std::size_t N>
class alignas(64) CounterBlock {
  public:
    // worker: adds without a locked instruction, which is right because it is the only writer.
    void add(Enum counter, uint64_t n = 1) {
        auto& cell = cells_[static_cast<std::size_t>(counter)];
        cell.store(cell.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void set(Enum counter, uint64_t value) {
        cells_[static_cast<std::size_t>(counter)].store(value, std::memory_order_relaxed);
    }
    uint64_t get(Enum counter) const {
        return cells_[static_cast<std::size_t>(counter)].load(std::memory_order_relaxed);
    }
    static constexpr std::size_t size() { return N; }

  private:
    std::array<std::atomic<uint64_t>, N> cells_{};
};

}  // namespace eti
