// tables_load sha1|hosts|ranges ENTRIES: what one list of that many entries costs. Prints JSON:
// bytes an entry, CPU time of a lookup with random keys that are listed or not (begun when the one
// before has ended, and in a row), CPU and wall time of making and publishing the next version
// after 5,000 entries left and as many came, and the longest pause of a thread that looks up all
// the while, beside the one without any change.
#include "eti/base/published.h"
#include "eti/intel/allowlist.h"
#include "eti/intel/certificate_table.h"
#include "eti/intel/infected_hosts.h"

#include <rte_atomic.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace eti;
using namespace eti::intel;

constexpr std::size_t kLookups = 2'000'000;
constexpr std::size_t kHalfOfChange = 5'000;
constexpr int kChanges = 20;
constexpr std::size_t kQuietLookups = 5'000'000;  // while nothing changes

double milliseconds(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

double resident_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) {
            return 1024.0 * std::atof(line.c_str() + 6);
        }
    }
    return 0;
}

std::mt19937_64 random_numbers(42);

uint8_t byte(uint64_t number) {
    return static_cast<uint8_t>(number);
}
std::size_t below(std::size_t bound) {
    return random_numbers() % bound;
}
std::string family() {
    return "certificate-blocklist: family " + std::to_string(below(100));
}

// Each kind of list has keys, tables of them, and the next table after some keys changed.
struct Sha1s {
    using Key = Sha1Digest;
    using Table = CertificateTable;

    static Key drawn() {
        Key sha1{};
        for (uint8_t& each : sha1) {
            each = byte(random_numbers());
        }
        return sha1;
    }
    static Table built(const std::vector<Key>& keys) {
        CertificateTable::Builder builder;
        for (const Key& key : keys) {
            builder.add(key, 10, family());
        }
        return builder.build();
    }
    static auto change(const std::vector<Key>& removed, const std::vector<Key>& added,
                       const std::vector<Key>& /*keys*/) {
        CertificateChange change;
        change.removed = removed;
        for (const Key& key : added) {
            change.added.push_back({key, 10, family()});
        }
        return change;
    }
    static Table next(const Table& table, CertificateChange change) {
        return table.with(std::move(change));
    }
    static bool listed(const Table& table, const Key& key) { return table.contains(key); }
    static std::size_t bytes(const Table& table) { return table.memory_bytes(); }
};

struct Hosts {
    using Key = net::IpAddress;
    using Table = InfectedHosts;

    static Key drawn() {
        const uint64_t number = random_numbers();
        return Key::v4(10, byte(number >> 16), byte(number >> 8), byte(number));
    }
    static std::vector<InfectedHost> hosts(const std::vector<Key>& keys) {
        std::vector<InfectedHost> hosts;
        for (const Key& key : keys) {
            hosts.push_back({key, 9, family(), {}, {}});
        }
        return hosts;
    }
    static Table built(const std::vector<Key>& keys) { return Table(hosts(keys)); }
    static auto change(const std::vector<Key>& removed, const std::vector<Key>& added,
                       const std::vector<Key>& /*keys*/) {
        return std::pair(hosts(added), removed);
    }
    static Table next(const Table& table,
                      const std::pair<std::vector<InfectedHost>, std::vector<Key>>& change) {
        return table.with(change.first, change.second);
    }
    static bool listed(const Table& table, const Key& key) {
        InfectedHosts::Found found{};
        return table.lookup(key, {}, found);
    }
    static std::size_t bytes(const Table& table) { return table.memory_bytes(); }
};

// Ranges of 16 addresses; a change makes the whole table again.
struct Ranges {
    using Key = net::IpAddress;
    using Table = Allowlist;

    static Key drawn() {
        const uint64_t number = random_numbers();
        return Key::v4(byte(number >> 24), byte(number >> 16), byte(number >> 8),
                       byte(number & 0xf0));
    }
    static std::vector<AllowlistEntry> entries(const std::vector<Key>& keys) {
        std::vector<AllowlistEntry> entries(keys.size());
        for (std::size_t i = 0; i < keys.size(); ++i) {
            auto last = keys[i].bytes();
            last[15] = byte(last[15] + 15U);
            entries[i].range = {keys[i], Key(last)};
        }
        return entries;
    }
    static Table built(const std::vector<Key>& keys) { return Table(entries(keys)); }
    static auto change(const std::vector<Key>& /*removed*/, const std::vector<Key>& /*added*/,
                       const std::vector<Key>& keys) {
        return entries(keys);
    }
    static Table next(const Table& /*table*/, std::vector<AllowlistEntry> entries) {
        return Table(std::move(entries));
    }
    static bool listed(const Table& table, const Key& key) { return table.contains_address(key); }
    static std::size_t bytes(const Table& table) {
        return table.entries().size() * sizeof(AllowlistEntry);
    }
};

// alone: no lookup begins before the one before has ended, as when packets lie between them.
template <typename List>
double nanoseconds_a_lookup(const typename List::Table& table,
                            const std::vector<typename List::Key>& keys, bool listed, bool alone) {
    std::size_t found = 0;
    const double begin = milliseconds(CLOCK_THREAD_CPUTIME_ID);
    for (const auto& key : keys) {
        found += std::size_t{List::listed(table, key)};
        if (alone) {
            rte_rmb();
        }
    }
    const double taken = milliseconds(CLOCK_THREAD_CPUTIME_ID) - begin;
    if (listed && found != keys.size()) {
        std::fprintf(stderr, "tables_load: %zu keys were not found\n", keys.size() - found);
        std::exit(1);
    }
    return taken * 1e6 / static_cast<double>(keys.size());
}

