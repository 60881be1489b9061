// The vendor's commands with their requests and replies in XML, and the documented samples of
// output that no other test shows.
#include "cli/commands/commands.h"
#include "eti/cli/interpreter.h"
#include "tests/support/fixed_backend.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

namespace eti::cli {
namespace {

class VendorCommandsTest : public testing::Test {
  protected:
    VendorCommandsTest() {
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
        EXPECT_TRUE(answer.ok) << line << ": " << answer.output;
        return answer.output;
    }

    FixedBackend backend_;
    Interpreter interpreter_{backend_};
};

struct Row {
    const char* command;
    const char* rpc;
    const char* reply;  // null: the vendor names none, or the command is refused here
};

// The table of the vendor's YANG, release 24.4R1, as far as it concerns this product.
const Row kRows[] = {
    {"show services security-metadata-streaming statistics", "get-security-metadata-statistics",
     "security-metadata-statistics"},
    {"show services security-metadata-streaming http statistics",
     "get-security-metadata-statistics", "security-metadata-statistics"},
    {"show services security-metadata-streaming whitelist",
     "get-security-metadata-streaming-whitelist", "security-dynamic-address"},
    {"show services security-metadata-streaming http whitelist",
     "get-security-metadata-streaming-whitelist", "security-dynamic-address"},
    {"show services security-metadata-streaming dns statistics",
     "get-security-metadata-dns-statistics", "sm-dns-statistics"},
    {"clear services security-metadata-streaming statistics",
     "clear-security-metadata-streaming-statistics", nullptr},
    {"clear services security-metadata-streaming http statistics",
     "clear-security-metadata-streaming-statistics", nullptr},
    {"clear services security-metadata-streaming dns statistics",
     "clear-security-metadata-streaming-dns-statistics", nullptr},
    {"show services security-intelligence statistics", "get-secintel-statistics",
     "secintel-statistics"},
    {"show services security-intelligence statistics profile cc-profile",
     "get-secintel-statistics-profile", "secintel-statistics"},
    {"show services security-intelligence category list", "get-secintel-category-list", nullptr},
    {"show services security-intelligence category summary", "get-secintel-category-summary",
     nullptr},
    {"show services security-intelligence category summary category-name CC",
     "get-secintel-category-summary", nullptr},
    {"show services security-intelligence category detail category-name CC feed-name cc_cert_sha1 "
     "start 1 count 2",
     "get-secintel-category-feed", nullptr},
    {"show services security-intelligence update status", "get-secintel-update-status", nullptr},
    {"show services security-intelligence recommended-action", "get-secintel-recommended-action",
     "secintel-recommended-action"},
    {"show services security-intelligence recommended-action category-name CC",
     "get-secintel-recommended-action", "secintel-recommended-action"},
    {"show services security-intelligence redirect-files", "get-secintel-redirect-files", nullptr},
    {"show services security-intelligence sec-profiling-feed status", "get-secintel-post-status",
     nullptr},
    {"show services security-intelligence dns-statistics", "get-dns-statistics", nullptr},
    {"show services security-intelligence dns-statistics profile t1", "get-dns-statistics-profile",
     nullptr},
    {"clear services security-intelligence statistics", "clear-secintel-statistics", nullptr},
    {"clear services security-intelligence dns-statistics", "clear-dns-statistics", nullptr},
    {"request services security-intelligence download", "request-secintel-download",
     "secintel-download"},
    {"request services security-intelligence download status", "request-secintel-download-status",
     nullptr},
    {"request services security-intelligence uninstall", "request-secintel-uninstall", nullptr},
    {"request services security-intelligence uninstall status", "request-secintel-uninstall-status",
     nullptr},
    {"request services security-intelligence redirect-file add F", "request-secintel-redirect-add",
     nullptr},
    {"request services security-intelligence redirect-file delete F",
     "request-secintel-redirect-delete", nullptr},
    {"show security dynamic-address category-name CC feed-name F address-name A ip-start 10.0.0.1 "
     "ip-end 10.0.0.2 family inet instance default",
     "get-security-dynamic-address", "security-dynamic-address"},
    {"show security dynamic-address summary instance geoip address-name A",
     "get-security-dynamic-address-summary", "security-dynamic-address"},
    {"request security dynamic-address update address-name A",
     "request-security-dynamic-address-update", nullptr},
    {"show services advanced-anti-malware status", "get-aamw-status", "aamw-status"},
    {"show services advanced-anti-malware statistics", "get-aamw-statistics", nullptr},
    {"show services advanced-anti-malware policy P", "get-aamw-policy", nullptr},
    {"show services advanced-anti-malware profile P", "get-aamw-profile", nullptr},
    {"show services advanced-anti-malware version", "get-aamw-version", nullptr},
    {"show services advanced-anti-malware redirect-files", "get-aamw-redirect-files", nullptr},
    {"show services advanced-anti-malware malware-database-statistics",
     "get-aamw-malware-database-statistics", nullptr},
    {"show services advanced-anti-malware dynamic-filter status",
     "get-dynamic-filtering-statistics", nullptr},
    {"clear services advanced-anti-malware statistics", "clear-aamw-statistics", nullptr},
    {"request services advanced-anti-malware enroll URL", "request-aamw-enrollment", nullptr},
    {"request services advanced-anti-malware disenroll URL", "request-aamw-disenrollment", nullptr},
    {"request services advanced-anti-malware diagnostics", "request-aamw-diagnostics", nullptr},
    {"request services advanced-anti-malware diagnostics HOST detail pre-detection",
     "request-aamw-diagnostics", nullptr},
    {"request services advanced-anti-malware diagnostics routing-instance R",
     "request-aamw-diagnostics", nullptr},
    {"request services advanced-anti-malware data-connection test start 4096",
     "start-aamw-conn-test", nullptr},
    {"request services advanced-anti-malware data-connection test status",
     "get-aamw-conn-test-status", nullptr},
    {"show services dns-filtering cache", "get-dns-filtering-cache", nullptr},
    {"show services dns-filtering cache summary", "get-dns-filtering-cache-summary", nullptr},
    {"show services dns-filtering cache c2", "get-dns-filtering-cache-c2", nullptr},
    {"show services dns-filtering cache benign", "get-dns-filtering-cache-benign", nullptr},
    {"clear services dns-filtering cache fqdn F", "clear-dns-filtering-cache", nullptr},
    {"show system security-profile security-metadata-streaming-policy detail",
     "get-security-profile-sms-policy-information", nullptr},
    {"show system commit include-configuration-revision", "get-commit-information", nullptr},
    {"show system rollback compare 1 0", "get-rollback-information", nullptr},
};

TEST_F(VendorCommandsTest, EveryCommandHasItsRequest) {
    for (const Row& row : kRows) {
        const std::string call = run(std::string(row.command) + " | display xml rpc");
        EXPECT_TRUE(call.find("    <rpc>\n        <" + std::string(row.rpc) + ">") !=
                    std::string::npos)
            << row.command << ": " << call;
    }
}

TEST_F(VendorCommandsTest, RepliesAreInTheirContainers) {
    for (const Row& row : kRows) {
        if (row.reply == nullptr) {
            continue;
        }
        const std::string start =
            "<rpc-reply xmlns:junos=\"http://xml.juniper.net/junos/24.4R1/junos\">\n    <" +
            std::string(row.reply) + " xmlns=\"http://xml.juniper.net/junos/24.4R1/junos-";
        const std::string end = "    <cli>\n        <banner></banner>\n    </cli>\n</rpc-reply>\n";
        const std::string xml = run(std::string(row.command) + " | display xml");
        EXPECT_TRUE(xml.starts_with(start)) << row.command << ": " << xml;
        EXPECT_TRUE(xml.ends_with(end)) << row.command << ": " << xml;
    }
}

TEST_F(VendorCommandsTest, OtherSystemsAreRefusedByName) {
    for (const char* word :
         {"logical-system L", "tenant T", "root-logical-system", "all-logical-systems-tenants"}) {
        const Answer answer =
            ask("show services security-metadata-streaming statistics " + std::string(word));
        EXPECT_FALSE(answer.ok);
        EXPECT_EQ(answer.output,
                  "syntax error, this device has no logical systems and no tenants.\n");
        EXPECT_EQ(answer.column, 53U) << word;
    }
}

TEST_F(VendorCommandsTest, ElementsOfDnsStatistics) {
    const std::string xml =
        run("show services security-metadata-streaming dns statistics | display xml");
    for (const char* name : {"cache-hits",
                             "cache-misses",
                             "c2-sessions-permitted",
                             "c2-sessions-dropped",
                             "c2-sessions-sinkholed",
                             "domain-submission-success",
                             "domain-submission-failures",
                             "safe-verdicts-received",
                             "c2-verdicts-received",
                             "dns-tunnels-detected",
                             "latency-fallback-triggered",
                             "average-latency",
                             "maximum-latency",
                             "minimum-latency",
                             "sub50ms-response",
                             "sub50ms-response-percent",
                             "sub100ms-response",
                             "sub100ms-response-percent",
                             "sub250ms-response",
                             "sub250ms-response-percent",
                             "sub500ms-response",
                             "sub500ms-response-percent"}) {
        EXPECT_NE(xml.find("<sm-dns-statistics-" + std::string(name) + ">0</"), std::string::npos)
            << name;
    }
}

TEST_F(VendorCommandsTest, ElementsOfTablesAndStatistics) {
    const struct {
        const char* line;
        std::vector<std::string> elements;
    } cases[] = {
        {"show security dynamic-address",
         {"da-ip-entry", "da-ip-entry-idx", "da-ip-start", "da-ip-end", "da-feed-name", "da-name",
          "da-ip-entry-foot", "da-inst-name", "da-total-count"}},
        {"show security dynamic-address summary", {"da-instance-name"}},
        {"show services security-metadata-streaming whitelist",
         {"da-ip-entry", "da-ip-entry-idx", "da-ip-start", "da-ip-end", "da-feed-name", "da-name"}},
        {"show services security-intelligence statistics",
         {"secintel-statistics-category", "secintel-statistics-profile",
          "secintel-statistics-total", "secintel-statistics-permit",
          "secintel-statistics-block-drop", "secintel-statistics-block-close",
          "secintel-statistics-close-redirect", "secintel-statistics-rs-permit"}},
        {"request services security-intelligence download", {"secintel-download-result"}},
        {"show security forward-options secure-wire",
         {"secure-wire-name", "interface-name", "link-state", "interface2-name", "link2-state"}},
    };
    for (const auto& c : cases) {
        const std::string xml = run(std::string(c.line) + " | display xml");
        for (const std::string& element : c.elements) {
            EXPECT_NE(xml.find("<" + element + ">"), std::string::npos)
                << c.line << ": " << element;
        }
    }
}

// The overview page prints 192 0.5.0 and single blanks; the address is mended and the columns are
// those of the dynamic address table.
TEST_F(VendorCommandsTest, OverviewPageWhitelistWordForWord) {
    const std::string text = run("show services security-metadata-streaming whitelist");
    std::string collapsed;
    for (const char c : text) {
        if (c != ' ' || (!collapsed.empty() && collapsed.back() != ' ')) {
            collapsed += c;
        }
    }
    EXPECT_EQ(collapsed,
              "No. IP-start IP-end Feed Address\n"
              "1 192.0.5.0 192.0.5.1 eta_custom_whitelist ID-80001400\n");
    const std::string header = text.substr(0, text.find('\n'));
    EXPECT_EQ(header.find("IP-start"), 8U);
    EXPECT_EQ(header.find("IP-end"), 29U);
    EXPECT_EQ(header.find("Feed"), 50U);
    EXPECT_EQ(header.find("Address"), 67U);
}

TEST_F(VendorCommandsTest, LongNamesPushTheNextColumnAndAreNeverCut) {
    backend_.fixed.infected_hosts =
        std::make_shared<const intel::InfectedHosts>(std::vector<intel::InfectedHost>{
            {*net::parse_ip("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"), 10, "why", {}, {}}});
    EXPECT_EQ(run("show security dynamic-address category-name Infected-Hosts"),
              "No.     IP-start             IP-end               Feed             Address\n"
              "1       2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff "
              "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff Infected-Hosts/1 ID-fffc181a\n"
              "\n"
              "Instance default Total number of matching entries: 1\n");
}

TEST_F(VendorCommandsTest, SummaryOfAFeedIsTheDevicesSample) {
    uplink::FeedInfo feed = sample_feed();
    feed.name = "demo_dnsf_t1";
    backend_.fixed.categories = {{"DNS", "DNS sinkhole", true, {feed}}};
    EXPECT_EQ(run("show services security-intelligence category summary category-name DNS"),
              "Category name     :DNS\n"
              "  Status          :Enable\n"
              "  Description     :DNS sinkhole\n"
              "  Update interval :60s\n"
              "  TTL             :3456000s\n"
              "  Feed name       :demo_dnsf_t1\n"
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

TEST_F(VendorCommandsTest, MonitorsAreShowCommandsThatAreRunAgain) {
    const std::pair<const char*, const char*> cases[] = {
        {"monitor services security-metadata-streaming statistics",
         "show services security-metadata-streaming statistics"},
        {"monitor services security-metadata-streaming sessions",
         "show services security-metadata-streaming sessions"},
        {"monitor services security-intelligence statistics profile cc-profile",
         "show services security-intelligence statistics profile cc-profile"},
        {"monitor services advanced-anti-malware status",
         "show services advanced-anti-malware status"},
        {"monitor security flow session protocol tcp", "show security flow session protocol tcp"},
    };
    for (const auto& [monitor, show] : cases) {
        const Answer once = ask(show);
        const Answer again = ask(monitor);
        EXPECT_EQ(again.output, once.output) << monitor;
        EXPECT_EQ(again.refresh_seconds, 1U) << monitor;
        EXPECT_EQ(once.refresh_seconds, 0U) << show;
    }
    EXPECT_EQ(ask("monitor interface traffic | refresh 7").refresh_seconds, 7U);
    EXPECT_EQ(run("monitor interface traffic"),
              "Interface       Link  Input packets       Output packets\n"
              "ge-0/0/0        Up    0                   0\n"
              "ge-0/0/1        Down  0                   0\n");
}

}  // namespace
}  // namespace eti::cli
