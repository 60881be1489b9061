#include "control/record_drain.h"

#include "tests/unit/control/fake_dataplane.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

namespace eti::control {
namespace {

const metadata::SensorIdentity kSensor{"eti1", "b007"};

std::vector<nlohmann::json> lines_of(const std::string& text) {
    std::vector<nlohmann::json> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(nlohmann::json::parse(line));
    }
    return lines;
}

// A certificate needs no valid DER here: summaries of unreadable ones carry the digests.
Sha1Digest push_certificate(FakeDataplane::Worker& worker, std::string_view der) {
    metadata::CertificateBytes* bytes = worker.certificates.reserve();
    *bytes = {};
    std::copy(der.begin(), der.end(), bytes->der.begin());
    bytes->size = static_cast<uint32_t>(der.size());
    bytes->sha1.fill(static_cast<uint8_t>(der.front()));
    const Sha1Digest sha1 = bytes->sha1;
    worker.certificates.commit();
    return sha1;
}

class RecordDrainTest : public testing::Test {
  protected:
    FakeDataplane dataplane_{2};
    std::vector<WorkerLink> links_ = dataplane_.links();
    ListSink sink_;
    CertificateCache certificates_;
    Batcher batcher_{sink_, {.records = 3, .age = std::chrono::milliseconds(1000)}};
    std::vector<uint64_t> seen_;
    Privacy privacy_{""};
    RecordDrain drain_{links_,
                       certificates_,
                       batcher_,
                       kSensor,
                       [this](const metadata::Record& record, const metadata::CertificateSummary*) {
                           seen_.push_back(record.id);
                       },
                       privacy_};
};

TEST_F(RecordDrainTest, RecordsOfAllWorkersComeOutOnceInOrder) {
    for (uint64_t id = 1; id <= 4; ++id) {
        push(dataplane_.worker(0).records, example_record(id));
        push(dataplane_.worker(1).records, example_record(100 + id));
    }
    EXPECT_FALSE(drain_.drain(at_second(0), 1000));
    EXPECT_EQ(seen_, (std::vector<uint64_t>{1, 101, 2, 102, 3, 103, 4, 104}));
    EXPECT_EQ(drain_.records(), 8U);
    batcher_.flush();
    const auto lines = lines_of(sink_.all_text());
    ASSERT_EQ(lines.size(), 8U);
    EXPECT_EQ(lines[1]["id"], metadata::record_id(kSensor, 101));
}

TEST_F(RecordDrainTest, OneTurnTakesAtMostItsLimit) {
    for (uint64_t id = 1; id <= 5; ++id) {
        push(dataplane_.worker(0).records, example_record(id));
    }
    EXPECT_TRUE(drain_.drain(at_second(0), 2));
    EXPECT_EQ(seen_.size(), 2U);
    EXPECT_FALSE(drain_.drain(at_second(0), 3));
    EXPECT_EQ(seen_.size(), 5U);
}

TEST_F(RecordDrainTest, CertificateTravelsOnceAndItsSummaryJoinsTheRecord) {
    const Sha1Digest sha1 = push_certificate(dataplane_.worker(0), "one");
    push_certificate(dataplane_.worker(1), "one");
    metadata::Record record = example_record(1);
    record.certificate.seen = true;
    record.certificate.sha1 = sha1;
    push(dataplane_.worker(1).records, record);
    drain_.drain(at_second(0), 1000);
    batcher_.flush();
    const auto lines = lines_of(sink_.all_text());
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0]["type"], "certificate");
    EXPECT_EQ(lines[0]["der"], "b25l");
    EXPECT_EQ(lines[1]["certificate"]["sha1"], metadata::to_hex(sha1));
    EXPECT_TRUE(lines[1]["certificate"].contains("sha256"));
    EXPECT_EQ(sink_.batches.back().records, 1U);
}

void push_answer(FakeDataplane::Worker& worker, std::string_view name, int64_t second) {
    metadata::DnsAnswer* answer = worker.dns_answers.reserve();
    *answer = {};
    answer->time = at_second(second);
    answer->client = example_record(0).client.ip;
    answer->name.assign(name);
    answer->addresses.push(example_record(0).server.ip);
    answer->answers = 1;
    worker.dns_answers.commit();
}

TEST_F(RecordDrainTest, AnswersJoinTheRecordsOfAnyWorker) {
    push(dataplane_.worker(0).records, example_record(1));
    push_answer(dataplane_.worker(1), "www.example.com", -1);
    push_answer(dataplane_.worker(1), "too.late.example", 1);
    drain_.drain(at_second(0), 1000);
    EXPECT_EQ(dataplane_.worker(1).dns_answers.size(), 0U);
    batcher_.flush();
    const auto lines = lines_of(sink_.all_text());
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["dns"]["name"], "www.example.com");
    EXPECT_EQ(lines[0]["dns"]["age_us"], 1'000'000);
}