// Reader looks up all the time, as a worker does, and keeps the longest time between two lookups.
template <typename List>
class Reader {
  public:
    Reader(QuiescentDomain& domain, const Published<typename List::Table>& table,
           const std::vector<typename List::Key>& keys)
        : thread_([this, &domain, &table, &keys] { run(domain, table, keys); }) {}
    ~Reader() {
        stop_ = true;
        thread_.join();
    }
    double take_longest_ms() { return longest_ms_.exchange(0); }
    // wait_for returns when that many lookups more have been made.
    void wait_for(std::size_t lookups) const {
        const std::size_t end = lookups_ + lookups;
        while (lookups_ < end) {
            std::this_thread::yield();
        }
    }

  private:
    void run(QuiescentDomain& domain, const Published<typename List::Table>& table,
             const std::vector<typename List::Key>& keys) {
        domain.online(0);
        double last = milliseconds(CLOCK_MONOTONIC);
        for (std::size_t i = 0; !stop_; i = (i + 1) % keys.size()) {
            found_ += std::size_t{List::listed(*table.read(), keys[i])};
            domain.quiescent(0);
            lookups_.store(lookups_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
            const double now = milliseconds(CLOCK_MONOTONIC);
            if (now - last > longest_ms_) {
                longest_ms_ = now - last;
            }
            last = now;
        }
        domain.offline(0);
    }

    std::atomic<bool> stop_{false};
    std::atomic<double> longest_ms_{0};
    std::atomic<std::size_t> lookups_{0};
    std::size_t found_ = 0;
    std::thread thread_;
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

template <typename List>
void measure(const char* name, std::size_t entries) {
    std::vector<typename List::Key> keys(entries);
    std::generate(keys.begin(), keys.end(), List::drawn);
    std::vector<typename List::Key> hits(kLookups);
    std::generate(hits.begin(), hits.end(), [&] { return keys[below(keys.size())]; });
    std::vector<typename List::Key> others(kLookups);
    std::generate(others.begin(), others.end(), List::drawn);

    const double resident = resident_bytes();
    auto table = std::make_shared<const typename List::Table>(List::built(keys));
    const double grown = resident_bytes() - resident;
    const auto bytes = static_cast<double>(List::bytes(*table));
    const double hit_ns = nanoseconds_a_lookup<List>(*table, hits, true, true);
    const double miss_ns = nanoseconds_a_lookup<List>(*table, others, false, true);
    const double hits_ns = nanoseconds_a_lookup<List>(*table, hits, true, false);
    const double misses_ns = nanoseconds_a_lookup<List>(*table, others, false, false);

    QuiescentDomain domain(1);
    Published<typename List::Table> published(domain, std::move(table));
    Reader<List> reader(domain, published, hits);
    reader.wait_for(kQuietLookups);
    const double quiet_ms = reader.take_longest_ms();
    std::vector<double> cpu_ms;
    std::vector<double> wall_ms;
    std::vector<double> free_ms;
    for (int i = 0; i < kChanges; ++i) {
        std::vector<typename List::Key> removed;
        std::vector<typename List::Key> added;
        for (std::size_t j = 0; j < std::min(kHalfOfChange, entries / 2); ++j) {
            auto& key = keys[below(keys.size())];
            removed.push_back(key);
            added.push_back(key = List::drawn());
        }
        auto change = List::change(removed, added, keys);
        const double cpu = milliseconds(CLOCK_THREAD_CPUTIME_ID);
        const double wall = milliseconds(CLOCK_MONOTONIC);
        published.publish(std::make_shared<const typename List::Table>(
            List::next(*published.owned(), std::move(change))));
        cpu_ms.push_back(milliseconds(CLOCK_THREAD_CPUTIME_ID) - cpu);
        wall_ms.push_back(milliseconds(CLOCK_MONOTONIC) - wall);
        while (domain.reclaim() > 0) {
            std::this_thread::yield();
        }
        free_ms.push_back(milliseconds(CLOCK_THREAD_CPUTIME_ID) - cpu - cpu_ms.back());
    }
    const auto count = static_cast<double>(entries);
    std::printf(
        "{\"list\":\"%s\",\"entries\":%zu,\"bytes\":%.1f,\"resident_bytes\":%.1f,\"hit_ns\":%.0f,"
        "\"miss_ns\":%.0f,\"hits_ns\":%.0f,\"misses_ns\":%.0f,\"change_cpu_ms\":%.1f,\"change_wall_"
        "ms\":%.1f,\"change_most_ms\":%.1f,"
        "\"free_cpu_ms\":%.1f,\"quiet_pause_ms\":%.1f,\"pause_ms\":%.1f}\n",
        name, entries, bytes / count, grown / count, hit_ns, miss_ns, hits_ns, misses_ns,
        median(cpu_ms), median(wall_ms), *std::max_element(wall_ms.begin(), wall_ms.end()),
        median(free_ms), quiet_ms, reader.take_longest_ms());
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view list = argc > 1 ? argv[1] : "";
    const std::size_t entries = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
    if (entries > 0 && list == "sha1") {
        measure<Sha1s>("sha1", entries);
    } else if (entries > 0 && list == "hosts") {
        measure<Hosts>("hosts", entries);
    } else if (entries > 0 && list == "ranges") {
        measure<Ranges>("ranges", entries);
    } else {
        std::fprintf(stderr, "usage: tables_load sha1|hosts|ranges ENTRIES\n");
        return 2;
    }
    return 0;
}
