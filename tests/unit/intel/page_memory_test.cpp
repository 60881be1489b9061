#include "eti/intel/page_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <set>
#include <vector>

namespace eti::intel {
namespace {

TEST(PageMemory, what_is_handed_out_does_not_overlap) {
    struct Taken {
        uint8_t* at;
        std::size_t bytes;
        uint8_t mark;
    };
    PageMemory memory;
    std::mt19937_64 random(1);
    std::vector<Taken> taken;
    for (unsigned i = 0; i < 4000; ++i) {
        if (!taken.empty() && random() % 3 == 0) {
            std::swap(taken[random() % taken.size()], taken.back());
            const Taken last = taken.back();
            ASSERT_TRUE(std::all_of(last.at, last.at + last.bytes,
                                    [&](uint8_t byte) { return byte == last.mark; }));
            memory.release(last.at, last.bytes);
            taken.pop_back();
        } else {
            const std::size_t bytes = 1 + random() % (PageMemory::kMostBytes + 300);
            auto* at = static_cast<uint8_t*>(memory.allocate(bytes));
            ASSERT_EQ(reinterpret_cast<uintptr_t>(at) % alignof(std::max_align_t), 0U);
            taken.push_back({at, bytes, static_cast<uint8_t>(i)});
            std::memset(at, taken.back().mark, bytes);
        }
    }
    for (const Taken& last : taken) {
        ASSERT_TRUE(std::all_of(last.at, last.at + last.bytes,
                                [&](uint8_t byte) { return byte == last.mark; }));
        memory.release(last.at, last.bytes);
    }
}

TEST(PageMemory, what_came_back_is_handed_out_again) {
    PageMemory memory;
    void* first = memory.allocate(1000);
    void* second = memory.allocate(1000);
    memory.release(first, 1000);
    EXPECT_NE(memory.allocate(2000), first) << "another size";
    EXPECT_EQ(memory.allocate(PageMemory::rounded(1000)), first);
    EXPECT_NE(memory.allocate(1000), second);
}

TEST(PageMemory, lives_as_long_as_what_was_taken) {
    auto memory = std::make_shared<PageMemory>();
    const std::weak_ptr<PageMemory> watched = memory;
    auto page = page_of_slots<uint64_t>(memory, 9);
    memory.reset();
    page[8] = 7;
    EXPECT_FALSE(watched.expired());
    page.reset();
    EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace eti::intel
