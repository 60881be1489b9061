// The vendor's layouts, character for character.
#include "eti/cli/interpreter.h"
#include "tests/support/fixed_backend.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>
#include <time.h>

namespace eti::cli {
namespace {

class LayoutTest : public testing::Test {
  protected:
    LayoutTest() {
        ::setenv("TZ", "CET-1", 1);
        ::tzset();
    }
    std::string run(const std::string& line) {
        std::string output = "no answer";
        interpreter_.execute(line, sample_caller(), [&](const Answer& answer) {
            EXPECT_TRUE(answer.ok) << answer.output;
            output = answer.output;
        });
        return output;
    }

    FixedBackend backend_;
    Interpreter interpreter_{backend_};
};

constexpr char kStatistics[] =
    "Security Metadata Streaming session statistics:\n"
    "  Session inspected:    10\n"
    "  Session whitelisted:   0\n"
    "  Session detected:      6\n"
    "\n"
    "Security Metadata Streaming submission statistics:\n"
    "  Records submission success:         8\n"
    "  Records submission failure:         2\n";

TEST_F(LayoutTest, StatisticsAndItsAlias) {
    EXPECT_EQ(run("show services security-metadata-streaming statistics"), kStatistics);
    EXPECT_EQ(run("show services security-metadata-streaming http statistics"), kStatistics);
}

TEST_F(LayoutTest, LargeStatisticsStayInOneColumn) {
    backend_.fixed.statistics.sessions_whitelisted = 1'234'567;
    EXPECT_EQ(run("show services security-metadata-streaming statistics | match session"),
              "Security Metadata Streaming session statistics:\n"
              "  Session inspected:        10\n"
              "  Session whitelisted: 1234567\n"
              "  Session detected:          6\n");
}

TEST_F(LayoutTest, StatisticsDetailAddsLedgersSharesAndCounters) {
    control::StatisticsStatus& s = backend_.fixed.statistics;
    s.sessions_whitelisted = 3;
    s.records_drained = 12;
    s.records_ring_full = 1;
    s.counters.push_back({"ended-certificate", "sessions that ended: certificate seen", 6});
    s.counters.push_back({"ended-tls13", "sessions that ended: certificate hidden", 2});
    s.sessions = {.ended = 8, .acknowledged = 4, .waiting = 1, .rejected = 1};
    backend_.fixed.link.restored_sessions = 1;
    backend_.fixed.link.spooled_sessions = 2;
    backend_.fixed.link.in_flight_sessions = 1;
    backend_.fixed.link.restored_records = 4;
    backend_.fixed.link.spooled_records = 5;
    backend_.fixed.link.in_flight_records = 1;
    const std::string text = run("show services security-metadata-streaming statistics detail");
    EXPECT_EQ(text.substr(text.find("\nSession ledger")),
              "\n"
              "Session ledger since the daemon's start:\n"
              "  Sessions recognised:                        13\n"
              "  Sessions whitelisted:                        3\n"
              "  Sessions ended, certificate:                 6\n"
              "  Sessions ended, tls13:                       2\n"
              "  Sessions open:                               2\n"
              "  Sum:                                        13\n"
              "  Difference:                                  0\n"
              "\n"
              "Submission ledger in sessions:\n"
              "  Sessions recognised:                        13\n"
              "  Sessions of earlier runs:                    1\n"
              "  Sessions open:                               2\n"
              "  Sessions whitelisted:                        3\n"
              "  Sessions acknowledged:                       4\n"
              "  Sessions waiting for a batch:                1\n"
              "  Sessions in flight:                          1\n"
              "  Sessions spooled:                            2\n"
              "  Sessions lost, rejected:                     1\n"
              "  Sessions lost, spool full:                   0\n"
              "  Sessions lost, spool corrupt:                0\n"
              "  Sessions lost, ring full:                    0\n"
              "  Sum:                                        14\n"
              "  Difference:                                  0\n"
              "\n"
              "Record ledger since the daemon's start:\n"
              "  Records made:                               13\n"
              "  Records of earlier runs:                     4\n"
              "  Records acknowledged:                        8\n"
              "  Records waiting for a batch:                 0\n"
              "  Records in flight:                           1\n"
              "  Records spooled:                             5\n"
              "  Records lost, rejected:                      2\n"
              "  Records lost, spool full:                    0\n"
              "  Records lost, spool corrupt:                 0\n"
              "  Records lost, ring full:                     1\n"
              "  Sum:                                        17\n"
              "  Difference:                                  0\n"
              "\n"
              "Visibility of ended sessions:\n"
              "  certificate:                                 6   75.0 %\n"
              "  tls13:                                       2   25.0 %\n"
              "\n"
              "Counters:\n"
              "  sessions-inspected:                         10  sessions recognised\n"
              "  ended-certificate:                           6  sessions that ended: certificate "
              "seen\n"
              "  ended-tls13:                                 2  sessions that ended: certificate "
              "hidden\n");
    s.records_drained = 10;  // two records that nobody accounts for are not hidden
    EXPECT_EQ(run("show services security-metadata-streaming statistics detail | match diff"),
              "  Difference:                                  0\n"
              "  Difference:                                  0\n"
              "  Difference:                                  2\n");
}

TEST_F(LayoutTest, WhitelistUsesTheAddressTableWithoutFooter) {
    const std::string expected =
        "No.     IP-start             IP-end               Feed             Address\n"
        "1       192.0.5.0            192.0.5.1            eta_custom_whitelist ID-80001400\n";
    EXPECT_EQ(run("show services security-metadata-streaming whitelist"), expected);
    EXPECT_EQ(run("show services security-metadata-streaming http whitelist"), expected);
    EXPECT_EQ(run("show services security-metadata-streaming whitelist detail"),
              expected +
                  "\n"
                  "No.     Kind                 Feed                 Value\n"
                  "1       hostname             eta_custom_whitelist .example.org\n");
}

TEST_F(LayoutTest, DynamicAddressIsTheVendorsSample) {
    EXPECT_EQ(run("show security dynamic-address category-name Infected-Hosts"),
              "No.     IP-start             IP-end               Feed             Address\n"
              "1       10.0.1.10            10.0.1.10            Infected-Hosts/1 ID-fffc181a\n"
              "2       10.1.1.10            10.1.1.10            Infected-Hosts/1 ID-fffc181a\n"
              "\n"
              "Instance default Total number of matching entries: 2\n");
}

TEST_F(LayoutTest, DynamicAddressSelectsByCategoryAndFeed) {
    EXPECT_EQ(run("show security dynamic-address | match /1 | count"), "Count: 2 lines\n");
    EXPECT_EQ(run("show security dynamic-address | match ID- | count"), "Count: 3 lines\n");
    EXPECT_EQ(run("show security dynamic-address category-name GeoIP | match ID- | count"),
              "Count: 0 lines\n");
    EXPECT_EQ(run("show security dynamic-address feed-name Infected-Hosts | match ID- | count"),
              "Count: 2 lines\n");
    EXPECT_EQ(run("show security dynamic-address ip-start 10.0.1.11 ip-end 10.255.0.0 | match ID-"),
              "1       10.1.1.10            10.1.1.10            Infected-Hosts/1 ID-fffc181a\n");
    EXPECT_EQ(run("show security dynamic-address family inet6 | match ID- | count"),
              "Count: 0 lines\n");
    EXPECT_EQ(run("show security dynamic-address instance geoip | match ID- | count"),
              "Count: 0 lines\n");
    EXPECT_EQ(run("show security dynamic-address address-name ID-80001400 | match ID- | count"),
              "Count: 1 lines\n");
    EXPECT_EQ(run("show security dynamic-address summary instance default"),
              "Instance Name                              : default\n"
              "    Total number of IPv4 entries           : 3\n"
              "    Total number of IPv4 entries from feed : 3\n"
              "    Total number of IPv6 entries           : 0\n"
              "    Total number of IPv6 entries from feed : 0\n"
              "\n"
              "Feed                                       : CC / cc_cert_sha1\n"
              "    Total entries                          : 10\n"
              "    Total updates                          : 0\n"
              "    Errors                                 : 0\n"
              "    Last error                             : N/A\n"
              "    Last update                            : 2024-11-25 09:40:27 CET\n"
              "    Last update status                     : Store succeeded\n"
              "    Next update                            : 2024-11-25 09:41:27 CET\n"
              "    Next expire                            : 2025-01-04 09:33:50 CET\n");
}

TEST_F(LayoutTest, CategorySummaryIsTheVendorsSample) {
    EXPECT_EQ(run("show services security-intelligence category summary"),
              "Category name     :CC\n"
              "  Status          :Enable\n"
              "  Description     :Certificates\n"
              "  Update interval :60s\n"
              "  TTL             :3456000s\n"
              "  Feed name       :cc_cert_sha1\n"
              "    logical-system:root-logical-system\n"
              "    Vrf name      :N/A\n"
              "    Version       :20241125.0\n"
              "    Objects number:10\n"
              "    Create time   :2024-11-25 09:33:50 CET\n"
              "    Update time   :2024-11-25 09:40:27 CET\n"
              "    Update status :Store succeeded\n"
              "    Expired       :No\n"
              "    Status        :Active\n"
              "    Options       :N/A\n");
}

TEST_F(LayoutTest, AnExpiredFeedSaysSo) {
    backend_.fixed.now = backend_.fixed.categories[0].feeds[0].expires;
    EXPECT_EQ(run("show services security-intelligence category summary | match expired"),
              "    Expired       :Yes\n");
}

TEST_F(LayoutTest, AntiMalwareStatusIsTheVendorsSampleThenOurRings) {
    EXPECT_EQ(run("show services advanced-anti-malware status"),
              "Server connection status:\n"
              "  Server hostname: analysis.example\n"
              "  Server realm: default\n"
              "  Server port: 443\n"
              "  Proxy hostname: None\n"
              "  Proxy port: None\n"
              "    Control Plane:\n"
              "      Connection time: 2024-11-25 10:20:44 CET\n"
              "      Connection status: Connected\n"
              "    Service Plane:\n"
              "      master\n"
              "        Connection active number: 1\n"
              "        Connection retry statistics: 1\n"
              "      worker 0\n"
              "        Record ring: 3 of 4095 slots used\n"
              "        Certificate ring: 0 of 255 slots used\n"
              "      outbox\n"
              "        Records in flight: 0\n"
              "        Spooled: 0 records in 0 batches, 0 bytes\n");
}

TEST_F(LayoutTest, ALostConnectionShowsTheReason) {
    backend_.fixed.link.connected = false;
    backend_.fixed.link.last_error = "connection refused; start the service";
    EXPECT_EQ(run("show services advanced-anti-malware status | match \"status:|error|time\""),
              "Server connection status:\n"
              "      Connection time: N/A\n"
              "      Connection status: Not connected\n"
              "      Last error: connection refused; start the service\n");
}

TEST_F(LayoutTest, AFullDiskShowsWhileConnected) {
    backend_.fixed.link.last_error = "cannot write; free space on that disk";
    EXPECT_EQ(run("show services advanced-anti-malware status | match \"status:|error\""),
              "Server connection status:\n"
              "      Connection status: Connected\n"
              "      Last error: cannot write; free space on that disk\n");
}

TEST_F(LayoutTest, FlowSessionIsTheVendorsSample) {
    metadata::SessionView view = sample_session(1627);
    view.protocol = 1;
    view.timeout_seconds = 20;
    view.client = {net::IpAddress::v4(10, 0, 1, 10), 1};
    view.server = {net::IpAddress::v4(10, 0, 2, 10), 3863};
    view.client_port_index = 1;
    view.policy.assign("finance-web-to-db");
    view.packets = {1, 0};
    view.bytes = {84, 0};
    backend_.listing.sessions = {view};
    backend_.fixed.policies = {"a", "b", "c", "d", "finance-web-to-db"};
    backend_.fixed.wires = {{"W", {"ge-0/0/2", "ge-0/0/1"}}};
    EXPECT_EQ(run("show security flow session"),
              "Session ID: 1627, Policy name: finance-web-to-db/5, Timeout: 20, Valid\n"
              "  In: 10.0.1.10/1 --> 10.0.2.10/3863;icmp, Conn Tag: 0x0, If: ge-0/0/1.0, "
              "Pkts: 1, Bytes: 84,\n"
              "  Out: 10.0.2.10/3863 --> 10.0.1.10/1;icmp, Conn Tag: 0x0, If: ge-0/0/2.0, "
              "Pkts: 0, Bytes: 0,\n"
              "Total sessions: 1\n");
}

TEST_F(LayoutTest, SessionsAreOrderedAndCounted) {
    backend_.listing.sessions = {sample_session(9), sample_session(3)};
    backend_.listing.sessions[0].blocked = true;
    EXPECT_EQ(run("show security flow session | match \"ID|Total\""),
              "Session ID: 3, Policy name: web/1, Timeout: 1799, Valid\n"
              "Session ID: 9, Policy name: web/1, Timeout: 1799, Blocked\n"
              "Total sessions: 2\n");
    EXPECT_EQ(run("show security flow session summary"),
              "Sessions-in-use: 2\n"
              "  Valid sessions: 1\n"
              "  Blocked sessions: 1\n"
              "Maximum-sessions: 65536\n");
}

TEST_F(LayoutTest, SecureWireAndVersion) {
    EXPECT_EQ(run("show security forward-options secure-wire"),
              "Secure wire                     Interface       Link    Interface       Link\n"
              "W                               ge-0/0/0.0      up      ge-0/0/1.0      down\n"
              "Total secure wires: 1\n");
    EXPECT_EQ(run("show version"), "Hostname: eti1\nModel: openeti\nVersion: 0.1.0\n");
}

TEST_F(LayoutTest, SecIntelStatistics) {
    EXPECT_EQ(run("show services security-intelligence statistics"),
              "Category CC:\n"
              "  Profile cc-profile:\n"
              "    Total processed sessions: 4\n"
              "    Permit sessions:          0\n"
              "    Block drop sessions:      3\n"
              "    Block close sessions:     1\n"
              "    Close redirect sessions:  0\n");
}

TEST_F(LayoutTest, DownloadAnswersAtOnceAndPointsToItsStatus) {
    EXPECT_EQ(run("request services security-intelligence download"),
              "Please use command\n"
              "        \"request services security-intelligence download status\" to check "
              "download status\n");
    EXPECT_EQ(backend_.refreshes, 1);
    EXPECT_EQ(run("request services security-intelligence download status"),
              "Current action         :None\n"
              "Last update status     :Store succeeded\n"
              "Last connection status :Succeeded\n"
              "Last update time       :2024-11-25 09:40:27 CET\n");
}

TEST_F(LayoutTest, JsonWrapsEveryValueAsTheVendorDoes) {
    const auto table = nlohmann::json::parse(
        run("show security dynamic-address category-name Infected-Hosts | display json"));
    const auto& entries = table["security-dynamic-address"][0]["da-ip-entry"];
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0]["da-ip-start"][0]["data"], "10.0.1.10");
    EXPECT_EQ(entries[1]["da-ip-entry-idx"][0]["data"], "2");
    EXPECT_EQ(
        table["security-dynamic-address"][0]["da-ip-entry-foot"][0]["da-total-count"][0]["data"],
        "2");
    const auto statistics = nlohmann::json::parse(
        run("show services security-metadata-streaming statistics | display json"));
    EXPECT_EQ(statistics["security-metadata-statistics"][0]["session-inspected"][0]["data"], "10");
}

TEST_F(LayoutTest, XmlEscapesWhatFeedsBring) {
    backend_.fixed.categories[0].feeds[0].status = "a<b>&\"\x01";
    const std::string xml = run(
        "show services security-intelligence category summary | display xml | match update-status");
    EXPECT_EQ(xml, "                <update-status>a&lt;b&gt;&amp;&quot;?</update-status>\n");
}

}  // namespace
}  // namespace eti::cli
