// Once nothing can change the verdict any more, a session's records are described as they pass.
#include "eti/digest/hasher.h"
#include "tests/support/inspect_bench.h"
#include "tests/support/tls_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eti::inspect {
namespace {

using test::Bytes;
using test::Conversation;
using test::InspectBench;
using tls::ContentType;
using namespace std::chrono_literals;

Bytes application(std::size_t size) {
    return test::record(ContentType::ApplicationData, Bytes(size, 0xaa));
}

// A TLS 1.3 session whose hellos have passed and are acknowledged.
class SettledSession : public testing::Test {
  protected:
    SettledSession() {
        talk_.open();
        talk_.from_client(test::records(
            ContentType::Handshake,
            test::client_hello({.extensions = test::supported_versions({tls::version::kTls13})})));
        talk_.from_server(test::records(ContentType::Handshake, test::server_hello13()));
        talk_.from_client({}, net::kAck);
    }

    // finish ends the session and returns its record.
    metadata::Record finish() {
        talk_.from_client({}, net::kFin | net::kAck);
        talk_.from_server({}, net::kFin | net::kAck);
        talk_.from_client({}, net::kAck);
        bench_.advance(5s);
        const auto records = bench_.records();
        EXPECT_EQ(records.size(), 1U) << "the FINs were not believed";
        return records.empty() ? metadata::Record{} : records[0];
    }

    static std::vector<int32_t> sizes(const metadata::Record& record) {
        std::vector<int32_t> sizes;
        for (const auto& sample : record.traffic.records.view().subspan(2)) {  // after the hellos
            sizes.push_back(sample.record_bytes);
        }
        return sizes;
    }

    // from_server_at sends a part of what the server says next, [begin, end).
    void from_server_at(const Bytes& said, std::size_t begin, std::size_t end) {
        const Bytes part(said.begin() + static_cast<std::ptrdiff_t>(begin),
                         said.begin() + static_cast<std::ptrdiff_t>(end));
        bench_.send(
            talk_.server_frame(talk_.server_next + static_cast<uint32_t>(begin), part, net::kAck),
            test::kServerSide);
    }

