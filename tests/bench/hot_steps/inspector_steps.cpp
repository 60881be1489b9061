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
#include <utility>

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

// Ongoing are sessions of one kind that go on, visited in an order no prefetcher guesses.
class Ongoing {
  public:
    Ongoing(SessionTemplate session, std::size_t opening, uint32_t flows)
        : session_(std::move(session)),
          opening_(opening),
          rounds_(session_.packets.size() - opening),
          flows_(flows),
          worker_(options_for(flows)) {
        constexpr uint32_t kAtOnce = 500;
        for (uint32_t first = 0; first < flows; first += kAtOnce) {
            FrameSequence frames;
            for (std::size_t packet = 0; packet < opening_; ++packet) {
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
            frames.add(data ? session_.packets[opening_ + round_] : last_acknowledgment(), flow);
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
        const std::size_t next = opening_ + round_;
        std::size_t at = next;
        do {
            --at;
        } while (session_.packets[at].way != Way::ToServer);
        return session_.packets[at];
    }

    const SessionTemplate session_;
    const std::size_t opening_;
    const std::size_t rounds_;
    uint32_t flows_;
    OfflineWorker worker_;
    std::size_t turn_ = 0;
    std::size_t round_ = 0;
};

// ongoing keeps the last ones only: a million take six gigabytes.
Ongoing& ongoing(SessionTemplate (*session)(), std::size_t opening, uint32_t flows) {
    static std::unique_ptr<Ongoing> kept;
    static SessionTemplate (*kept_session)() = nullptr;
    if (kept == nullptr || kept_session != session || kept->flows() != flows) {
        kept.reset();
        kept = std::make_unique<Ongoing>(session(), opening, flows);
        kept_session = session;
    }
    return *kept;
}

void go_on(benchmark::State& state, Ongoing& sessions, bool data) {
    FrameSequence frames;
    bool forwarded = true;
    for (auto _ : state) {
        sessions.fill(frames, data);
        forwarded = timed(state, sessions.worker(), frames, {}) && forwarded;
    }
    expect(state, forwarded && sessions.sound());
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kDescriptors));
}

SessionTemplate downloads() {
    return download_session(500);
}

// Of their packets every eleventh is an acknowledgment.
void established(benchmark::State& state) {
    go_on(state,
          ongoing(downloads, download_handshake_packets(), static_cast<uint32_t>(state.range(0))),
          state.range(1) != 0);
}

SessionTemplate grown() {
    return small_session(20'000);
}

// Sessions past all that is described of one: half of their packets are acknowledgments.
void settled(benchmark::State& state) {
    static const std::size_t opening = small_session(0).opening;
    go_on(state, ongoing(grown, opening, static_cast<uint32_t>(state.range(0))), true);
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

void settled_counts(benchmark::internal::Benchmark* benchmark) {
    for (const int64_t flows : {1'000, 100'000, 1'000'000}) {
        if (memory_for(static_cast<std::size_t>(flows) * 6'000, "inspect.settled")) {
            benchmark->Arg(flows);
        }
    }
    benchmark->ArgName("flows")->UseManualTime();
}

BENCHMARK(established)->Name("inspect.established")->Apply(flow_counts);
BENCHMARK(settled)->Name("inspect.settled")->Apply(settled_counts);
BENCHMARK(handshakes)->Name("inspect.handshake_sessions")->UseManualTime();

}  // namespace
}  // namespace eti::bench
