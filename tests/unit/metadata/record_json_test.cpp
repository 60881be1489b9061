#include "eti/metadata/record_json.h"

#include "tests/unit/metadata/record_samples.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <algorithm>
#include <fstream>
#include <string>

namespace eti::metadata {
namespace {

using Json = nlohmann::json;

const valijson::Schema& schema() {
    static const valijson::Schema* parsed = [] {
        std::ifstream file(ETI_SOURCE_DIR "/docs/schema/session-v1.json");
        const Json document = Json::parse(file);
        auto* result = new valijson::Schema;
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(valijson::adapters::NlohmannJsonAdapter(document), *result);
        return result;
    }();
    return *parsed;
}

std::string schema_errors(const Json& json) {
    valijson::Validator validator;
    valijson::ValidationResults results;
    const valijson::adapters::NlohmannJsonAdapter target(json);
    std::string text;
    if (!validator.validate(schema(), target, &results)) {
        valijson::ValidationResults::Error error;
        while (results.popError(error)) {
            for (const std::string& part : error.context) {
                text += part;
            }
            text += ": " + error.description + "\n";
        }
        text += json.dump();
    }
    return text;
}

// written is the record's line, parsed, after the checks every line must pass.
Json written(const Record& record, const CertificateSummary* leaf = nullptr) {
    std::string line;
    append_json(line, record, leaf, samples::sensor());
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    EXPECT_EQ(line.back(), '\n');
    const Json json = Json::parse(line, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << line;
    EXPECT_EQ(schema_errors(json), "");
    return json;
}

TEST(RecordJson, fullest_record_has_exactly_this_form) {
    const CertificateSummary leaf = samples::leaf();
    std::string line;
    append_json(line, samples::fullest(), &leaf, samples::sensor());
    const std::string expected =
        R"({"v":1,"type":"session","phase":"end","id":"eti1/0badcafe/7","sensor":"eti1",)"
        R"("start":"2026-11-24T03:46:14.000000Z","end":"2026-11-24T03:46:15.500001Z",)"
        R"("community_id":"1:COMMUNITY","client":{"ip":"10.0.1.10","port":40000},)"
        R"("server":{"ip":"192.0.2.7","port":443},"vlan":[100],"transport":"tcp",)"
        R"("protocol":"tls","zones":{"from":"trust","to":"untrust"},"policy":"p1",)"
        R"("visibility":"certificate","tls":{"version":"TLS 1.2","sni":"www.example.com",)"
        R"("alpn_offered":["h2","http/1.1"],"alpn":"h2","cipher":49199,"resumed":false,)"
        R"("ja3":"a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1","ja3s":"b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2",)"
        R"("ja4":"t13d1516h2_8daaf6152771_b186095e22b6","ech":"grease-or-offered",)"
        R"("client_hello":{"version":771,"ciphers":[49199,156],"extensions":[0,16],)"
        R"("groups":[29],"signature_algorithms":[1027],"versions":[772]},)"
        R"("server_hello":{"version":771,"cipher":49199,"extensions":[65281]},)"
        R"("alerts":[{"direction":"in","level":2,"description":40}]},)"
        R"("certificate":{"sha1":"c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3",)"
        R"("sha256":"e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5",)"
        R"("inherited":false,"chain_sha1":["c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3",)"
        R"("d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4"],"subject":"CN=www.example.com",)"
        R"("issuer":"CN=Example CA,O=Example","serial":"1f","not_before":"2023-11-14T22:13:20Z",)"
        R"("not_after":"2033-05-18T03:33:20Z","key":"RSA","bits":2048,)"
        R"("signature":"sha256WithRSAEncryption","san":["www.example.com","192.0.2.7"],)"
        R"("self_signed":false},"traffic":{"packets_out":12,"packets_in":10,"bytes_out":1500,)"
        R"("bytes_in":9000,"payload_out":900,"payload_in":8500,"duration_us":1500001,)"
        R"("rtt_us":1234,"retransmits":1,"splt":[[517,0],[-1460,250]],)"
        R"("records":[[512,22,0],[-4000,22,251]],)"
        R"("gaps":[0,0,0,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1]},)"
        R"("dns":{"name":"www.example.com","cname":true,"ttl":60,"answers":2,"age_us":1500},)"
        R"("action":"block",)"
        R"("reason":"certificate-blocklist","feed":"cc_cert_sha1","threat_level":10})"
        "\n";
    const std::string id = written(samples::fullest()).at("community_id");
    std::string text = expected;
    text.replace(text.find("1:COMMUNITY"), std::string("1:COMMUNITY").size(), id);
    EXPECT_EQ(line, text);
    written(samples::fullest(), &leaf);
}

TEST(RecordJson, what_was_not_seen_is_absent) {
    const Json json = written(samples::smallest());
    for (const char* name : {"end", "vlan", "zones", "policy", "tls", "certificate", "feed",
                             "threat_level", "truncated", "dns", "midstream", "one_sided"}) {
        EXPECT_FALSE(json.contains(name)) << name;
    }
    EXPECT_FALSE(json.at("traffic").contains("rtt_us"));
    EXPECT_EQ(json.at("traffic").at("splt"), Json::array());
    EXPECT_EQ(json.at("traffic").at("gaps"), Json::array());
    EXPECT_EQ(json.at("reason"), "none");
}

TEST(RecordJson, an_inherited_certificate_says_so_and_brings_no_chain) {
    const CertificateSummary leaf = samples::leaf();
    Record record = samples::smallest();
    record.visibility = Visibility::CertificateInherited;
    record.certificate.seen = true;
    record.certificate.inherited = true;
    record.certificate.sha1 = leaf.sha1;
    const Json json = written(record, &leaf);
    EXPECT_EQ(json.at("visibility"), "certificate-inherited");
    const Json& certificate = json.at("certificate");
    EXPECT_EQ(certificate.at("inherited"), true);
    EXPECT_EQ(certificate.at("sha1"), to_hex(leaf.sha1));
    EXPECT_EQ(certificate.at("subject"), leaf.subject);
    EXPECT_FALSE(certificate.contains("chain_sha1"));
}

TEST(RecordJson, says_what_of_the_flow_was_not_seen) {
    Record record = samples::smallest();
    record.midstream = true;
    EXPECT_EQ(written(record).at("midstream"), true);
    record.one_sided = Direction::Out;
    EXPECT_EQ(written(record).at("one_sided"), "out");
    record.one_sided = Direction::In;
    EXPECT_EQ(written(record).at("one_sided"), "in");
}

TEST(RecordJson, blocked_attempt_of_an_infected_host) {
    Record record = samples::smallest();
    record.protocol = Protocol::Unknown;
    record.transport = Transport::Udp;
    record.action = Action::Block;
    record.reason = Reason::InfectedHost;
    record.threat_level = 8;
    const Json json = written(record);
    EXPECT_EQ(json.at("protocol"), "unknown");
    EXPECT_EQ(json.at("transport"), "udp");
    EXPECT_EQ(json.at("reason"), "infected-host");
    EXPECT_EQ(json.at("threat_level"), 8);
}

TEST(RecordJson, names_versions) {
    const std::pair<uint16_t, const char*> cases[] = {
        {0x0300, "SSL 3.0"},  {0x0301, "TLS 1.0"}, {0x0302, "TLS 1.1"},  {0x0303, "TLS 1.2"},
        {0x0304, "TLS 1.3"},  {0x7f1c, "TLS 1.3"}, {0xfb17, "TLS 1.3"},  {0x0002, nullptr},
        {0x0305, nullptr},    {0x0000, nullptr},   {0xfeff, "DTLS 1.0"}, {0xfefd, "DTLS 1.2"},
        {0xfefc, "DTLS 1.3"}, {0x0100, "DTLS 1.0"}};
    for (const auto& [version, name] : cases) {
        Record record = samples::smallest();
        record.server_hello.seen = true;
        record.server_hello.negotiated_version = version;
        const Json tls = written(record).at("tls");
        EXPECT_EQ(tls.value("version", "absent"), name == nullptr ? "absent" : name) << version;
        EXPECT_FALSE(tls.contains("ja3s")) << "no fingerprint was made";
        EXPECT_FALSE(tls.contains("client_hello"));
    }
}

TEST(RecordJson, says_where_a_bound_cut_something) {
    struct Case {
        const char* why;
        void (*fill)(Record&);
        const char* pointer;
    };
    const Case cases[] = {
        {"ciphers", [](Record& r) { r.client_hello.ciphers.mark_truncated(); },
         "/tls/client_hello/truncated"},
        {"extensions", [](Record& r) { r.client_hello.extensions.mark_truncated(); },
         "/tls/client_hello/truncated"},
        {"groups", [](Record& r) { r.client_hello.groups.mark_truncated(); },
         "/tls/client_hello/truncated"},
        {"server", [](Record& r) { r.server_hello.extensions.mark_truncated(); },
         "/tls/server_hello/truncated"},
        {"alerts", [](Record& r) { r.alerts.mark_truncated(); }, "/tls/truncated"},
        {"sni", [](Record& r) { r.client_hello.sni.assign(std::string(256, 'a')); },
         "/tls/truncated"},
        {"alpn", [](Record& r) { r.client_hello.alpn.mark_truncated(); }, "/tls/truncated"},
        {"chain", [](Record& r) { r.certificate.chain.mark_truncated(); },
         "/certificate/truncated"},
        {"vlan", [](Record& r) { r.vlans.mark_truncated(); }, "/truncated"},
    };
    for (const Case& c : cases) {
        Record record = samples::fullest();
        c.fill(record);
        const Json json = written(record);
        EXPECT_EQ(json.value(Json::json_pointer(c.pointer), false), true) << c.why;
        const std::string line = json.dump();
        EXPECT_EQ(line.find("truncated"), line.rfind("truncated")) << c.why;
    }
}

TEST(RecordJson, shows_a_summary_only_under_its_own_digest) {
    CertificateSummary other = samples::leaf();
    other.sha1.fill(0x11);
    EXPECT_FALSE(written(samples::fullest(), &other).at("certificate").contains("subject"));
    CertificateSummary unread = samples::leaf();
    unread.parsed = false;
    const Json certificate = written(samples::fullest(), &unread).at("certificate");
    EXPECT_TRUE(certificate.contains("sha256"));
    EXPECT_FALSE(certificate.contains("self_signed"));
}

TEST(RecordJson, wrong_clocks_underflow_nothing) {
    Record record = samples::smallest();
    record.start = Timestamp(std::chrono::microseconds(1));
    record.end = Timestamp(std::chrono::seconds(-5));
    const Json json = written(record);
    EXPECT_EQ(json.at("traffic").at("duration_us"), 0);
    EXPECT_EQ(json.at("start"), "1970-01-01T00:00:00.000001Z");
    EXPECT_EQ(json.at("end"), "1969-12-31T23:59:55.000000Z");
}

TEST(RecordJson, every_enum_value_has_its_own_name_in_the_schema) {
    for (int value = 0; value <= static_cast<int>(Visibility::Budget); ++value) {
        Record record = samples::smallest();
        record.visibility = static_cast<Visibility>(value);
        EXPECT_EQ(written(record).at("visibility"), name_of(record.visibility));
    }
    for (int value = 0; value <= static_cast<int>(Reason::Fallback); ++value) {
        Record record = samples::smallest();
        record.reason = static_cast<Reason>(value);
        EXPECT_EQ(written(record).at("reason"), name_of(record.reason));
    }
    for (const Phase phase : {Phase::Handshake, Phase::Update, Phase::End}) {
        Record record = samples::smallest();
        record.phase = phase;
        EXPECT_EQ(written(record).at("phase"), name_of(phase));
    }
    for (const Protocol protocol :
         {Protocol::Unknown, Protocol::Tls, Protocol::Quic, Protocol::Dtls}) {
        Record record = samples::smallest();
        record.protocol = protocol;
        EXPECT_EQ(written(record).at("protocol"), name_of(protocol));
    }
}

TEST(RecordJson, schema_refuses_what_the_contract_does_not_know) {
    const std::pair<const char*, Json> cases[] = {{"/phase", "later"},
                                                  {"/visibility", "full"},
                                                  {"/start", "2026-11-24T03:46:14Z"},
                                                  {"/client/port", 65536},
                                                  {"/traffic/packets_out", -1},
                                                  {"/threat_level", 11},
                                                  {"/v", 2},
                                                  {"/certificate/sha1", "C3"},
                                                  {"/traffic/splt", {{1, 2, 3}}},
                                                  {"/tls/version", "TLS 1.4"},
                                                  {"/midstream", false},
                                                  {"/one_sided", "both"},
                                                  {"/dns/ttl", -1},
                                                  {"/dns/name", nullptr}};
    const Json good = written(samples::fullest());
    for (const auto& [pointer, value] : cases) {
        Json bad = good;
        bad[Json::json_pointer(pointer)] = value;
        EXPECT_NE(schema_errors(bad), "") << pointer;
    }
}

TEST(CertificateJson, carries_the_bytes_in_base64) {
    const std::pair<std::string, const char*> cases[] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
    Sha1Digest sha1{};
    sha1.fill(0xab);
    for (const auto& [bytes, base64] : cases) {
        const std::vector<uint8_t> der(bytes.begin(), bytes.end());
        std::string line;
        append_certificate_json(line, sha1, der);
        EXPECT_EQ(line, std::string(R"({"type":"certificate","sha1":")") + to_hex(sha1) +
                            R"(","der":")" + base64 + "\"}\n");
    }
}

}  // namespace
}  // namespace eti::metadata
