#include "eti/base/hex.h"
#include "eti/intel/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace eti::intel {
namespace {

constexpr std::string_view kOne = "408696c2824d4c8ab6f6a9ca3680a190c5761630";
constexpr std::string_view kTwo = "0ddb34f875632c7e1ec09d75827f82d2336dfeb6";
constexpr std::string_view kLong =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// described writes a feed's entries as "sha1=reason" lines, in order.
std::string described(const CertificateFeed& feed) {
    std::string text;
    for (const CertificateEntry& entry : feed.entries) {
        text += to_hex(entry.sha1) + "=" + entry.reason + "\n";
    }
    for (const Sha256Entry& entry : feed.sha256_entries) {
        text += to_hex(entry.sha256) + "=" + entry.reason + "\n";
    }
    return text;
}

std::string both(std::string_view first_reason, std::string_view second_reason) {
    return std::string(kOne) + "=" + std::string(first_reason) + "\n" + std::string(kTwo) + "=" +
           std::string(second_reason) + "\n";
}

TEST(CertificateFeed, reads_every_known_form) {
    const std::string one(kOne);
    const std::string two(kTwo);
    struct Case {
        const char* why;
        std::string text;
        std::string expected;
    };
    const Case cases[] = {
        {"carriage returns, commented header, END line",
         "####\r\n# list\r\n#\r\n# Listingdate,SHA1,Listingreason\r\n"
         "2023-09-01 20:21:55," +
             one +
             ",Fabookie C&C\r\n"
             "2014-05-04 08:10:26," +
             two + ",A & B\r\n# END (2) entries\r\n",
         both("Fabookie C&C", "A & B")},
        {"prose after the header, upper case, space before the reason",
         "# Listingdate,SHA1,Listingreason\n#The first, and only the first, is fake SHA1\n"
         "1970-01-01 00:00:00,408696C2824D4C8AB6F6A9CA3680A190C5761630, Fake\n"
         "2022-07-02 07:02:11," +
             two + ",AsyncRAT C&C\n# END (1) entries\n",
         both("Fake", "AsyncRAT C&C")},
        {"byte order mark, other columns, US dates",
         "\xef\xbb\xbfSHA1,ListingReason,ListingDate\r\n" + one +
             ",OrcusRAT C&C,12/22/2023 6:50\r\n" + two + ",DCRat C&C,5/4/2014 8:10\r\n",
         both("OrcusRAT C&C", "DCRat C&C")},
        {"no header at all", one + ",x,2020-01-01\n2020-01-01," + two + ",y\n", both("x", "y")},
        {"plain list, colons, no last newline",
         "40:86:96:c2:82:4d:4c:8a:b6:f6:a9:ca:36:80:a1:90:c5:76:16:30\n" + two, both("", "")},
        {"quotes",
         "\"first_seen\",\"sha1\",\"malware\"\n\"2020\",\"" + one + "\",\"a, b\"\n\"2020\", \"" +
             two + "\", \"c\"\n",
         both("a, b", "c")},
        {"SHA-256 rows", one + ",x\n" + std::string(kLong) + ",y\n",
         one + "=x\n" + std::string(kLong) + "=y\n"},
        {"blank lines and blanks", "\n  \n\t" + one + "  \n\r\n" + two + "\n\n", both("", "")},
        {"duplicates stay, the table decides", one + ",a\n" + one + ",b\n",
         one + "=a\n" + one + "=b\n"},
        {"more rows than declared", one + "\n" + two + "\n# END (1) entries\n", both("", "")},
    };
    for (const Case& c : cases) {
        const CertificateFeed feed = parse_certificate_feed(c.text);
        EXPECT_EQ(feed.error, "") << c.why;
        EXPECT_EQ(feed.rejected_count, 0U) << c.why;
        EXPECT_EQ(described(feed), c.expected) << c.why;
    }
}

TEST(CertificateFeed, leaves_bad_lines_out_and_names_them) {
    const std::string text =
        "# Listingdate,SHA1,Listingreason\n"
        "2020," +
        std::string(kOne) +
        ",good\n"
        "2020,abc,short\n"
        "2020," +
        std::string(kOne) +
        "0,long\n"
        "2020,408696c2824d4c8ab6f6a9ca3680a190c576163g,letter\n"
        "b386946a5a44d1ddcc843bc75336dfce\n"
        "\x1b[2J\xff\n"
        "2020," +
        std::string(kTwo) + ",good\n# END (7) entries";
    const CertificateFeed feed = parse_certificate_feed(text);
    EXPECT_EQ(feed.error, "");
    EXPECT_EQ(described(feed), both("good", "good"));
    EXPECT_EQ(feed.rejected_count, 5U);
    ASSERT_EQ(feed.rejected.size(), 5U);
    EXPECT_EQ(feed.rejected[0].line, 3U);
    EXPECT_EQ(feed.rejected[0].why, "not a SHA-1 or SHA-256: 'abc'");
    EXPECT_EQ(feed.rejected[4].line, 7U);
    EXPECT_EQ(feed.rejected[4].why, "not a SHA-1 or SHA-256: '\\x1b[2J\\xff'");
}

TEST(CertificateFeed, refuses_a_file_that_cannot_be_whole) {
    const std::string one(kOne);
    struct Case {
        const char* why;
        std::string text;
        const char* says;
    };
    const Case cases[] = {
        {"nothing", "", "empty"},
        {"blanks", " \r\n\n", "no certificate digest"},
        {"fewer rows than declared", one + "\n# END (2) entries\n",
         "declares 2 entries and holds 1"},
        {"an emptied list", "# Listingdate,SHA1,Listingreason\n# END (0) entries\n",
         "no certificate digest"},
        {"a page instead of a list", "<html><body>Not found</body></html>\n",
         "no certificate digest"},
        {"a banner without its END line",
         "# abuse.ch SSLBL SSL Certificate Blacklist (SHA1 Fingerprints) #\n" + one + "\n",
         "'# END (N) entries' is missing"},
    };
    for (const Case& c : cases) {
        const CertificateFeed feed = parse_certificate_feed(c.text);
        EXPECT_THAT(feed.error, testing::HasSubstr(c.says)) << c.why;
        EXPECT_TRUE(feed.entries.empty()) << c.why;
    }
}

TEST(CertificateFeed, every_truncation_of_a_closed_list_is_refused) {
    std::string text = "# abuse.ch SSLBL (SHA1)\r\n# Listingdate,SHA1,Listingreason\r\n";
    for (int i = 0; i < 4; ++i) {
        text += "2020-01-01 00:00:00," + std::string(kOne) + ",Dridex C&C\r\n";
    }
    const std::size_t closing = text.size();
    text += "# END (4) entries\r\n";
    EXPECT_EQ(parse_certificate_feed(text).error, "");
    for (std::size_t length = 0; length < closing + std::string("# END (4)").size(); ++length) {
        EXPECT_NE(parse_certificate_feed(text.substr(0, length)).error, "") << length;
    }
}

TEST(CertificateFeed, honours_its_limits) {
    const std::string text = std::string(kOne) + "\n" + std::string(kTwo) + "\n";
    EXPECT_EQ(parse_certificate_feed(text, {text.size(), 2}).error, "");
    EXPECT_THAT(parse_certificate_feed(text, {text.size() - 1, 2}).error,
                testing::HasSubstr("more than the limit of 81"));
    EXPECT_THAT(parse_certificate_feed(text, {text.size(), 1}).error,
                testing::HasSubstr("limit of 1 entries"));
}

TEST(CertificateFeed, keeps_a_bounded_number_of_rejected_lines) {
    std::string text = std::string(kOne) + "\n";
    for (std::size_t i = 0; i < kMaxRejectedLines + 5; ++i) {
        text += "bad\n";
    }
    const CertificateFeed feed = parse_certificate_feed(text);
    EXPECT_EQ(feed.entries.size(), 1U);
    EXPECT_EQ(feed.rejected.size(), kMaxRejectedLines);
    EXPECT_EQ(feed.rejected_count, kMaxRejectedLines + 5);
}

}  // namespace
}  // namespace eti::intel
