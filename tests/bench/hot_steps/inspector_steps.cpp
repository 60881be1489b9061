// inspect: all that happens to a packet between two ports. Frames are written outside the time that
// is taken, into as many buffers as a port has descriptors.
#include "inputs.h"
#include "offline_worker.h"
#include "traffic.h"
#include "workloads.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <string>

namespace eti::bench {
namespace {

constexpr std::size_t kDescriptors = 512;

// Not the time that others had the core for.
double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// timed runs one iteration and reports how long it took; false when a frame was held back.
bool timed(benchmark::State& state, OfflineWorker& worker, const FrameSequence& frames,
           Duration gap) {
    const double begin = cpu_seconds();
    const std::size_t forwarded = worker.run(frames, gap);
    state.SetIterationTime(cpu_seconds() - begin);
    return forwarded == frames.size();
}

// Downloads are sessions that go on, visited in an order no prefetcher guesses. Of their packets
// every eleventh is an acknowledgment.
class Downloads {
  public:
    explicit Downloads(uint32_t flows) : flows_(flows), worker_(options_for(flows)) {
        constexpr uint32_t kAtOnce = 500;
        for (uint32_t first = 0; first < flows; first += kAtOnce) {
            FrameSequence frames;
            for (std::size_t packet = 0; packet < handshake_; ++packet) {
                for (uint32_t flow = first; flow < std::min(first + kAtOnce, flows); ++flow) {
                    frames.add(session_.packets[packet], flow);
                }
            }
            worker_.run(frames, {});
        }
    }

    uint32_t flows() const { return flows_; }
    OfflineWorker& worker() { return worker_; }
    bool sound() const {
        return worker_.flows() == flows_ && round_ + 1 < rounds_ &&
               worker_.count(inspect::Counter::CertificatesVisible) == flows_ &&
               worker_.count(inspect::Counter::SegmentsNotBelieved) == 0;
    }
    // fill takes the next packet of each session in turn, or the acknowledgment of all it has.
    void fill(FrameSequence& frames, bool data) {
        frames.clear();
        while (frames.size() < kDescriptors) {
            const auto flow = static_cast<uint32_t>(spread(turn_, flows_));
            frames.add(data ? session_.packets[handshake_ + round_] : last_acknowledgment(), flow);
            if (++turn_ == flows_) {
                turn_ = 0;
                round_ = std::min(round_ + (data ? 1U : 0U), rounds_ - 1);
            }
        }
    }

  private:
    static inspect::Options options_for(uint32_t flows) {
        inspect::Options options;
        options.flows = flows;
        options.sessions = flows;
        return options;
    }
    const TemplatePacket& last_acknowledgment() const {
        const std::size_t next = handshake_ + round_;
        std::size_t at = next;
        do {
            --at;
        } while (session_.packets[at].way != Way::ToServer);
        return session_.packets[at];
    }

    const SessionTemplate session_ = download_session(500);
    const std::size_t handshake_ = download_handshake_packets();
    const std::size_t rounds_ = session_.packets.size() - handshake_;
    uint32_t flows_;
    OfflineWorker worker_;
    std::size_t turn_ = 0;
    std::size_t round_ = 0;
};

// Only the last ones are kept: a million take six gigabytes.
Downloads& downloads_of(uint32_t flows) {
    static std::unique_ptr<Downloads> kept;
    if (kept == nullptr || kept->flows() != flows) {
        kept.reset();
        kept = std::make_unique<Downloads>(flows);
    }
    return *kept;
}

void established(benchmark::State& state) {
    const bool data = state.range(1) != 0;
    Downloads& downloads = downloads_of(static_cast<uint32_t>(state.range(0)));
    FrameSequence frames;
    bool forwarded = true;
    for (auto _ : state) {
        downloads.fill(frames, data);
        forwarded = timed(state, downloads.worker(), frames, {}) && forwarded;
    }
    expect(state, forwarded && downloads.sound());
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kDescriptors));
}

// Whole sessions, a thousand open at a time; closed flows linger and expire.
void handshakes(benchmark::State& state) {
    inspect::Options options;
    OfflineWorker worker(options);
    const SessionTemplate session = tls12_session();
    Traffic traffic({{session, 1}}, 1'000);
    FrameSequence frames;
    bool forwarded = true;
    for (auto _ : state) {
        frames.clear();
        while (frames.size() < kDescriptors) {
            const Traffic::Next next = traffic.next();
            frames.add(*next.packet, next.flow);
        }
        forwarded = timed(state, worker, frames, std::chrono::milliseconds(5)) && forwarded;
    }
    expect(state, forwarded && worker.count(inspect::Counter::FlowTableFull) == 0 &&
                      worker.count(inspect::Counter::SessionTableFull) == 0);
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kDescriptors));
    state.counters["packets_per_session"] = static_cast<double>(session.packets.size());
}

void flow_counts(benchmark::internal::Benchmark* benchmark) {
    for (const int64_t flows : {10'000, 1'000'000}) {
        if (memory_for(static_cast<std::size_t>(flows) * 6'000, "inspect.established")) {
            benchmark->Args({flows, 0})->Args({flows, 1400});
        }
    }
    benchmark->ArgNames({"flows", "payload"})->UseManualTime();
}

BENCHMARK(established)->Name("inspect.established")->Apply(flow_counts);
BENCHMARK(handshakes)->Name("inspect.handshake_sessions")->UseManualTime();

}  // namespace
}  // namespace eti::bench
