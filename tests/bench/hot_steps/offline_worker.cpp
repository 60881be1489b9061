#include "offline_worker.h"

#include <algorithm>

namespace eti::bench {

OfflineWorker::OfflineWorker(const inspect::Options& options)
    : bench_(options, policy::Policy::inspect_everything("trust", "untrust")) {}

std::size_t OfflineWorker::run(const FrameSequence& frames, Duration gap) {
    std::size_t forwarded = 0;
    for (std::size_t begin = 0; begin < frames.size(); begin += kBurst) {
        const std::size_t end = std::min(begin + kBurst, frames.size());
        bench_.now += gap;
        bench_.inspector.begin_burst(bench_.now);
        for (std::size_t i = begin; i < end; ++i) {
            const Frame frame = frames.at(i);
            inspect::classify(frame.bytes, 0, frame.side, bench_.hasher, {}, packets_[i - begin]);
        }
        const auto packets = std::span<const inspect::Packet>(packets_).first(end - begin);
        bench_.inspector.prepare(packets);
        for (const inspect::Packet& packet : packets) {
            forwarded += bench_.inspector.inspect(packet) == inspect::Verdict::Forward ? 1U : 0U;
        }
        bench_.inspector.end_burst();
        drain();
    }
    return forwarded;
}

void OfflineWorker::drain() {
    while (bench_.records_ring.front() != nullptr) {
        bench_.records_ring.release();
        ++records_;
    }
    while (bench_.certificates_ring.front() != nullptr) {
        bench_.certificates_ring.release();
    }
}

}  // namespace eti::bench
