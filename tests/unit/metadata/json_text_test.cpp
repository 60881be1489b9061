#include "metadata/json_text.h"

#include "eti/metadata/record_json.h"
#include "tests/unit/metadata/record_samples.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace eti::metadata {
namespace {

using std::string_literals::operator""s;

std::string as_json(std::string_view bytes) {
    std::string out;
    append_json_string(out, bytes);
    return out;
}

TEST(JsonText, escapes_what_must_be_and_nothing_else) {
    struct Case {
        const char* why;
        std::string bytes;
        std::string json;
    };
    const Case cases[] = {
        {"empty", "", R"("")"},
        {"plain", "www.example.com", R"("www.example.com")"},
        {"quotes and backslashes", R"(a"b\c)", R"("a\"b\\c")"},
        {"slash stays", "a/b", R"("a/b")"},
        {"NUL", "a\0b"s, R"("a\u0000b")"},
        {"line ends", "a\r\nb\tc", R"("a\u000d\u000ab\u0009c")"},
        {"terminal escape", "\x1b[31m", R"("\u001b[31m")"},
        {"DEL", "\x7f", R"("\u007f")"},
        {"C1 control, the 8-bit CSI", "\xc2\x9b", R"("\u009b")"},
        {"next line U+0085", "\xc2\x85", R"("\u0085")"},
        {"first printable above C1", "\xc2\xa0", "\"\xc2\xa0\""},
        {"line separator", "\xe2\x80\xa8", R"("\u2028")"},
        {"paragraph separator", "\xe2\x80\xa9", R"("\u2029")"},
        {"two bytes", "\xc3\xbc", "\"\xc3\xbc\""},
        {"three bytes", "\xe2\x82\xac", "\"\xe2\x82\xac\""},
        {"four bytes", "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
        {"last code point", "\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\""},
        {"above the last", "\xf4\x90\x80\x80", R"("\\xf4\\x90\\x80\\x80")"},
        {"lone continuation", "a\x80z", R"("a\\x80z")"},
        {"lead without continuation", "\xc3(", R"("\\xc3(")"},
        {"cut after two of three", "\xe2\x82", R"("\\xe2\\x82")"},
        {"overlong slash", "\xc0\xaf", R"("\\xc0\\xaf")"},
        {"overlong in three", "\xe0\x80\xaf", R"("\\xe0\\x80\\xaf")"},
        {"overlong in four", "\xf0\x80\x80\xaf", R"("\\xf0\\x80\\x80\\xaf")"},
        {"surrogate", "\xed\xa0\x80", R"("\\xed\\xa0\\x80")"},
        {"five byte form", "\xf8\x88\x80\x80\x80", R"("\\xf8\\x88\\x80\\x80\\x80")"},
        {"never a byte of UTF-8", "\xfe\xff", R"("\\xfe\\xff")"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(as_json(c.bytes), c.json) << c.why;
        EXPECT_TRUE(nlohmann::json::accept(as_json(c.bytes))) << c.why;
    }
}

TEST(JsonText, every_pair_of_bytes_gives_valid_json_on_one_line) {
    for (int first = 0; first < 256; ++first) {
        std::string all;
        for (int second = 0; second < 256; ++second) {
            const std::string pair{static_cast<char>(first), static_cast<char>(second)};
            all += as_json(pair) + ",";
        }
        all.back() = ']';
        ASSERT_TRUE(nlohmann::json::accept("[" + all)) << first;
        ASSERT_EQ(all.find('\n'), std::string::npos) << first;
    }
}

TEST(JsonText, long_texts_pass_whole) {
    const std::string printable(65536, 'x');
    EXPECT_EQ(as_json(printable).size(), printable.size() + 2);
    const std::string broken(65536, '\xff');
    EXPECT_EQ(nlohmann::json::parse(as_json(broken)).get<std::string>().size(), 4 * broken.size());
}

// The zoo goes through every text of a record that an outsider chooses.
TEST(JsonText, hostile_texts_leave_the_record_one_valid_line) {
    const std::string zoo[] = {
        "\0"s,          "\x1b]0;title\x07",       "\xff\xfe", "\"},{\"v\":2", "\\", "a\nb",
        "\xe2\x80\xa8", std::string(65536, '\n'), "\xe2\x82"};
    for (const std::string& text : zoo) {
        Record record = samples::fullest();
        record.client_hello.sni.assign(text);
        record.client_hello.alpn.push(BoundedText<31>(text));
        record.server_hello.alpn.assign(text);
        CertificateSummary leaf = samples::leaf();
        leaf.subject = leaf.issuer = text;
        leaf.san = {text};
        std::string line;
        append_json(line, record, &leaf, {text, "0"});
        EXPECT_EQ(line.find('\n'), line.size() - 1);
        const auto json = nlohmann::json::parse(line, nullptr, false);
        ASSERT_FALSE(json.is_discarded()) << line;
        EXPECT_EQ(json.at("v"), 1);
        EXPECT_EQ(json.at("certificate").at("san").size(), 1U);
    }
}

}  // namespace
}  // namespace eti::metadata
