// The joins of replayed records are those of the live control side.
#include "replay/record_sink.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

namespace eti::replay {
namespace {

using metadata::Phase;
using metadata::Record;
using metadata::Visibility;

Timestamp at(int64_t second) {
    return Timestamp(std::chrono::seconds(1'795'491'974 + second));
}

Record session(uint64_t id, int64_t start, Visibility visibility) {
    Record record;
    record.id = id;
    record.start = at(start);
    record.visibility = visibility;
    record.client = {net::IpAddress::v4(10, 0, 1, 10), 40000};
    record.server = {net::IpAddress::v4(192, 0, 2, 7), 443};
    record.client_hello.seen = true;
    record.client_hello.sni.assign("www.example.com");
    return record;
}

class RecordSinkTest : public testing::Test {
  protected:
    void push(const Record& record) {
        *sink_.records().reserve() = record;
        sink_.records().commit();
    }
    std::vector<nlohmann::json> drained() {
        sink_.drain();
        std::vector<nlohmann::json> lines;
        for (std::string line; std::getline(out_, line);) {
            lines.push_back(nlohmann::json::parse(line));
        }
        return lines;
    }

    std::stringstream out_;
    RecordSink sink_{&out_};
};

TEST_F(RecordSinkTest, an_answer_names_the_server) {
    metadata::DnsAnswer* answer = sink_.dns_answers().reserve();
    *answer = {};
    answer->time = at(0);
    answer->client = net::IpAddress::v4(10, 0, 1, 10);
    answer->name.assign("www.example.com");
    answer->addresses.push(net::IpAddress::v4(192, 0, 2, 7));
    sink_.dns_answers().commit();
    push(session(1, 2, Visibility::NoServerHello));
    const auto lines = drained();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["dns"]["name"], "www.example.com");
    EXPECT_EQ(lines[0]["dns"]["age_us"], 2'000'000);
}

TEST_F(RecordSinkTest, a_certificate_is_learned_from_any_phase_and_inherited) {
    Record full = session(1, 0, Visibility::Certificate);
    full.phase = Phase::Handshake;  // the session itself stays open
    full.certificate.seen = true;
    full.certificate.sha1.fill(0xc3);
    push(full);
    push(session(2, 5, Visibility::Resumed));
    const auto lines = drained();
    ASSERT_EQ(lines.size(), 1U) << "only ended sessions are written";
    EXPECT_EQ(lines[0]["visibility"], "certificate-inherited");
    EXPECT_EQ(lines[0]["certificate"]["inherited"], true);
    EXPECT_EQ(sink_.sessions(), 1U);
    EXPECT_EQ(sink_.visibility().at("certificate-inherited"), 1U);
}

}  // namespace
}  // namespace eti::replay
