// What a worker and the control thread do with each other all day, as a race detector sees it: the
// worker reads published tables and writes records and counters, the control thread publishes,
// drains, reads counters and frees.
#include "eti/base/counters.h"
#include "eti/base/published.h"
#include "eti/base/record_ring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

namespace eti {
namespace {

constexpr std::size_t kTableSize = 64;
constexpr uint64_t kRecords = 20'000;
constexpr uint64_t kFreed = ~uint64_t{0};

// Table holds the same number everywhere; its end spoils it, so a late reader would notice.
struct Table {
    explicit Table(uint64_t number) { values.fill(number); }
    ~Table() { values.fill(kFreed); }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    std::array<uint64_t, kTableSize> values{};
};

struct Item {
    uint64_t sequence;
    uint64_t table;
    uint32_t generation;
    uint32_t whole;  // 1 when every value of the table was equal
};

enum class Cell : uint8_t { Written, Full };
using Counters = CounterBlock<Cell, 2>;

class Worker {
  public:
    Worker(QuiescentDomain& domain, const Published<Table>& table, RecordRing<Item>& ring,
           Counters& counters)
        : domain_(domain), table_(table), ring_(ring), counters_(counters) {}

    void run() {
        domain_.online(0);
        while (counters_.get(Cell::Written) < kRecords) {
            burst();
            domain_.quiescent(0);
        }
        domain_.offline(0);
    }

  private:
    void burst() {
        const uint32_t generation = table_.generation();
        const Table* table = table_.read();
        for (int i = 0; i < 8; ++i) {
            Item* slot = ring_.reserve();
            if (slot == nullptr) {
                counters_.add(Cell::Full);
                std::this_thread::yield();
                return;
            }
            const uint64_t first = table->values[0];
            slot->sequence = counters_.get(Cell::Written);
            slot->table = first;
            slot->generation = generation;
            slot->whole = std::all_of(table->values.begin(), table->values.end(),
                                      [first](uint64_t value) { return value == first; });
            ring_.commit();
            counters_.add(Cell::Written);
        }
    }

    QuiescentDomain& domain_;
    const Published<Table>& table_;
    RecordRing<Item>& ring_;
    Counters& counters_;
};

TEST(Exchange, worker_and_control_thread_share_tables_records_and_counters) {
    QuiescentDomain domain(1);
    uint64_t published = 1;
    Published<Table> table(domain, std::make_shared<const Table>(published));
    RecordRing<Item> ring(64);
    Counters counters;
    std::thread worker([&] { Worker(domain, table, ring, counters).run(); });

    uint64_t drained = 0;
    uint64_t last_table = 0;
    uint64_t mistakes = 0;
    while (drained < kRecords) {
        // A bounded share each round: a steady worker must not keep tables from changing.
        for (int i = 0; i < 32; ++i) {
            const Item* item = ring.front();
            if (item == nullptr) {
                break;
            }
            mistakes += item->sequence != drained;
            mistakes += item->whole != 1 || item->table == kFreed;
            mistakes += item->table < last_table;        // tables never go back
            mistakes += item->table < item->generation;  // the value precedes its generation
            last_table = item->table;
            ring.release();
            ++drained;
        }
        table.publish(std::make_shared<const Table>(++published));
        domain.reclaim();
        EXPECT_GE(counters.get(Cell::Written), drained > 0 ? drained - 1 : 0);
    }
    worker.join();
    for (; ring.front() != nullptr; ++drained) {  // what it wrote after the last look
        ring.release();
    }
    EXPECT_EQ(mistakes, 0U);
    EXPECT_EQ(counters.get(Cell::Written), drained);
    EXPECT_EQ(domain.reclaim(), 0U) << "an offline worker holds nothing back";
    EXPECT_GT(last_table, 1U) << "the worker saw later tables";
}

}  // namespace
}  // namespace eti
