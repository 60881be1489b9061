#include "enrich/certificate_memory.h"

#include "tests/unit/enrich/samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace eti::enrich {
namespace {

using namespace samples;

CertificateMemory memory_of(std::initializer_list<metadata::Record> records) {
    CertificateMemory memory(100, KeyedHash({1, 2}));
    for (const metadata::Record& record : records) {
        memory.learn(record);
    }
    return memory;
}

TEST(CertificateMemory, knows_a_server_by_transport_address_port_and_name) {
    struct Case {
        const char* why;
        void (*change)(metadata::Record&);
        bool known;
    };
    const Case cases[] = {
        {"the same", [](metadata::Record&) {}, true},
        {"another client", [](metadata::Record& r) { r.client.ip = kOtherClient; }, true},
        {"another case of the name",
         [](metadata::Record& r) { r.client_hello.sni.assign("WWW.Example.COM"); }, true},
        {"another address", [](metadata::Record& r) { r.server.ip = kOtherServer; }, false},
        {"another port", [](metadata::Record& r) { r.server.port = 444; }, false},
        {"UDP", [](metadata::Record& r) { r.transport = metadata::Transport::Udp; }, false},
        {"another name", [](metadata::Record& r) { r.client_hello.sni.assign("example.com"); },
         false},
        {"no name", [](metadata::Record& r) { r.client_hello.sni.assign(""); }, false},
        {"no hello seen", [](metadata::Record& r) { r.client_hello.seen = false; }, false},
    };
    for (const Case& c : cases) {
        CertificateMemory memory = memory_of({full(1, 0, 7)});
        metadata::Record record = session(2, 10, Visibility::Resumed);
        c.change(record);
        EXPECT_EQ(memory.find(record).has_value(), c.known) << c.why;
    }
}

TEST(CertificateMemory, no_name_is_a_name_of_its_own) {
    metadata::Record unnamed = full(1, 0, 7);
    unnamed.client_hello.sni.assign("");
    CertificateMemory memory = memory_of({unnamed});
    EXPECT_EQ(memory.find(session(2, 10, Visibility::Resumed)), std::nullopt);
    unnamed.id = 3;
    EXPECT_EQ(memory.find(unnamed), leaf(7));
}

TEST(CertificateMemory, names_too_long_to_tell_apart_are_not_learned) {
    metadata::Record record = full(1, 0, 7);
    record.client_hello.sni.assign(std::string(255, 'a'));
    metadata::Record longer = record;
    longer.client_hello.sni.assign(std::string(256, 'a'));
    EXPECT_EQ(memory_of({longer}).size(), 0U);
    CertificateMemory memory = memory_of({record});
    EXPECT_EQ(memory.find(record), leaf(7));
    EXPECT_EQ(memory.find(longer), std::nullopt);
}

TEST(CertificateMemory, takes_the_last_one_shown_before_the_start_in_any_order_of_arrival) {
    const std::vector<metadata::Record> records = {full(1, 10, 1), full(2, 20, 1), full(3, 30, 2),
                                                   full(4, 40, 1)};
    std::vector<std::size_t> order = {0, 1, 2, 3};
    do {
        CertificateMemory memory(100, KeyedHash({1, 2}));
        for (const std::size_t i : order) {
            memory.learn(records[i]);
        }
        const auto told = [&](double start) {
            return memory.find(session(9, start, Visibility::Tls13));
        };
        EXPECT_EQ(told(9.9), std::nullopt);
        EXPECT_EQ(told(10), leaf(1));
        EXPECT_EQ(told(29.9), leaf(1));
        EXPECT_EQ(told(35), leaf(2));
        EXPECT_EQ(told(1000), leaf(1));
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST(CertificateMemory, later_sessions_do_not_hide_what_was_known_before) {
    CertificateMemory memory = memory_of({});
    for (int second = 0; second < 1000; ++second) {
        memory.learn(full(1, second, 1));
    }
    EXPECT_EQ(memory.find(session(9, 5, Visibility::Resumed)), leaf(1));
    for (int second = 1000; second < 1008; ++second) {
        memory.learn(full(1, second, static_cast<uint8_t>(second)));
    }
    EXPECT_EQ(memory.find(session(9, 5, Visibility::Resumed)), std::nullopt)
        << "eight runs are kept";
    EXPECT_EQ(memory.find(session(9, 1002, Visibility::Resumed)), leaf(1002 & 0xff));
}

TEST(CertificateMemory, holds_its_bound) {
    CertificateMemory memory = memory_of({});
    for (uint32_t i = 0; i < 300; ++i) {
        metadata::Record record = full(i, i, 1);
        record.server.ip = numbered(i);
        memory.learn(record);
        EXPECT_LE(memory.size(), 100U);
    }
    EXPECT_EQ(memory.evicted(), 200U);
}

}  // namespace
}  // namespace eti::enrich