TEST_F(RecordDrainTest, AnAnswerIsReadEvenWhenItCameWhileRecordsAreRead) {
    // The observer runs between two records, as a worker does.
    RecordDrain drain(
        links_, certificates_, batcher_, kSensor,
        [this](const auto& record, const auto*) {
            if (record.id == 1) {
                push_answer(dataplane_.worker(1), "www.example.com", -1);
                push(dataplane_.worker(0).records, example_record(2));
            }
        },
        privacy_);
    push(dataplane_.worker(0).records, example_record(1));
    drain.drain(at_second(0), 1000);
    batcher_.flush();
    const auto lines = lines_of(sink_.all_text());
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_FALSE(lines[0].contains("dns"));
    EXPECT_EQ(lines[1]["dns"]["name"], "www.example.com");
}

TEST_F(RecordDrainTest, AnInheritedCertificateComesWithItsSummary) {
    const Sha1Digest sha1 = push_certificate(dataplane_.worker(0), "one");
    metadata::Record full = example_record(1);
    full.client_hello.seen = true;
    full.visibility = metadata::Visibility::Certificate;
    full.certificate.seen = true;
    full.certificate.sha1 = sha1;
    full.certificate.chain.push(sha1);
    push(dataplane_.worker(0).records, full);
    metadata::Record resumed = example_record(2);
    resumed.client_hello.seen = true;
    resumed.visibility = metadata::Visibility::Resumed;
    resumed.start = at_second(5);
    push(dataplane_.worker(1).records, resumed);
    drain_.drain(at_second(9), 1000);
    batcher_.flush();
    const auto line = lines_of(sink_.all_text()).back();
    EXPECT_EQ(line["visibility"], "certificate-inherited");
    const auto& certificate = line["certificate"];
    EXPECT_EQ(certificate["inherited"], true);
    EXPECT_EQ(certificate["sha1"], metadata::to_hex(sha1));
    EXPECT_TRUE(certificate.contains("sha256"));
    EXPECT_FALSE(certificate.contains("chain_sha1"));
}

TEST_F(RecordDrainTest, CountsWhatWasJoined) {
    push_answer(dataplane_.worker(0), "www.example.com", -1);
    push(dataplane_.worker(0).records, example_record(1));
    drain_.drain(at_second(0), 1000);
    std::vector<CounterValue> counters;
    drain_.append_counters(counters);
    const auto joined = std::find_if(counters.begin(), counters.end(),
                                     [](const CounterValue& c) { return c.name == "dns-joined"; });
    ASSERT_NE(joined, counters.end());
    EXPECT_EQ(joined->value, 1U);
}

TEST(CertificateCache, ForgetsTheLeastRecentlyUsed) {
    CertificateCache cache({.entries = 2, .bytes = 1U << 20});
    const auto summary = [](uint8_t tag) {
        metadata::CertificateSummary s;
        s.sha1.fill(tag);
        return s;
    };
    cache.insert(summary(1));
    cache.insert(summary(2));
    EXPECT_NE(cache.find(summary(1).sha1), nullptr);
    cache.insert(summary(3));
    EXPECT_EQ(cache.find(summary(2).sha1), nullptr);
    EXPECT_NE(cache.find(summary(1).sha1), nullptr);
    EXPECT_EQ(cache.size(), 2U);
}

TEST(CertificateCache, BigSummariesAreBoundedByBytes) {
    CertificateCache cache({.entries = 1000, .bytes = 4000});
    for (uint8_t tag = 1; tag <= 10; ++tag) {
        metadata::CertificateSummary summary;
        summary.sha1.fill(tag);
        summary.subject.assign(1000, 'x');
        cache.insert(summary);
    }
    EXPECT_LE(cache.size(), 3U);
    EXPECT_GE(cache.size(), 1U);
}

TEST(Batcher, LeavesByCountAgeOrSize) {
    struct Case {
        const char* why;
        BatchLimits limits;
        int lines;
        int64_t age_seconds;
        std::size_t batches;
    };
    const Case cases[] = {
        {"count reached", {2, std::chrono::milliseconds(1000), 1000}, 2, 0, 1},
        {"one short of the count", {3, std::chrono::milliseconds(1000), 1000}, 2, 0, 0},
        {"old enough", {3, std::chrono::milliseconds(1000), 1000}, 2, 1, 1},
        {"size reached", {100, std::chrono::milliseconds(1000), 10}, 1, 0, 1},
        {"nothing to send, however old", {3, std::chrono::milliseconds(1000), 1000}, 0, 9, 0},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        ListSink sink;
        Batcher batcher(sink, c.limits);
        for (int i = 0; i < c.lines; ++i) {
            batcher.text() += "0123456789\n";
            batcher.record_appended(at_second(0), true);
        }
        batcher.flush_if_old(at_second(c.age_seconds));
        EXPECT_EQ(sink.batches.size(), c.batches);
    }
}

TEST(Batcher, NumbersBatchesWithoutGaps) {
    ListSink sink;
    Batcher batcher(sink, {.records = 1});
    for (int i = 0; i < 3; ++i) {
        batcher.text() += "{}\n";
        batcher.record_appended(at_second(0), true);
    }
    ASSERT_EQ(sink.batches.size(), 3U);
    EXPECT_EQ(sink.batches[0].sequence, 1U);
    EXPECT_EQ(sink.batches[2].sequence, 3U);
}

}  // namespace
}  // namespace eti::control
