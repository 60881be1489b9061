// flow: keys, the table at several sizes, its timers.
#include "eti/flow/flow_table.h"
#include "inputs.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace eti::bench {
namespace {

constexpr uint32_t kSmall = 1'000;
constexpr uint32_t kLarge = 10'000'000;

struct Asked {
    flow::FlowKey key;
    uint64_t hash = 0;
};

const flow::FlowHasher& hasher() {
    static const flow::FlowHasher made({11, 13});
    return made;
}

Asked asked(uint32_t number) {
    const flow::FlowKey key = flow_key(number);
    return {key, hasher()(key)};
}

// fill takes the flows 0 and up, until the table is full.
void fill(flow::FlowTable& table) {
    for (uint32_t i = 0; i < table.capacity(); ++i) {
        const Asked flow = asked(i);
        table.insert(flow.key, flow.hash);
    }
}

// Only the last table made is kept: large ones take gigabytes.
const flow::FlowTable& table_of(uint32_t flows) {
    static std::unique_ptr<flow::FlowTable> table;
    if (table == nullptr || table->capacity() != flows) {
        table.reset();
        table = std::make_unique<flow::FlowTable>(flows);
        fill(*table);
    }
    return *table;
}

// Keys to ask for, far apart in the table, more than caches hold entries of.
std::vector<Asked> questions(uint32_t flows, uint32_t first) {
    std::vector<Asked> all(std::min<uint32_t>(flows, 1U << 20));
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = asked(first + static_cast<uint32_t>(spread(i, flows)));
    }
    return all;
}

void hash(benchmark::State& state) {
    const flow::FlowKey key = flow_key(1);
    if (!expect(state, hasher()(key) != hasher()(flow_key(2)))) {
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(hasher()(key));
    }
}

void find(benchmark::State& state) {
    const bool hit = state.range(1) != 0;
    const auto flows = static_cast<uint32_t>(state.range(0));
    const flow::FlowTable& table = table_of(flows);
    const std::vector<Asked> keys = questions(flows, hit ? 0 : flows);
    const bool as_named = std::ranges::all_of(keys, [&](const Asked& flow) {
        return (table.find(flow.key, flow.hash) != flow::FlowTable::kNone) == hit;
    });
    if (!expect(state, as_named)) {
        return;
    }
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(table.find(keys[i].key, keys[i].hash));
        i = i + 1 < keys.size() ? i + 1 : 0;
    }
}

// A new flow takes the place of one that was not touched for long.
void erase_insert(benchmark::State& state) {
    const auto flows = static_cast<uint32_t>(state.range(0));
    flow::FlowTable table(flows);
    fill(table);
    const std::vector<Asked> keys = questions(flows, flows);
    std::size_t i = 0;
    for (auto _ : state) {
        table.erase(static_cast<uint32_t>(spread(i, flows)));
        benchmark::DoNotOptimize(table.insert(keys[i].key, keys[i].hash));
        i = i + 1 < keys.size() ? i + 1 : 0;
    }
    expect(state, table.size() == flows &&
                      table.find(keys[0].key, keys[0].hash) != flow::FlowTable::kNone);
}

// Each timer is scheduled a minute ahead and fires in its turn.
void timers(benchmark::State& state) {
    const auto count = static_cast<uint32_t>(state.range(0));
    constexpr uint32_t kPerTick = 64;
    flow::TimerWheel wheel(count, flow::FlowTable::kWheelSlots);
    uint64_t now = 1'700'000'000;
    uint64_t fired = 0;
    wheel.advance(now, 1, [](uint32_t) {});
    for (uint32_t i = 0; i < count; ++i) {
        wheel.schedule(static_cast<uint32_t>(spread(i, count)), now + 1 + i / kPerTick);
    }
    const uint64_t ticks = count / kPerTick;
    for (auto _ : state) {
        wheel.advance(++now, kPerTick, [&](uint32_t index) {
            wheel.schedule(index, now + ticks);
            ++fired;
        });
    }
    expect(state, fired == static_cast<uint64_t>(state.iterations()) * kPerTick);
    state.SetItemsProcessed(static_cast<int64_t>(fired));
}

void sizes(benchmark::internal::Benchmark* benchmark) {
    for (const uint32_t flows : {kSmall, 100'000U, 1'000'000U, kLarge}) {
        if (memory_for(flows * std::size_t{260}, "flow.find of 10 million flows")) {
            benchmark->Args({flows, 1})->Args({flows, 0});
        }
    }
    benchmark->ArgNames({"flows", "hit"});
}

BENCHMARK(hash)->Name("flow.hash");
BENCHMARK(find)->Name("flow.find")->Apply(sizes);
BENCHMARK(erase_insert)->Name("flow.erase_insert")->ArgName("flows")->Arg(100'000)->Arg(1'000'000);
BENCHMARK(timers)->Name("flow.timer_fire_schedule")->ArgName("timers")->Arg(64'000)->Arg(256'000);

}  // namespace
}  // namespace eti::bench
