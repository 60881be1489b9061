#include "enrich/dns_memory.h"

#include "tests/unit/enrich/samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace eti::enrich {
namespace {

using namespace samples;

class DnsMemoryTest : public testing::Test {
  protected:
    // name is what the memory tells a session that starts then, "" when nothing.
    std::string name(double start, const net::IpAddress& server = kServer,
                     const net::IpAddress& client = kClient) {
        const auto lookup = memory_.find(client, server, at(start));
        return lookup == nullptr ? "" : lookup->name;
    }
    double age(double start) {
        const auto lookup = memory_.find(kClient, kServer, at(start));
        return std::chrono::duration<double>(at(start) - lookup->time).count();
    }

    DnsMemory memory_{100, KeyedHash({1, 2})};
};

TEST_F(DnsMemoryTest, answers_the_client_that_asked_for_each_address) {
    memory_.note(answer("www.example.com", 10, {kServer, kOtherServer}));
    EXPECT_EQ(name(11), "www.example.com");
    EXPECT_EQ(name(11, kOtherServer), "www.example.com");
    EXPECT_EQ(name(11, kServer, kOtherClient), "") << "another client did not ask";
    EXPECT_EQ(name(11, kClient), "");
    EXPECT_EQ(name(11, kClient, kServer), "") << "the pair has a direction";
}

TEST_F(DnsMemoryTest, takes_the_latest_answer_before_the_start) {
    memory_.note(answer("first.example", 10));
    memory_.note(answer("second.example", 20));
    EXPECT_EQ(name(9.9), "") << "an answer after the start does not count";
    EXPECT_EQ(name(10), "first.example") << "at the very start it does";
    EXPECT_EQ(name(19.9), "first.example");
    EXPECT_EQ(name(20), "second.example");
    EXPECT_EQ(age(25.5), 5.5);
}

TEST_F(DnsMemoryTest, an_answer_counts_for_a_day) {
    memory_.note(answer("www.example.com", 10));
    EXPECT_EQ(name(10 + 86'400), "www.example.com");
    EXPECT_EQ(name(10 + 86'400.001), "");
    memory_.note(answer("new.example", 20 + 86'400.0, {kOtherServer}));
    EXPECT_EQ(memory_.size(), 1U) << "older ones are given back";
    EXPECT_EQ(memory_.evicted(), 0U);
}

TEST_F(DnsMemoryTest, the_order_of_arrival_does_not_matter) {
    std::vector<metadata::DnsAnswer> answers = {answer("a.example", 10), answer("b.example", 20),
                                                answer("c.example", 30), answer("d.example", 40)};
    std::vector<std::size_t> order = {0, 1, 2, 3};
    do {
        DnsMemory memory(100, KeyedHash({1, 2}));
        for (const std::size_t i : order) {
            memory.note(answers[i]);
        }
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const auto lookup = memory.find(kClient, kServer, answers[i].time + Duration(1));
            ASSERT_NE(lookup, nullptr);
            EXPECT_EQ(lookup->name, answers[i].name.view());
        }
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(DnsMemoryTest, asking_again_and_again_keeps_the_name_of_a_long_session) {
    for (int second = 0; second < 1000; second += 10) {
        memory_.note(answer("www.example.com", second));
    }
    EXPECT_EQ(name(5), "www.example.com") << "the first answer is still known";
    EXPECT_EQ(age(995), 5) << "and so is the last";
    EXPECT_EQ(age(985), 5);
}

TEST_F(DnsMemoryTest, names_that_change_push_out_the_oldest) {
    for (int i = 0; i < 6; ++i) {
        memory_.note(answer(std::to_string(i) + ".example", i));
    }
    EXPECT_EQ(name(1.5), "");
    EXPECT_EQ(name(2.5), "2.example");
    EXPECT_EQ(name(5.5), "5.example");
    memory_.note(answer("5.example", 6));
    EXPECT_EQ(age(6.5), 0.5) << "the newest stays";
    EXPECT_EQ(name(2.5), "");
    memory_.note(answer("5.example", 7));
    EXPECT_EQ(age(7.5), 0.5);
    EXPECT_EQ(name(3.5), "3.example") << "now a repeated one went";
}

TEST_F(DnsMemoryTest, holds_its_bound_and_forgets_the_pairs_answered_longest_ago) {
    for (uint32_t i = 0; i < 300; ++i) {
        memory_.note(answer("www.example.com", i, {numbered(i)}));
        EXPECT_LE(memory_.size(), 100U);
        memory_.note(answer("kept.example", i, {kServer}));
    }
    EXPECT_EQ(memory_.size(), 100U);
    EXPECT_EQ(memory_.evicted(), 201U);
    EXPECT_EQ(name(300, numbered(299)), "www.example.com");
    EXPECT_EQ(name(300, numbered(201)), "www.example.com");
    EXPECT_EQ(name(300, numbered(200)), "");
    EXPECT_EQ(name(300), "kept.example");
}

}  // namespace
}  // namespace eti::enrich
