// The CSV feeds and plain lists, in every form they are published.
#include "eti/feeds/import.h"

#include <gtest/gtest.h>

namespace eti::analysis {
namespace {

constexpr const char* kSha1 = "408696c2824d4c8ab6f6a9ca3680a190c5761630";
constexpr int64_t kListed = 1693599715;  // 2023-09-01 20:21:55

Indicator certificate(std::string reason, int64_t listed) {
    Indicator result;
    result.value = kSha1;
    result.reason = std::move(reason);
    result.listed_s = listed;
    return result;
}

Indicator server(std::string ip, uint16_t port, std::string reason, int64_t listed) {
    Indicator result;
    result.kind = IndicatorKind::Server;
    result.value = std::move(ip);
    result.port = port;
    result.reason = std::move(reason);
    result.listed_s = listed;
    return result;
}

TEST(ImportCsv, reads_every_variant_of_the_certificate_list) {
    struct Case {
        const char* why;
        std::string text;
        Indicator expected;
    };
    const std::string sha1 = kSha1;
    const Case cases[] = {
        {"canonical, CRLF",
         "# Listingdate,SHA1,Listingreason\r\n2023-09-01 20:21:55," + sha1 +
             ",Fabookie C&C\r\n# END (1) entries\r\n",
         certificate("Fabookie C&C", kListed)},
        {"upper case, a blank before the reason, prose after the header",
         "# Listingdate,SHA1,Listingreason\n#The first entry, and only it, is fake\n"
         "2023-09-01 20:21:55,408696C2824D4C8AB6F6A9CA3680A190C5761630, Fake\n",
         certificate("Fake", kListed)},
        {"byte order mark, another order of columns, US date",
         "\xef\xbb\xbfSHA1,ListingReason,ListingDate\r\n" + sha1 + ",Orcus C&C,9/1/2023 20:21\r\n",
         certificate("Orcus C&C", kListed - 55)},
        {"no header, no last line end", "2023-09-01 20:21:55," + sha1 + ",Dridex C&C",
         certificate("Dridex C&C", kListed)},
        {"a reason in quotes, with a comma in it",
         "# Listingdate,SHA1,Listingreason\n\"2023-09-01 20:21:55\", \"" + sha1 +
             "\", \"Dridex, Gozi\"\n",
         certificate("Dridex  Gozi", kListed)},
        {"a plain list with colons",
         "40:86:96:c2:82:4d:4c:8a:b6:f6:a9:ca:36:80:a1:90:c5:76:16:30\n", certificate("", 0)},
        {"a plain list with a remark", sha1 + "  # seen at the proxy\n", certificate("", 0)},
    };
    for (const Case& c : cases) {
        const ImportedFeed feed = import_csv(c.text);
        EXPECT_EQ(feed.error, "") << c.why;
        EXPECT_EQ(feed.rejected_count, 0U) << c.why;
        ASSERT_EQ(feed.indicators.size(), 1U) << c.why;
        EXPECT_EQ(feed.indicators[0], c.expected) << c.why << ": " << feed.indicators[0].reason;
    }
}

TEST(ImportCsv, reads_addresses_with_and_without_ports) {
    const ImportedFeed list =
        import_csv("Firstseen,DstIP,DstPort\r\n2023-09-01 20:21:55,192.0.2.1,5200");
    ASSERT_EQ(list.indicators.size(), 1U);
    EXPECT_EQ(list.indicators[0], server("192.0.2.1", 5200, "", kListed));

    const ImportedFeed old = import_csv("# DstIP,DstPort\n192.0.2.1,443,URLzone C&C\n");
    ASSERT_EQ(old.indicators.size(), 1U) << old.error;
    EXPECT_EQ(old.indicators[0], server("192.0.2.1", 443, "URLzone C&C", 0));

    const ImportedFeed feodo = import_csv(
        "# comment\n\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"c2_status\",\"last_online\","
        "\"malware\"\n\"2023-09-01 20:21:55\",\"192.0.2.9\",\"1194\",\"online\",\"2024-04-01\","
        "\"Pikabot\"\n# END 1 entries");
    ASSERT_EQ(feodo.indicators.size(), 1U) << feodo.error;
    EXPECT_EQ(feodo.indicators[0], server("192.0.2.9", 1194, "Pikabot", kListed));

    const ImportedFeed plain =
        import_csv("192.0.2.1\n192.0.2.2:8443\n2001:DB8::1\n[2001:db8::2]:443\nc2.example.org\n");
    ASSERT_EQ(plain.indicators.size(), 5U) << plain.error;
    EXPECT_EQ(plain.indicators[1], server("192.0.2.2", 8443, "", 0));
    EXPECT_EQ(plain.indicators[2], server("2001:db8::1", 0, "", 0));
    EXPECT_EQ(plain.indicators[3], server("2001:db8::2", 443, "", 0));
    EXPECT_EQ(plain.indicators[4].kind, IndicatorKind::Domain);
}

TEST(ImportCsv, reads_threatfox_with_15_and_14_columns) {
    const std::string before =
        "# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"threat_type\",\"fk_malware\","
        "\"malware_alias\",\"malware_printable\",\"last_seen_utc\",\"confidence_level\",";
    const std::string row =
        "\"2023-09-01 20:21:55\", \"1\", \"192.0.2.1:5555\", \"ip:port\", \"botnet_cc\", "
        "\"win.cobalt_strike\", \"Agentemis,BEACON\", \"Cobalt Strike\", \"\", \"75\", ";
    const std::string url =
        "\"2023-09-01 20:21:55\", \"2\", \"https://x.example/p?q=a,b\", \"url\", \"payload\", "
        "\"win.vidar\", \"None\", \"Vidar\", \"\", \"75\", \"https://y.example/\", \"a\", \"1\", "
        "\"z\"\n";
    for (const bool newer : {true, false}) {
        const std::string text = before + (newer ? "\"is_compromised\"," : "") +
                                 "\"reference\",\"tags\",\"anonymous\",\"reporter\"\n" + row +
                                 (newer ? "\"False\", " : "") +
                                 "\"https://ref.example/1\", \"a,b\", \"0\", \"abuse_ch\"\n" + url +
                                 "# Number of entries: 2\n";
        const ImportedFeed feed = import_csv(text);
        EXPECT_EQ(feed.error, "");
        ASSERT_EQ(feed.indicators.size(), 1U);
        Indicator expected = server("192.0.2.1", 5555, "Cobalt Strike", kListed);
        expected.level = 8;
        expected.reference = "https://ref.example/1";
        EXPECT_EQ(feed.indicators[0], expected);
        EXPECT_EQ(feed.ignored, 1U);
        EXPECT_EQ(feed.rejected_count, 0U);
    }
}

TEST(ImportCsv, names_each_bad_line_and_keeps_the_good_ones) {
    const ImportedFeed feed = import_csv(
        "# DstIP,DstPort\n192.0.2.1,443\n192.0.2.300,443\n192.0.2.2,70000\n192.0.2.0/24\n"
        "192.0.2.3,80\n");
    EXPECT_EQ(feed.error, "");
    EXPECT_EQ(feed.indicators.size(), 2U);
    ASSERT_EQ(feed.rejected_count, 3U);
    EXPECT_EQ(feed.rejected[0].line, 3U);
    EXPECT_EQ(feed.rejected[1].line, 4U);
    EXPECT_NE(feed.rejected[1].why.find("port"), std::string::npos);
    EXPECT_EQ(feed.rejected[2].line, 5U);
}

TEST(ImportCsv, refuses_what_is_cut_or_empty) {
    const std::string row = "2023-09-01 20:21:55," + std::string(kSha1) + ",Dridex C&C\n";
    struct Case {
        const char* why;
        std::string text;
        const char* sentence;
    };
    const Case cases[] = {
        {"nothing", "", "empty"},
        {"blanks", " \r\n", "nothing to match"},
        {"a page of HTML", "<html><body>busy</body></html>\n", "nothing to match"},
        {"fewer rows than declared", row + "# END (2) entries\n", "declares 2"},
        {"fewer rows than declared, without brackets", row + "# END 2 entries", "declares 2"},
        {"the banner, and no END", "# abuse.ch SSLBL SSL Certificate Blacklist #\n" + row,
         "truncated"},
        {"a header alone", "Firstseen,DstIP,DstPort\r\n", "nothing to match"},
    };
    for (const Case& c : cases) {
        const ImportedFeed feed = import_csv(c.text);
        EXPECT_NE(feed.error.find(c.sentence), std::string::npos) << c.why << ": " << feed.error;
        EXPECT_TRUE(feed.indicators.empty()) << c.why;
    }
    EXPECT_NE(import_csv(row, {10, 10}).error.find("bytes"), std::string::npos);
    EXPECT_NE(import_csv(row + row, {1000, 1}).error.find("entries"), std::string::npos);
}

TEST(ImportCsv, takes_a_file_of_ignored_rows_alone) {
    const ImportedFeed feed =
        import_csv("# \"ioc_value\",\"ioc_type\"\n\"https://x.example\", \"url\"\n");
    EXPECT_EQ(feed.error, "");
    EXPECT_EQ(feed.ignored, 1U);
}

TEST(ListingTime, reads_the_forms_of_the_feeds) {
    for (const char* text : {"2023-09-01 20:21:55", "2023-09-01T20:21:55Z", "1693599715",
                             "2023-09-01 20:21:55 UTC", "2023-09-01T20:21:55.123Z"}) {
        EXPECT_EQ(listing_seconds(text), kListed) << text;
    }
    EXPECT_EQ(listing_seconds("12/22/2023 6:58"), 1703228280);
    EXPECT_EQ(listing_seconds("2023-09-01"), 1693526400);
    EXPECT_EQ(listing_text(kListed), "2023-09-01 20:21:55");
    for (const char* text : {"", "2023-02-30", "13/01/2023", "yesterday", "2023-09-01 25:00:00",
                             "-5", "1693599715x", "99999999999999999999"}) {
        EXPECT_FALSE(listing_seconds(text)) << text;
    }
}

}  // namespace
}  // namespace eti::analysis
