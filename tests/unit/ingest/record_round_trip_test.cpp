#include "eti/features/context.h"
#include "eti/ingest/record_reader.h"
#include "eti/metadata/record_json.h"
#include "eti/model/model.h"
#include "eti/x509/certificate.h"
#include "tests/support/certificate_builder.h"
#include "tests/unit/metadata/record_samples.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <chrono>
#include <random>
#include <string>
#include <string_view>

namespace eti::analysis {
namespace {

using features::Feature;
using metadata::CertificateSummary;
using metadata::Record;
namespace samples = metadata::samples;

FullRecord through_json(const Record& record, const CertificateSummary* leaf) {
    std::string line;
    metadata::append_json(line, record, leaf, samples::sensor());
    static RecordReader reader;  // its buffers are large
    FullRecord session;
    CertificateLine certificate;
    EXPECT_EQ(reader.read(line, session, certificate), RecordReader::Kind::Session);
    return session;
}

// Records as varied as a site's: few clients, servers and certificates, everything else by chance.
class RecordSource {
  public:
    struct Item {
        Record record;
        CertificateSummary leaf;
    };

    Item next() {
        Item item;
        Record& record = item.record;
        record.id = ++count_;
        record.start = samples::kStart + std::chrono::nanoseconds(up_to(200'000'000'000'000));
        record.end = one_in(8) ? Timestamp{}
                               : record.start + std::chrono::nanoseconds(up_to(90'000'000'000));
        record.client = {net::IpAddress::v4(10, 0, 0, byte(5)), 40'000};
        record.server = {one_in(4) ? *net::parse_ip("2001:db8::" + std::to_string(up_to(9)))
                                   : net::IpAddress::v4(198, 51, 100, byte(12)),
                         one_in(3) ? uint16_t{8443} : uint16_t{443}};
        record.transport = one_in(6) ? metadata::Transport::Udp : metadata::Transport::Tcp;
        record.protocol = static_cast<metadata::Protocol>(up_to(3));
        fill_hellos(record);
        fill_traffic(record.traffic);
        if (one_in(3)) {
            record.dns.seen = true;
            record.dns.name.assign(one_in(2) ? kNames[up_to(4)] : "looked.up.example");
            record.dns.cname = one_in(2);
            record.dns.ttl = static_cast<uint32_t>(up_to(UINT32_MAX));
            record.dns.answers = static_cast<uint16_t>(up_to(9));
            record.dns.age_us = up_to(10'000'000'000);
        }
        fill_certificate(item);
        return item;
    }
    bool one_in(uint64_t count) { return up_to(count - 1) == 0; }

  private:
    static constexpr std::array<std::string_view, 5> kNames{
        "www.Example.com", "a.b.c.d.example.org", "xn--bcher-kva.ch", "cdn-17.update.co.uk",
        "b\xc3\xbc"
        "cher \"quoted\" \x01.example"};

    uint64_t up_to(uint64_t most) {
        return std::uniform_int_distribution<uint64_t>(0, most)(random_);
    }
    uint8_t byte(uint64_t most) { return static_cast<uint8_t>(up_to(most)); }

    void fill_hellos(Record& record) {
        constexpr std::array<uint16_t, 7> kVersions{0x0301, 0x0303, 0x0303, 0x0304,
                                                    0x7f1c, 0xfb1a, 0xfefc};
        auto& client = record.client_hello;
        client.seen = !one_in(6);
        if (client.seen && !one_in(3)) {
            client.sni.assign(kNames[up_to(4)]);
        }
        if (client.seen && !one_in(3)) {
            client.ja4.assign("t13d1516h2_8daaf6152771_b186095e22b" + std::to_string(up_to(3)));
        }
        auto& server = record.server_hello;
        server.seen = !one_in(6);
        server.version = 0x0303;
        server.negotiated_version = server.seen ? kVersions[up_to(6)] : uint16_t{0};
        if (one_in(4)) {
            record.alerts.push({Direction::In, 2, 40});
        }
    }
    void fill_traffic(metadata::TrafficFacts& traffic) {
        traffic.payload = {up_to(100'000), up_to(10'000'000)};
        for (uint64_t count = one_in(3) ? 0 : up_to(60); count > 0; --count) {
            const auto bytes = static_cast<int32_t>(up_to(16'384));
            traffic.records.push({one_in(2) ? bytes : -bytes,
                                  static_cast<uint32_t>(up_to(one_in(9) ? UINT32_MAX : 40'000)),
                                  static_cast<uint8_t>(20 + up_to(3))});
        }
    }
    void fill_certificate(Item& item) {
        const uint8_t number = byte(10);
        auto& shown = item.record.certificate;
        shown.seen = one_in(2);
        shown.inherited = shown.seen && one_in(5);
        shown.sha1.fill(number);
        for (uint64_t length = up_to(one_in(20) ? 40 : 3); length > 0; --length) {
            shown.chain.push(shown.sha1);
        }
        CertificateSummary& leaf = item.leaf;
        leaf.sha1 = shown.sha1;
        leaf.parsed = !one_in(5);
        leaf.subject = number % 3 == 0 ? "CN=10.0.0.1" : "O=A\\, B+CN=" + std::to_string(number);
        leaf.issuer = number % 2 == 0 ? leaf.subject : "CN=Some CA,O=A\\, B";
        leaf.serial = std::string(number, 'f');
        leaf.not_before =
            number == 5 ? "" : "2026-11-0" + std::to_string(number % 9 + 1) + "T00:00:00Z";
        leaf.not_after = "2027-11-01T00:00:00Z";
        leaf.key = number % 4 == 0 ? "EC" : "RSA";
        leaf.bits = number * 256U;
        leaf.signature = number == 7 ? "sha1WithRSAEncryption" : "sha256WithRSAEncryption";
        leaf.san.assign(number, "*.Example.com");
        leaf.self_signed = number % 2 == 0;
        leaf.chain_judged = number > 3;
        leaf.issuer_known = number > 7;
        leaf.chain_from = samples::kStart.time_since_epoch() / std::chrono::seconds(1) - 1000;
        leaf.chain_until = leaf.chain_from + static_cast<int64_t>(up_to(4'000));
        if (!leaf.issuer_known) {
            leaf.chain_from = 0;
            leaf.chain_until = -1;
        }
    }

    std::mt19937_64 random_{7};
    uint64_t count_ = 0;
};

// The names of the features whose bits differ.
std::string differing(const features::Vector& one, const features::Vector& other) {
    std::string names;
    for (const features::FeatureText& row : features::feature_table()) {
        const Feature feature = *features::feature_of(row.name);
        if (std::bit_cast<uint32_t>(one[feature]) != std::bit_cast<uint32_t>(other[feature])) {
            names.append(names.empty() ? "" : " ").append(row.name);
        }
    }
    return names;
}

TEST(RecordRoundTrip, a_record_read_back_has_the_vector_and_score_of_the_record) {
    RecordSource source;
    const model::Model model(model::built_in());
    features::Context box({});
    features::Context service({});
    for (int i = 0; i < 2000; ++i) {
        const RecordSource::Item item = source.next();
        // A daemon whose record shows no certificate, or could not read it, has no summary.
        const bool summary = item.record.certificate.seen && item.leaf.parsed;
        const auto told = box.observe(item.record, summary ? &item.leaf : nullptr);
        const FullRecord read = through_json(item.record, &item.leaf);
        const auto heard = service.observe(read.record, read.leaf ? &*read.leaf : nullptr);
        ASSERT_EQ(differing(told.values, heard.values), "") << i;
        ASSERT_EQ(told.name, heard.name);
        ASSERT_EQ(told.dns_visible, heard.dns_visible);
        ASSERT_EQ(told.inherited, heard.inherited);
        ASSERT_EQ(std::bit_cast<uint32_t>(model.score(told.values)),
                  std::bit_cast<uint32_t>(model.score(heard.values)));
    }
}

TEST(RecordRoundTrip, four_features_wait_for_the_bytes_of_the_certificate) {
    const auto made =
        test::CertificateBuilder().subject("O", "Example").dns("www.example.com").self_signed();
    CertificateSummary leaf = x509::summarize(made.der);
    Record record = samples::fullest();
    record.certificate = {};
    record.certificate.seen = true;
    record.certificate.sha1 = leaf.sha1;
    record.certificate.chain.push(leaf.sha1);
    const FullRecord read_back = through_json(record, &leaf);
    ASSERT_TRUE(read_back.leaf);

    const model::Model model(model::built_in());
    const auto box = features::Context({}).observe(record, &leaf).values;
    features::Context service({});
    const auto before = service.observe(read_back.record, &*read_back.leaf).values;
    EXPECT_EQ(differing(box, before), "version_1 extensions issuer_url certificate_bytes");
    EXPECT_EQ(model.score(box), model.score(before)) << "the model uses none of them";

    EXPECT_FALSE(service.knows(leaf.sha1)) << "a summary is no reason not to learn the bytes";
    features::Context learned({});
    learned.learn(leaf.sha1, made.der);
    EXPECT_EQ(differing(box, learned.observe(read_back.record, &*read_back.leaf).values), "");
}

TEST(RecordRoundTrip, a_name_that_is_no_utf8_comes_back_as_it_was_written) {
    Record record = samples::fullest();
    record.client_hello.sni.assign("a\xff.example");
    EXPECT_EQ(through_json(record, nullptr).record.client_hello.sni.view(), "a\\xff.example");
}

}  // namespace
}  // namespace eti::analysis
