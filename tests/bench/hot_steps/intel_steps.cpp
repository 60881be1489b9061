// intel: the published tables a worker asks.
#include "eti/intel/allowlist.h"
#include "eti/intel/infected_hosts.h"
#include "eti/intel/sha1_blocklist.h"
#include "inputs.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace eti::bench {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1'700'000'000)};
constexpr std::size_t kQuestions = 1U << 18;

net::IpAddress address(std::size_t number) {
    const auto byte = [&](unsigned shift) { return static_cast<uint8_t>(number >> shift); };
    return net::IpAddress::v4(static_cast<uint8_t>(10 + byte(24)), byte(16), byte(8), byte(0));
}

// Only the last list made is kept: the largest takes half a gigabyte, and more while it is built.
const intel::Sha1Blocklist& blocklist_of(uint32_t entries) {
    static std::unique_ptr<intel::Sha1Blocklist> list;
    if (list == nullptr || list->size() != entries) {
        list.reset();
        intel::Sha1Blocklist::Source source{"cc_cert_sha1", {}};
        source.entries.reserve(entries);
        for (uint32_t i = 0; i < entries; ++i) {
            source.entries.push_back({digest(i), 10, "C&C"});
        }
        list = std::make_unique<intel::Sha1Blocklist>(std::span(&source, 1));
    }
    return *list;
}

// ask times a lookup of each key in turn, once all of them were answered as expected.
template <typename Key, typename Lookup>
void ask(benchmark::State& state, const std::vector<Key>& keys, bool hit, Lookup lookup) {
    if (!expect(state,
                std::ranges::all_of(keys, [&](const Key& key) { return lookup(key) == hit; }))) {
        return;
    }
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(lookup(keys[i]));
        i = i + 1 < keys.size() ? i + 1 : 0;
    }
}

void blocklist(benchmark::State& state) {
    const bool hit = state.range(1) != 0;
    const auto entries = static_cast<uint32_t>(state.range(0));
    const intel::Sha1Blocklist& list = blocklist_of(entries);
    std::vector<Sha1Digest> asked(std::min<std::size_t>(entries, kQuestions));
    for (std::size_t i = 0; i < asked.size(); ++i) {
        asked[i] = digest(static_cast<uint32_t>(spread(i, entries)) + (hit ? 0 : entries));
    }
    intel::Sha1Blocklist::Hit found;
    ask(state, asked, hit, [&](const Sha1Digest& sha1) { return list.find(sha1, found); });
}

void infected_hosts(benchmark::State& state) {
    const bool hit = state.range(1) != 0;
    const auto count = static_cast<std::size_t>(state.range(0));
    std::vector<intel::InfectedHost> entries(count);
    for (std::size_t i = 0; i < count; ++i) {
        entries[i].ip = address(i);
    }
    const intel::InfectedHosts hosts(entries);
    intel::InfectedHosts::Found found{};
    std::vector<net::IpAddress> asked(std::min(count, kQuestions));
    for (std::size_t i = 0; i < asked.size(); ++i) {
        asked[i] = address(spread(i, count) + (hit ? 0 : count));
    }
    ask(state, asked, hit, [&](const net::IpAddress& ip) { return hosts.lookup(ip, kNow, found); });
}

// Every other address pair is a range of its own, so that none merge.
void allowlist(benchmark::State& state) {
    const bool hit = state.range(1) != 0;
    const auto count = static_cast<std::size_t>(state.range(0));
    std::vector<intel::AllowlistEntry> entries(count);
    for (std::size_t i = 0; i < count; ++i) {
        entries[i].range = {address(4 * i), address(4 * i + 1)};
    }
    const intel::Allowlist list(std::move(entries));
    std::vector<net::IpAddress> asked(std::min(count, kQuestions));
    for (std::size_t i = 0; i < asked.size(); ++i) {
        asked[i] = address(4 * spread(i, count) + (hit ? 1 : 2));
    }
    ask(state, asked, hit, [&](const net::IpAddress& ip) { return list.contains_address(ip); });
}

void list_sizes(benchmark::internal::Benchmark* benchmark) {
    for (const int64_t entries : {10'000, 1'000'000, 10'000'000}) {
        if (memory_for(static_cast<std::size_t>(entries) * 140, "intel.blocklist")) {
            benchmark->Args({entries, 1})->Args({entries, 0});
        }
    }
    benchmark->ArgNames({"entries", "hit"});
}

BENCHMARK(blocklist)->Name("intel.blocklist")->Apply(list_sizes);
BENCHMARK(infected_hosts)
    ->Name("intel.infected_hosts")
    ->ArgNames({"entries", "hit"})
    ->Args({1'000'000, 1})
    ->Args({1'000'000, 0});
BENCHMARK(allowlist)
    ->Name("intel.allowlist_ranges")
    ->ArgNames({"entries", "hit"})
    ->Args({100'000, 1})
    ->Args({100'000, 0});

}  // namespace
}  // namespace eti::bench
