#include "eti/dns/message.h"

#include "tests/support/dns_builder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eti::dns {
namespace {

using test::Bytes;
using test::join;
using test::number;
using test::prefixed;
using namespace test::dns;

// shown is everything a message says, as one line.
std::string shown(const Bytes& message) {
    // An exact copy on the heap lets the sanitizer see a byte read too far.
    const std::vector<uint8_t> exact(message.begin(), message.end());
    Answer answer;
    switch (parse_response(exact, answer)) {
        case Parsed::Malformed:
            return "malformed";
        case Parsed::NoAnswer:
            return "no answer";
        case Parsed::Answer:
            break;
    }
    std::string text = std::string(answer.name.view()) + (answer.cname ? " cname" : "") + " ttl " +
                       std::to_string(answer.ttl) + " of " + std::to_string(answer.answers);
    for (const net::IpAddress& ip : answer.addresses.view()) {
        text += " " + net::to_string(ip);
    }
    return text + (answer.addresses.truncated() ? " truncated" : "");
}

const Bytes kHere = pointer(kQuestionName);  // the question's name
const std::array<uint8_t, 4> kIp = {192, 0, 2, 1};

TEST(DnsMessage, says_which_name_has_which_addresses) {
    struct Case {
        const char* why;
        Bytes message;
        const char* says;
    };
    const std::string_view kQuestion = "www.example.com";
    const Case cases[] = {
        {"one address", response(kQuestion, {a(kHere, kIp)}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"owner written out", response(kQuestion, {a(name(kQuestion), kIp)}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"owner compressed in its tail",
         response(kQuestion, {a(join({labels("www"), pointer(16)}), kIp)}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"upper case here and there",
         response("WWW.Example.com", {a(name("www.eXAMPLE.com"), kIp)}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"both families", response(kQuestion, {a(kHere, kIp), aaaa(kHere, 7)}),
         "www.example.com ttl 300 of 2 192.0.2.1 2001:db8::7"},
        {"the least TTL counts",
         response(kQuestion, {a(kHere, kIp, 60), a(kHere, {192, 0, 2, 2}, 59)}),
         "www.example.com ttl 59 of 2 192.0.2.1 192.0.2.2"},
        {"a TTL with its upper bit set is zero", response(kQuestion, {a(kHere, kIp, 0x80000001U)}),
         "www.example.com ttl 0 of 1 192.0.2.1"},
        {"the largest TTL", response(kQuestion, {a(kHere, kIp, 0x7fffffffU)}),
         "www.example.com ttl 2147483647 of 1 192.0.2.1"},
        {"records of other types between",
         response(kQuestion, {record(kHere, kTxt, 1, {1, 'x'}), a(kHere, kIp),
                              record(kHere, kRrsig, 1, Bytes(40, 0xff))}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"another class",
         response(kQuestion, {record(kHere, kA, 9, {1, 2, 3, 4}, 3), a(kHere, kIp)}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"an A record of three bytes is passed",
         response(kQuestion, {record(kHere, kA, 9, {1, 2, 3}), a(kHere, kIp)}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"an A record of five bytes is passed",
         response(kQuestion, {record(kHere, kA, 9, {1, 2, 3, 4, 5}), a(kHere, kIp)}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"addresses of another name do not count",
         response(kQuestion, {a(name("other.example"), {9, 9, 9, 9}), a(kHere, kIp)}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"only another name has addresses", response(kQuestion, {a(name("other.example"), kIp)}),
         "no answer"},
        {"the first of several questions",
         message({.questions = {name("first.example"), name("second.example")},
                  .answers = {a(kHere, kIp), a(name("second.example"), {9, 9, 9, 9})}}),
         "first.example ttl 300 of 1 192.0.2.1"},
        {"truncation bit set, records whole",
         message({.flags = 0x8380, .answers = {a(kHere, kIp)}}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"authority and additional records are not read",
         message({.answers = {a(kHere, kIp)}, .behind = a(kHere, {9, 9, 9, 9})}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"hints of an HTTPS record",
         response(kQuestion, {https(kHere, join({parameter(1, {2, 'h', '2'}),
                                                 parameter(4, {192, 0, 2, 8, 192, 0, 2, 9}),
                                                 parameter(6, Bytes(16, 0x20))}))}),
         "www.example.com ttl 300 of 3 192.0.2.8 192.0.2.9 "
         "2020:2020:2020:2020:2020:2020:2020:2020"},
        {"HTTPS in alias mode has no hints",
         response(kQuestion, {https(kHere, parameter(4, {192, 0, 2, 8}), 0)}), "no answer"},
        {"a hint cut short", response(kQuestion, {https(kHere, parameter(4, {192, 0, 2, 8, 1}))}),
         "www.example.com ttl 300 of 1 192.0.2.8"},
        {"more promised than there is",
         message({.answers = {a(kHere, kIp)}, .answer_count = 65535}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"less promised than there is",
         message({.answers = {a(kHere, kIp), a(kHere, {9, 9, 9, 9})}, .answer_count = 1}),
         "www.example.com ttl 300 of 1 192.0.2.1"},
        {"nothing in it", response(kQuestion, {}), "no answer"},
        {"the root has an address", response("", {a(kHere, kIp)}), ". ttl 300 of 1 192.0.2.1"},
        {"a query", message({.flags = 0x0100, .answers = {a(kHere, kIp)}}), "no answer"},
        {"no such name", message({.flags = 0x8183, .answers = {a(kHere, kIp)}}), "no answer"},
        {"an update's response", message({.flags = 0xa800, .answers = {a(kHere, kIp)}}),
         "no answer"},
        {"no question", message({.questions = {}, .answers = {a(name("x.example"), kIp)}}),
         "no answer"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(shown(c.message), c.says) << c.why;
    }
}

TEST(DnsMessage, follows_aliases_in_whatever_order_they_stand) {
    const std::vector<Bytes> records = {cname(kHere, name("a.cdn.example"), 3600),
                                        cname(name("a.cdn.example"), name("b.cdn.example"), 20),
                                        a(name("b.cdn.example"), kIp, 60),
                                        a(name("B.CDN.example"), {192, 0, 2, 2}, 60)};
    std::vector<std::size_t> order = {0, 1, 2, 3};
    do {
        std::vector<Bytes> answers;
        for (const std::size_t i : order) {
            answers.push_back(records[i]);
        }
        const std::string text = shown(response("www.example.com", answers));
        EXPECT_EQ(text.substr(0, 33), "www.example.com cname ttl 20 of 2") << text;
        EXPECT_NE(text.find("192.0.2.1"), std::string::npos) << text;
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST(DnsMessage, an_alias_without_addresses_is_no_answer) {
    const Bytes to_b = cname(kHere, name("b.example"));
    EXPECT_EQ(shown(response("www.example.com", {to_b})), "no answer");
    EXPECT_EQ(shown(response("www.example.com", {to_b, a(kHere, kIp)})), "no answer")
        << "an alias has no addresses of its own";
    EXPECT_EQ(shown(response("www.example.com", {to_b, cname(name("b.example"), kHere)})),
              "no answer")
        << "a circle";
    EXPECT_EQ(shown(response("www.example.com", {cname(kHere, kHere), a(kHere, kIp)})),
              "www.example.com ttl 300 of 1 192.0.2.1")
        << "a circle of one";
}

TEST(DnsMessage, keeps_the_first_addresses_and_counts_the_others) {
    struct Case {
        std::size_t records;
        std::size_t answers;
        bool truncated;
    };
    for (const Case& c : {Case{16, 16, false}, Case{17, 17, true}, Case{64, 64, true},
                          Case{65, 64, true}, Case{400, 64, true}}) {
        std::vector<Bytes> records;
        for (std::size_t i = 0; i < c.records; ++i) {
            records.push_back(
                a(kHere, {10, 0, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)}));
        }
        Answer answer;
        ASSERT_EQ(parse_response(response("www.example.com", records), answer), Parsed::Answer);
        EXPECT_EQ(answer.answers, c.answers) << c.records;
        EXPECT_EQ(answer.addresses.size(), 16U) << c.records;
        EXPECT_EQ(answer.addresses.truncated(), c.truncated) << c.records;
        EXPECT_EQ(net::to_string(answer.addresses.view()[15]), "10.0.0.15");
    }
}

TEST(DnsMessage, writes_any_byte_of_a_name_as_printable_text) {
    struct Case {
        const char* why;
        Bytes label;
        const char* text;
    };
    const Case cases[] = {
        {"letters, digits, hyphen, underscore", test::text("_Ab-9z"), "_ab-9z.example"},
        {"a dot inside a label", test::text("a.b"), "a\\.b.example"},
        {"a backslash", test::text("a\\b"), "a\\\\b.example"},
        {"a space", test::text("a b"), "a\\032b.example"},
        {"a quote", test::text("\""), "\".example"},
        {"NUL, newline, DEL", {0, 10, 127}, "\\000\\010\\127.example"},
        {"beyond ASCII", {0xc3, 0x9c, 0xff}, "\\195\\156\\255.example"},
    };
    for (const Case& c : cases) {
        const Bytes question = join({prefixed(1, c.label), name("example")});
        const Bytes bytes = message({.questions = {question}, .answers = {a(kHere, kIp)}});
        EXPECT_EQ(shown(bytes), std::string(c.text) + " ttl 300 of 1 192.0.2.1") << c.why;
    }
}

TEST(DnsMessage, bounds_a_name) {
    const std::string label63(63, 'a');
    const std::string longest =
        label63 + "." + label63 + "." + label63 + "." + std::string(61, 'a');  // 255 on the wire
    const auto asked = [&](const Bytes& question) {
        return shown(message({.questions = {question}, .answers = {a(kHere, kIp)}}));
    };
    EXPECT_EQ(asked(name(longest)), longest + " ttl 300 of 1 192.0.2.1");
    EXPECT_EQ(asked(name(longest + "a")), "malformed") << "256 bytes on the wire";
    EXPECT_EQ(asked(join({prefixed(1, Bytes(64, 'a')), {0}})), "malformed") << "label of 64 bytes";
    EXPECT_EQ(asked(join({{0x80, 'a'}, {0}})), "malformed") << "reserved label type";
    std::string escaped;
    for (int i = 0; i < 63; ++i) {
        escaped += "\\000";
    }
    const Bytes binary = prefixed(1, Bytes(63, 0));
    EXPECT_EQ(asked(join({binary, name("aa")})), escaped + ".aa ttl 300 of 1 192.0.2.1");
    EXPECT_EQ(asked(join({binary, name("aaa")})), "malformed") << "256 characters as text";
}

TEST(DnsMessage, pointers_lead_back_only) {
    struct Case {
        const char* why;
        Bytes question;
    };
    const Case cases[] = {
        {"to itself", pointer(12)},
        {"to the label before it", join({labels("a"), pointer(12)})},
        {"forward", join({pointer(14), name("x")})},
        {"behind the end", pointer(0x3fff)},
        {"into the header, where an empty name seems to be", pointer(8)},
        {"cut", {0xc0}},
    };
    for (const Case& c : cases) {
        const std::string text =
            shown(message({.questions = {c.question}, .answers = {a(name("x"), kIp)}}));
        EXPECT_EQ(text, "malformed") << c.why;
    }
}

// A record whose owner is the last of a ladder of pointers, each to the one before.
TEST(DnsMessage, bounds_the_jumps) {
    const auto ladder = [](std::size_t rungs) {
        Bytes data;
        const std::size_t first = kQuestionName + name("www.example.com").size() + 4 + 12 - 1;
        for (std::size_t i = 0; i < rungs; ++i) {
            data = join({data, i == 0 ? pointer(kQuestionName) : pointer(first + 2 * (i - 1))});
        }
        const Bytes holder = record({0}, kTxt, 0, data);
        return shown(
            response("www.example.com", {holder, a(pointer(first + 2 * (rungs - 1)), kIp)}));
    };
    EXPECT_EQ(ladder(1), "www.example.com ttl 300 of 1 192.0.2.1");
    EXPECT_EQ(ladder(126), "www.example.com ttl 300 of 1 192.0.2.1") << "127 jumps";
    EXPECT_EQ(ladder(127), "no answer") << "128 jumps";
}

TEST(DnsMessage, cut_anywhere_it_says_what_came_whole) {
    const Bytes whole = response(
        "www.example.com",
        {cname(kHere, name("b.example")), a(name("b.example"), kIp), aaaa(name("b.example"), 7)});
    const std::size_t question_end = kQuestionName + name("www.example.com").size() + 4;
    const std::size_t first_address = whole.size() - aaaa(name("b.example"), 7).size();
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        const std::string expected =
            size < question_end    ? "malformed"
            : size < first_address ? "no answer"
            : size < whole.size()  ? "www.example.com cname ttl 300 of 1 192.0.2.1"
                                   : "www.example.com cname ttl 300 of 2 192.0.2.1 2001:db8::7";
        EXPECT_EQ(shown(part), expected) << size;
    }
}

TEST(DnsMessage, any_byte_may_change) {
    const Bytes whole =
        response("www.example.com", {cname(kHere, name("b.example")), a(name("b.example"), kIp),
                                     https(name("b.example"), parameter(4, {192, 0, 2, 8}))});
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int value : {0x00, 0x01, 0x3f, 0x40, 0xc0, 0xff}) {
            Bytes damaged = whole;
            damaged[at] = static_cast<uint8_t>(value);
            EXPECT_FALSE(shown(damaged).empty()) << at;
        }
    }
}

}  // namespace
}  // namespace eti::dns
