// What a worker does with a burst, without ports: classify, inspect, and a control thread that is
// never behind. Secrets and clock are fixed, so the same frames take the same steps in every run.
#pragma once

#include "frame_sequence.h"
#include "tests/support/inspect_bench.h"

#include <array>

namespace eti::bench {

class OfflineWorker {
  public:
    static constexpr std::size_t kBurst = 32;

    explicit OfflineWorker(const inspect::Options& options);

    // run takes the frames in bursts, gap apart; returns how many were forwarded.
    std::size_t run(const FrameSequence& frames, Duration gap);

    uint64_t count(inspect::Counter counter) const { return bench_.count(counter); }
    uint32_t flows() const { return bench_.inspector.flow_count(); }
    uint64_t records() const { return records_; }  // taken from the ring

  private:
    void drain();

    test::InspectBench bench_;
    std::array<inspect::Packet, kBurst> packets_;
    uint64_t records_ = 0;
};

}  // namespace eti::bench
