// Read-mostly tables: built aside, published whole, reclaimed after a grace period.
#pragma once

#include "eti/base/quiescent.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace eti {

// Published<T> is written by the owner of its domain and read by the domain's readers. A reader
// may use what read() returned until its next quiescent state.
template <typename T>
class Published {
  public:
    Published(QuiescentDomain& domain, std::shared_ptr<const T> first)
        : domain_(domain), owned_(std::move(first)), current_(owned_.get()) {}
    Published(const Published&) = delete;
    Published& operator=(const Published&) = delete;

    // reader: once per burst.
    const T* read() const { return current_.load(std::memory_order_acquire); }
    // reader: changes with every publish; a flow remembers which generation judged it.
    uint32_t generation() const { return generation_.load(std::memory_order_acquire); }

    // owner: the value in force.
    const std::shared_ptr<const T>& owned() const { return owned_; }

    // owner: never waits. The value is visible before the generation that announces it.
    void publish(std::shared_ptr<const T> next) {
        current_.store(next.get(), std::memory_order_release);
        generation_.store(generation_.load(std::memory_order_relaxed) + 1,
                          std::memory_order_release);
        domain_.retire(std::exchange(owned_, std::move(next)));
    }

  private:
    QuiescentDomain& domain_;
    std::shared_ptr<const T> owned_;  // owner: rw
    std::atomic<const T*> current_;   // owner: w | readers: r
    std::atomic<uint32_t> generation_{1};
};

}  // namespace eti
