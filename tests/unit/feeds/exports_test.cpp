// The lists as other enforcers get them, byte for byte.
#include "eti/feeds/exports.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <memory>

namespace eti::analysis {
namespace {

const std::string kSha1 = "408696c2824d4c8ab6f6a9ca3680a190c5761630";

std::vector<FeedEntry> servers() {
    return {read_feed_entry(kServerFeed, "2023-09-01 20:21:55,192.0.2.10,443,8,Pikabot"),
            read_feed_entry(kServerFeed, ",192.0.2.9,80,10,x"),
            read_feed_entry(kServerFeed, ",192.0.2.10,80,10,x"),
            read_feed_entry(kServer6Feed, ",2001:db8::1,,10,x")};
}

TEST(Exports, an_address_comes_once_and_in_order) {
    EXPECT_EQ(render_addresses(servers()), "192.0.2.9\n192.0.2.10\n2001:db8::1\n");
    EXPECT_EQ(render_edl(servers(), "cc_ip", "20261124.3"),
              "# openeti cc_ip version 20261124.3, 3 addresses\n"
              "192.0.2.9\n192.0.2.10\n2001:db8::1\n");
    EXPECT_EQ(render_addresses({}), "");
}

TEST(Exports, suricata_takes_digests_in_its_own_way) {
    const std::vector<FeedEntry> certificates{
        read_feed_entry(kCertificateFeed, "," + kSha1 + ",Dridex C&C"),
        read_feed_entry(kCertificateFeed, "," + std::string(64, 'b') + ",Dridex C&C")};
    // base64 of 40:86:96:c2:82:4d:4c:8a:b6:f6:a9:ca:36:80:a1:90:c5:76:16:30
    EXPECT_EQ(render_suricata(certificates, SuricataSet::CertificateSha1),
              "NDA6ODY6OTY6YzI6ODI6NGQ6NGM6OGE6YjY6ZjY6YTk6Y2E6MzY6ODA6YTE6OTA6YzU6NzY6MTY6MzA=\n");
    EXPECT_EQ(render_suricata(certificates, SuricataSet::CertificateSha256),
              std::string(64, 'b') + "\n");
    EXPECT_EQ(render_suricata(servers(), SuricataSet::Address),
              "192.0.2.9\n192.0.2.10\n2001:db8::1\n");
}

TEST(Exports, stix_keeps_its_identifiers) {
    const int64_t created = 1'693'600'000'000'000;
    StixIndicator certificate{
        kCertificateFeed,
        read_feed_entry(kCertificateFeed, "2023-09-01 20:21:55," + kSha1 + ",Dridex C&C"),
        created,
        created,
        0,
        false};
    StixIndicator server{kServerFeed, servers()[0], created, created + 60'000'000, 0, true};
    const std::string bundle =
        render_stix("0123456789abcdef", created, std::vector{certificate, server});
    EXPECT_EQ(
        bundle,
        R"({"type":"bundle","id":"bundle--c17cbee0-db45-509c-8f43-eb3d4365dbbc","objects":[)"
        R"({"type":"identity","spec_version":"2.1",)"
        R"("id":"identity--1e005dfa-2222-517d-8a9b-cb0384159ab2",)"
        R"("created":"2023-09-01T20:26:40.000Z","modified":"2023-09-01T20:26:40.000Z",)"
        R"("name":"openeti 0123456789abcdef","identity_class":"system"},)"
        R"({"type":"indicator","spec_version":"2.1",)"
        R"("id":"indicator--24f7aec7-92a9-599a-81dd-ba7986b1afe6",)"
        R"("created_by_ref":"identity--1e005dfa-2222-517d-8a9b-cb0384159ab2",)"
        R"("created":"2023-09-01T20:26:40.000Z","modified":"2023-09-01T20:26:40.000Z",)"
        R"("name":"Dridex C&C","indicator_types":["malicious-activity"],)"
        R"("pattern":"[x509-certificate:hashes.'SHA-1' = '408696c2824d4c8ab6f6a9ca3680a190c5761)"
        R"(630']","pattern_type":"stix","valid_from":"2023-09-01T20:21:55.000Z",)"
        R"("confidence":100},)"
        R"({"type":"indicator","spec_version":"2.1",)"
        R"("id":"indicator--bfde7277-ebba-5d22-a6b4-6d51b40b7496",)"
        R"("created_by_ref":"identity--1e005dfa-2222-517d-8a9b-cb0384159ab2",)"
        R"("created":"2023-09-01T20:26:40.000Z","modified":"2023-09-01T20:27:40.000Z",)"
        R"("name":"Pikabot","indicator_types":["malicious-activity"],)"
        R"("pattern":"[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.v)"
        R"(alue = '192.0.2.10' AND network-traffic:dst_port = 443]","pattern_type":"stix",)"
        R"("valid_from":"2023-09-01T20:21:55.000Z","confidence":80,"revoked":true})"
        R"(]})"
        "\n");
    // The same entry in another bundle, with another reason: the same identifier.
    certificate.entry.reason = "Other";
    const std::string other = render_stix("0123456789abcdef", created, std::vector{certificate});
    const std::string id = bundle.substr(bundle.find("indicator--"), 47);
    EXPECT_NE(other.find(id), std::string::npos);
    EXPECT_EQ(render_stix("fedcba9876543210", created, std::vector{certificate}).find(id),
              std::string::npos)
        << "another producer's statement is another object";
}

TEST(Exports, packs_the_same_bytes_each_time) {
    const std::string packed = tar_gz("cc_ip", "192.0.2.1\n", 1'700'000'000);
    EXPECT_EQ(packed, tar_gz("cc_ip", "192.0.2.1\n", 1'700'000'000));
    const std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(),
                                                                        &archive_read_free);
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_format_tar(reader.get());
    ASSERT_EQ(archive_read_open_memory(reader.get(), packed.data(), packed.size()), ARCHIVE_OK);
    archive_entry* entry = nullptr;
    ASSERT_EQ(archive_read_next_header(reader.get(), &entry), ARCHIVE_OK);
    EXPECT_STREQ(archive_entry_pathname(entry), "cc_ip");
    std::string text(64, '\0');
    const la_ssize_t size = archive_read_data(reader.get(), text.data(), text.size());
    EXPECT_EQ(text.substr(0, static_cast<std::size_t>(size)), "192.0.2.1\n");
}

}  // namespace
}  // namespace eti::analysis