    InspectBench bench_;
    Conversation talk_{bench_};
};

TEST_F(SettledSession, RecordsAreDescribedHoweverTheyAreCut) {
    const Bytes said = test::join({application(300), application(20), application(700)});
    using Pieces = std::vector<std::pair<std::size_t, std::size_t>>;
    const std::vector<std::pair<const char*, Pieces>> ways{
        {"at once", {{0, said.size()}}},
        {"inside a header", {{0, 307}, {307, 310}, {310, said.size()}}},
        {"the last first", {{310, said.size()}, {100, 310}, {0, 100}}},
        {"with repeats", {{0, 200}, {0, 200}, {100, 400}, {0, said.size()}, {50, 60}}},
    };
    for (const auto& [why, pieces] : ways) {
        for (const auto& [begin, end] : pieces) {
            from_server_at(said, begin, end);
        }
        talk_.server_next += static_cast<uint32_t>(said.size());
        talk_.from_client(application(40));
    }
    std::vector<int32_t> expected;
    for (std::size_t i = 0; i < ways.size(); ++i) {
        expected.insert(expected.end(), {-300, -20, -700, 40});
    }
    EXPECT_EQ(sizes(finish()), expected);
}

TEST_F(SettledSession, WindowsThatAreNotFollowedLimitNothing) {
    constexpr int kRecords = 14;  // farther than the window last seen, within what is inspected
    for (int i = 0; i < kRecords; ++i) {
        talk_.from_server(application(16'000));
    }
    const Bytes said = test::join({application(100), application(200)});
    from_server_at(said, 105, said.size());  // out of order: looked at closely
    from_server_at(said, 0, 105);
    talk_.server_next += static_cast<uint32_t>(said.size());
    const auto record = finish();
    std::vector<int32_t> expected(kRecords, -16'000);
    expected.insert(expected.end(), {-100, -200});
    EXPECT_EQ(sizes(record), expected);
    EXPECT_EQ(record.traffic.packets[1], 2U + kRecords + 2 + 1);
}

TEST_F(SettledSession, AfterTheLastSampleEverythingIsStillCounted) {
    constexpr int kRecords = 100;
    for (int i = 0; i < kRecords; ++i) {
        bench_.now += 3us;
        talk_.from_client(application(10));
    }
    const auto record = finish();
    EXPECT_TRUE(record.traffic.records.full());
    EXPECT_TRUE(record.traffic.splt.full() && record.traffic.splt.truncated());
    EXPECT_EQ(record.traffic.gaps[1], static_cast<uint32_t>(kRecords));
    EXPECT_EQ(record.traffic.packets[0], 4U + kRecords + 2);
}

// The counters of gaps take 8 and 16 bits; what goes beyond is written into the packed record.
TEST_F(SettledSession, GapsAreCountedBeyondWhatTheirCountersHold) {
    constexpr uint32_t kRecords = (1U << 16) + (3U << 8) + 5;
    for (uint32_t i = 0; i < kRecords; ++i) {
        bench_.now += 3us;
        talk_.from_client(application(10));
    }
    EXPECT_EQ(finish().traffic.gaps[1], kRecords);
}

TEST_F(SettledSession, AResetCountsOnlyAtTheNextByte) {
    talk_.from_server(application(500));
    bench_.send(talk_.server_frame(talk_.server_next - 100, {}, net::kRst), test::kServerSide);
    bench_.advance(5s);
    EXPECT_TRUE(bench_.records().empty());
    talk_.from_server(application(600));
    talk_.from_server({}, net::kRst);
    bench_.advance(5s);
    const auto records = bench_.records();
    ASSERT_EQ(records.size(), 1U);
    EXPECT_THAT(sizes(records[0]), testing::ElementsAre(-500, -600));
}

TEST_F(SettledSession, LifeAfterAResetIsCountedWithoutAState) {
    for (int i = 0; i < 60; ++i) {
        talk_.from_client(application(10));
    }
    EXPECT_EQ(bench_.inspector.usage().session_states, 0U);
    EXPECT_GT(bench_.inspector.usage().record_blocks, 0U);
    talk_.from_server({}, net::kRst);  // never reaches its end
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(talk_.from_client(application(10)), Verdict::Forward);
        EXPECT_EQ(talk_.from_server(application(10)), Verdict::Forward);
        bench_.now += 1s;
    }
    EXPECT_EQ(finish().traffic.packets, (std::array<uint64_t, 2>{4 + 60 + 3 + 2, 2 + 1 + 3 + 1}));
    EXPECT_EQ(bench_.inspector.usage().record_blocks, 0U);
}

TEST_F(SettledSession, APackedRecordIsJudgedByANewerList) {
    InspectBench bench;
    Conversation talk(bench);
    const Bytes leaf(700, 0x31);
    talk.open();
    talk.from_client(test::records(ContentType::Handshake, test::client_hello({})));
    talk.from_server(
        test::join({test::records(ContentType::Handshake,
                                  test::join({test::server_hello({}), test::certificate({leaf})})),
                    test::change_cipher_spec()}));
    talk.from_client(test::change_cipher_spec());
    for (int i = 0; i < 60; ++i) {
        talk.from_client(application(10));
    }
    ASSERT_EQ(bench.inspector.usage().session_states, 0U);
    bench.list_certificate(digest::Hasher().sha1(leaf));
    EXPECT_NE(talk.from_server(application(10)), Verdict::Forward);
    bench.advance(20s);
    const auto records = bench.records();
    ASSERT_FALSE(records.empty());
    EXPECT_EQ(records.back().action, metadata::Action::Block);
    EXPECT_EQ(records.back().reason, metadata::Reason::CertificateBlocklist);
    EXPECT_EQ(records.back().visibility, metadata::Visibility::Certificate);
    EXPECT_TRUE(records.back().traffic.records.full());
}

TEST_F(SettledSession, LostFramingEndsTheDescriptionAndNoMore) {
    talk_.from_server(application(500));
    EXPECT_EQ(talk_.from_server(Bytes(50, 0xff)), Verdict::Forward);
    EXPECT_EQ(talk_.from_server(application(600)), Verdict::Forward);
    EXPECT_EQ(bench_.count(Counter::TlsMalformed), 1U);
    EXPECT_THAT(sizes(finish()), testing::ElementsAre(-500));
}

}  // namespace
}  // namespace eti::inspect
