// How a worker spends its time: written by the worker alone, readable from any thread.
#pragma once

#include "eti/base/clock.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace eti {

class alignas(64) WorkerTiming {
  public:
    // Upper bounds of the classes of residence; one more class is above them all.
    static constexpr std::array<uint64_t, 12> kBoundsNs{1'000,   2'500,     5'000,     10'000,
                                                        25'000,  50'000,    100'000,   250'000,
                                                        500'000, 1'000'000, 5'000'000, 25'000'000};
    // A turn that takes longer is a stall: frames wait in the port meanwhile.
    static constexpr Duration kStall = std::chrono::milliseconds(10);

    struct Reading {
        uint64_t busy_ns = 0;
        uint64_t stalls = 0;
        std::array<uint64_t, kBoundsNs.size() + 1> residence{};  // samples by class
        uint64_t residence_ns = 0;                               // of all samples
    };

    // worker: one turn of its loop is over; busy: it moved frames.
    void turn(Duration length, bool busy) {
        if (busy) {
            add(busy_ns_, static_cast<uint64_t>(length.count()));
        }
        if (length > kStall) {
            add(stalls_, 1);
        }
    }
    // worker: so long were the frames of one burst here.
    void residence(Duration length) {
        const auto ns = static_cast<uint64_t>(std::max<int64_t>(length.count(), 0));
        const auto bound = std::lower_bound(kBoundsNs.begin(), kBoundsNs.end(), ns);
        add(residence_[static_cast<std::size_t>(bound - kBoundsNs.begin())], 1);
        add(residence_ns_, ns);
    }
    Reading read() const {
        Reading reading;
        reading.busy_ns = busy_ns_.load(std::memory_order_relaxed);
        reading.stalls = stalls_.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i < residence_.size(); ++i) {
            reading.residence[i] = residence_[i].load(std::memory_order_relaxed);
        }
        reading.residence_ns = residence_ns_.load(std::memory_order_relaxed);
        return reading;
    }

  private:
    static void add(std::atomic<uint64_t>& cell, uint64_t n) {  // right with one writer
        cell.store(cell.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }

    std::atomic<uint64_t> busy_ns_{0};
    std::atomic<uint64_t> stalls_{0};
    std::array<std::atomic<uint64_t>, kBoundsNs.size() + 1> residence_{};
    std::atomic<uint64_t> residence_ns_{0};
};

}  // namespace eti
