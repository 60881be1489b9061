// Commands that change something, explain something, or say honestly that there is nothing.
#include "eti/cli/interpreter.h"
#include "tests/support/fixed_backend.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>
#include <time.h>

namespace eti::cli {
namespace {

class OperationalTest : public testing::Test {
  protected:
    OperationalTest() {
        ::setenv("TZ", "CET-1", 1);
        ::tzset();
    }
    Answer ask(const std::string& line) {
        Answer got{false, "no answer", {}};
        interpreter_.execute(line, sample_caller(), [&](const Answer& answer) { got = answer; });
        return got;
    }
    std::string run(const std::string& line) {
        const Answer answer = ask(line);
        EXPECT_TRUE(answer.ok) << answer.output;
        return answer.output;
    }

    FixedBackend backend_;
    Interpreter interpreter_{backend_};
};

TEST_F(OperationalTest, EachClearClearsItsOwn) {
    using control::Cleared;
    struct Case {
        const char* line;
        std::vector<Cleared> expected;
    };
    const Case cases[] = {
        {"clear services security-metadata-streaming statistics", {Cleared::MetadataStreaming}},
        {"clear services security-metadata-streaming http statistics",
         {Cleared::MetadataStreaming}},
        {"clear services security-metadata-streaming dns statistics", {}},
        {"clear services security-intelligence statistics", {Cleared::SecurityIntelligence}},
        {"clear services security-intelligence dns-statistics", {}},
        {"clear services advanced-anti-malware statistics", {Cleared::AntiMalware}},
        {"clear services dns-filtering cache fqdn a.example", {}},
    };
    for (const Case& c : cases) {
        backend_.cleared.clear();
        EXPECT_EQ(run(c.line), "") << c.line;
        EXPECT_EQ(backend_.cleared, c.expected) << c.line;
    }
}

TEST_F(OperationalTest, CountersAreShownSinceTheClearAndLedgersSinceTheStart) {
    control::Status& status = backend_.fixed;
    status.statistics.records_drained = 10;
    status.streaming_cleared = status.statistics;
    status.statistics.sessions_inspected += 5;
    status.statistics.counters[0].value += 5;
    status.profiles_cleared = status.profiles;
    status.profiles[0].dropped += 2;
    EXPECT_EQ(run("show services security-metadata-streaming statistics | match inspected"),
              "  Session inspected:     5\n");
    EXPECT_EQ(run("show services security-metadata-streaming statistics detail"
                  " | match \"sessions (recognised|-inspected)|sessions-inspected\""),
              "  Sessions recognised:                        15\n"
              "  Sessions recognised:                        15\n"
              "  sessions-inspected:                          5  sessions recognised\n")
        << "both ledgers begin with them";
    EXPECT_EQ(run("show services security-intelligence statistics | match drop"),
              "    Block drop sessions:      2\n");
    EXPECT_EQ(run("show services advanced-anti-malware statistics | match inspected"),
              "  Sessions inspected:                15\n")
        << "another clear";
}

metadata::Record blocked_record() {
    metadata::Record record;
    record.id = 42;
    record.start = sample_time(0);
    record.end = sample_time(0) + std::chrono::milliseconds(1500);
    record.client = {net::IpAddress::v4(10, 0, 1, 10), 40001};
    record.server = {net::IpAddress::v4(203, 0, 113, 5), 443};
    record.from_zone.assign("trust");
    record.to_zone.assign("untrust");
    record.policy.assign("web");
    record.visibility = metadata::Visibility::Certificate;
    record.action = metadata::Action::Block;
    record.reason = metadata::Reason::CertificateBlocklist;
    record.threat_level = 10;
    record.feed.assign("cc_cert_sha1");
    record.category.assign("Dridex C&C");
    record.client_hello.sni.assign("bad.example");
    record.server_hello.seen = true;
    record.server_hello.negotiated_version = 0x0303;
    record.certificate.seen = true;
    record.certificate.sha1.fill(0xab);
    record.traffic.packets = {7, 9};
    record.traffic.bytes = {900, 4200};
    return record;
}

TEST_F(OperationalTest, ASessionIsExplained) {
    metadata::CertificateSummary leaf;
    leaf.subject = "CN=bad.example";
    leaf.issuer = "CN=CA";
    backend_.recent.add(blocked_record(), &leaf);
    const std::string expected =
        "Session ID:             42\n"
        "State:                  end\n"
        "Start:                  2024-11-25 10:20:44 CET\n"
        "Duration:               1500 ms\n"
        "Client:                 10.0.1.10/40001\n"
        "Server:                 203.0.113.5/443\n"
        "Protocol:               tls\n"
        "From zone:              trust\n"
        "To zone:                untrust\n"
        "Policy:                 web\n"
        "Version:                TLS 1.2\n"
        "Server name:            bad.example\n"
        "Encrypted ClientHello:  no\n"
        "Looked up as:           N/A\n"
        "JA4:                    N/A\n"
        "Certificate SHA-1:      abababababababababababababababababababab\n"
        "Certificate subject:    CN=bad.example\n"
        "Certificate issuer:     CN=CA\n"
        "Packets out/in:         7/9\n"
        "Bytes out/in:           900/4200\n"
        "Visibility:             certificate\n"
        "Seen:                   the server's certificate crossed in clear and was compared with "
        "the lists\n"
        "Action:                 block\n"
        "Reason:                 certificate-blocklist\n"
        "Why:                    blocked: the certificate is in feed cc_cert_sha1 at threat level "
        "10 (Dridex C&C), and so says policy web\n";
    EXPECT_EQ(run("show services security-metadata-streaming session 42"), expected);
    EXPECT_EQ(run("show services security-metadata-streaming session eti1/b007/42"), expected);
    EXPECT_EQ(run("show services security-metadata-streaming sessions"),
              "Session ID  Client                  Server                  Visibility            "
              "Action    Name\n"
              "42          10.0.1.10/40001         203.0.113.5/443         certificate           "
              "block     bad.example\n"
              "Sessions shown: 1 of 1\n");
}

TEST_F(OperationalTest, WhatCannotBeDoneIsRefusedWithTheRemedy) {
    struct Case {
        const char* line;
        const char* start;
    };
    const Case cases[] = {
        {"show services security-metadata-streaming session 7",
         "error: session '7' is not among the last 0; show services "},
        {"show services security-metadata-streaming session x", "error: session 'x' is not"},
        {"show services security-metadata-streaming sessions count many",
         "error: Value many is not within range (0..100000)"},
        {"show services security-intelligence category detail category-name CC feed-name none",
         "error: category-name 'CC' has no feed 'none'; show "},
        {"request services security-intelligence uninstall", "error: feeds in force are not"},
        {"request services security-intelligence uninstall status", "error: feeds in force"},
        {"request services security-intelligence redirect-file add f", "error: sessions are not"},
        {"request services advanced-anti-malware enroll https://x", "error: there is no enrolment"},
        {"request services advanced-anti-malware data-connection test start 100",
         "error: there is no separate data connection"},
        {"request security dynamic-address update address-name X",
         "error: address-name 'X' is filled by no feed"},
        {"show security dynamic-address ip-start 10.0.0.300",
         "error: invalid value '10.0.0.300' in ip address: '10.0.0.300'"},
        {"show security dynamic-address family ipx",
         "error: family 'ipx' does not exist; use one "},
        {"show security flow session source-prefix x", "error: invalid value 'x' in ip prefix"},
        {"show security flow session protocol esp9", "error: protocol 'esp9' does not exist"},
        {"show security log report summary session all", "error: events are not kept"},
        {"show system security-profile security-metadata-streaming-policy", "error: this device"},
    };
    for (const Case& c : cases) {
        const Answer answer = ask(c.line);
        EXPECT_FALSE(answer.ok) << c.line;
        EXPECT_TRUE(answer.output.starts_with(c.start)) << c.line << ": " << answer.output;
    }
}

TEST_F(OperationalTest, FeedObjectsAreListedFromAStart) {
    std::vector<intel::CertificateEntry> entries(3);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        entries[i].sha1.fill(static_cast<uint8_t>(i + 1));
        entries[i].threat_level = 8;
    }
    backend_.fixed.blocklist = std::make_shared<const intel::Sha1Blocklist>(
        std::vector<intel::Sha1Blocklist::Source>{{"cc_cert_sha1", entries}});
    const std::string line =
        "show services security-intelligence category detail category-name CC feed-name "
        "cc_cert_sha1";
    EXPECT_TRUE(
        run(line).starts_with("Category name     :CC\n"
                              "  Description     :Certificates\n"
                              "  Update interval :60s\n"
                              "  TTL             :3456000s\n"
                              "  Feed name       :cc_cert_sha1\n"));
    EXPECT_EQ(run(line + " | match sha1: | count"), "Count: 3 lines\n");
    EXPECT_EQ(run(line + " start 2 count 1 | match sha1: | count"), "Count: 1 lines\n");
    EXPECT_NE(run(line).find("  { sha1:0101010101010101010101010101010101010101 "
                             "threat_level:8}\n"),
              std::string::npos);
}

TEST_F(OperationalTest, SessionsAreFiltered) {
    backend_.listing.sessions = {sample_session(1), sample_session(2), sample_session(3)};
    backend_.listing.sessions[1].client = {net::IpAddress::v4(10, 9, 9, 9), 50000};
    backend_.listing.sessions[2].protocol = 17;
    struct Case {
        const char* filter;
        const char* expected;
    };
    const Case cases[] = {
        {"source-prefix 10.9.0.0/16", "Total sessions: 1\n"},
        {"source-prefix 10.0.0.0/8", "Total sessions: 3\n"},
        {"destination-prefix 203.0.113.5", "Total sessions: 3\n"},
        {"source-port 50000", "Total sessions: 1\n"},
        {"destination-port 80", "Total sessions: 0\n"},
        {"protocol udp", "Total sessions: 1\n"},
        {"protocol 6 source-port 40001", "Total sessions: 1\n"},
        {"session-identifier 3", "Total sessions: 1\n"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(run(std::string("show security flow session ") + c.filter + " | match total"),
                  c.expected)
            << c.filter;
    }
    EXPECT_EQ(run("show security flow session summary protocol udp | match in-use"),
              "Sessions-in-use: 1\n");
}

TEST_F(OperationalTest, DiagnosticsPrintALineForEachCheck) {
    backend_.checks = {{"URL for advanced-anti-malware", true, "https://analysis.example:443"},
                       {"DNS of analysis.example", true, "192.0.2.7"},
                       {"TCP to port 443", false, "Connection refused; check that it runs"}};
    EXPECT_EQ(run("request services advanced-anti-malware diagnostics"),
              "Communicate with cloud...\n"
              "URL for advanced-anti-malware:        [OK]\n"
              "DNS of analysis.example:              [OK]\n"
              "TCP to port 443:                      [FAILED]\n"
              "    Connection refused; check that it runs\n"
              "The cloud link does not work: 1 check failed.\n");
    EXPECT_NE(run("request services advanced-anti-malware diagnostics other.example detail")
                  .find("    192.0.2.7\n"),
              std::string::npos);
    EXPECT_EQ(backend_.checked_host, "other.example");
}

TEST_F(OperationalTest, UptimeInterfacesAndLogStreams) {
    backend_.fixed.started = sample_time(-90'061);
    EXPECT_EQ(run("show system uptime"),
              "Current time: 2024-11-25 10:20:44 CET\n"
              "Protocols started: 2024-11-24 09:19:43 CET (1 day, 01:01:01 ago)\n");
    EXPECT_EQ(run("show interfaces terse"),
              "Interface               Admin Link  Port\n"
              "ge-0/0/0                up    up    af-packet veth0\n"
              "ge-0/0/1                up    down  af-packet veth1\n");
    backend_.fixed.log_streams = {{"siem", "tls", true, 2, 12, 1, {}}};
    EXPECT_EQ(run("show services openeti log-streams"),
              "Stream                  Transport  State      Sent       Queued     Dropped\n"
              "siem                    tls        up         12         2          1\n");
}

TEST_F(OperationalTest, InfectedHostsAreShownWithTheirReasons) {
    const Timestamp since = sample_time(0);
    backend_.fixed.infected_hosts =
        std::make_shared<const intel::InfectedHosts>(std::vector<intel::InfectedHost>{
            {*net::parse_ip("10.0.1.16"), 7, "beacon: regular traffic to one server", since,
             since + std::chrono::hours(24)},
            {*net::parse_ip("10.0.1.9"), 10, "", since, Timestamp{}}});
    EXPECT_EQ(run("show services openeti infected-hosts"),
              "Host                                     Level  Since                    Expires\n"
              "10.0.1.9                                 10     2024-11-25 10:20:44 CET  never\n"
              "    N/A\n"
              "10.0.1.16                                7      2024-11-25 10:20:44 CET  "
              "2024-11-26 10:20:44 CET\n"
              "    beacon: regular traffic to one server\n");
}

TEST_F(OperationalTest, PipesForTheClientAreNamedInTheAnswer) {
    const Answer answer = ask("show version | match Model | refresh 5 | tee \"a file\" | no-more");
    EXPECT_EQ(answer.output, "Model: openeti\n");
    ASSERT_TRUE(answer.file.has_value());
    EXPECT_EQ(answer.file->path, "a file");
    EXPECT_TRUE(answer.file->show);
    EXPECT_EQ(answer.refresh_seconds, 5U);
    EXPECT_FALSE(answer.pager);
}

TEST_F(OperationalTest, TheRemoteProcedureCallIsTheVendors) {
    EXPECT_EQ(run("show security dynamic-address category-name CC | display xml rpc"),
              "<rpc-reply xmlns:junos=\"http://xml.juniper.net/junos/24.4R1/junos\">\n"
              "    <rpc>\n"
              "        <get-security-dynamic-address>\n"
              "            <category-name>CC</category-name>\n"
              "        </get-security-dynamic-address>\n"
              "    </rpc>\n"
              "    <cli>\n"
              "        <banner></banner>\n"
              "    </cli>\n"
              "</rpc-reply>\n");
    EXPECT_EQ(run("request services security-intelligence download | display xml rpc | match dow"),
              "        <request-secintel-download></request-secintel-download>\n");
    EXPECT_EQ(backend_.refreshes, 0) << "asking for the call does not make it";
}

TEST_F(OperationalTest, FlatJsonHasNumbersAndLists) {
    const auto json = nlohmann::json::parse(
        run("show security dynamic-address category-name Infected-Hosts | display json flat"));
    const auto& table = json["security-dynamic-address"];
    EXPECT_EQ(table["da-ip-entry"][1]["da-ip-entry-idx"], 2);
    EXPECT_EQ(table["da-ip-entry-foot"]["da-total-count"], 2);
    const auto empty = nlohmann::json::parse(
        run("show security dynamic-address category-name GeoIP | display json flat"));
    EXPECT_EQ(empty["security-dynamic-address"]["da-ip-entry"], nlohmann::json::array());
}

}  // namespace
}  // namespace eti::cli
