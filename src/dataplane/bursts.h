// Who owns an mbuf: RxBurst frees what was not taken, TxBatch sends what it was given.
#pragma once

#include "eti/inspect/counters.h"

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_pause.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace eti::dataplane {

inline constexpr uint16_t kBurst = 32;

// RxBurst owns every mbuf it holds until take; the rest is freed in one call at the end.
class RxBurst {
  public:
    RxBurst(uint16_t port, uint16_t queue)
        : size_(rte_eth_rx_burst(port, queue, mbufs_.data(), kBurst)) {}
    explicit RxBurst(std::span<rte_mbuf* const> handed_over)
        : size_(static_cast<uint16_t>(handed_over.size())) {
        std::copy(handed_over.begin(), handed_over.end(), mbufs_.begin());
    }
    ~RxBurst() {
        if (left_over_ > 0) {
            rte_pktmbuf_free_bulk(mbufs_.data(), left_over_);
        }
    }
    RxBurst(const RxBurst&) = delete;
    RxBurst& operator=(const RxBurst&) = delete;

    uint16_t size() const { return size_; }
    rte_mbuf* at(uint16_t i) const { return mbufs_[i]; }
    // take moves the mbuf out; keep leaves it for the destructor. Each index once, in order.
    rte_mbuf* take(uint16_t i) { return mbufs_[i]; }
    void keep(uint16_t i) { mbufs_[left_over_++] = mbufs_[i]; }

  private:
    std::array<rte_mbuf*, kBurst> mbufs_;
    uint16_t size_;
    unsigned left_over_ = 0;
};

// TxBatch collects frames for one transmit queue. What the queue does not take after a bounded
// number of tries is freed and counted.
class TxBatch {
  public:
    TxBatch(uint16_t port, uint16_t queue, inspect::Counters& counters)
        : counters_(counters), port_(port), queue_(queue) {}

    void push(rte_mbuf* mbuf) {
        mbufs_[size_++] = mbuf;
        if (size_ == mbufs_.size()) {
            flush();
        }
    }
    void flush() {
        if (size_ == 0) {
            return;
        }
        constexpr unsigned kTries = 64;
        uint16_t sent = 0;
        for (unsigned i = 0; i < kTries && sent < size_; ++i) {
            sent =
                static_cast<uint16_t>(sent + rte_eth_tx_burst(port_, queue_, mbufs_.data() + sent,
                                                              static_cast<uint16_t>(size_ - sent)));
            if (sent < size_) {
                rte_pause();
            }
        }
        counters_.add(inspect::Counter::PacketsForwarded, sent);
        if (sent < size_) {
            counters_.add(inspect::Counter::TransmitFull, size_ - sent);
            rte_pktmbuf_free_bulk(mbufs_.data() + sent, size_ - sent);
        }
        size_ = 0;
    }

  private:
    std::array<rte_mbuf*, 2 * kBurst> mbufs_;
    inspect::Counters& counters_;
    uint16_t port_;
    uint16_t queue_;
    uint16_t size_ = 0;
};

}  // namespace eti::dataplane
