#include "eti/x509/certificate.h"

#include "eti/base/hex.h"
#include "tests/support/certificate_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace eti::x509 {
namespace {

using std::string_literals::operator""s;
using test::CertificateBuilder;
using test::KeyKind;
using test::TestCertificate;

std::string sha1_of(std::span<const uint8_t> bytes) {
    Sha1Digest sha1{};
    std::size_t size = 0;
    EVP_Q_digest(nullptr, "SHA1", nullptr, bytes.data(), bytes.size(), sha1.data(), &size);
    return to_hex(sha1);
}

TEST(Summarize, tells_what_a_self_signed_certificate_says) {
    const TestCertificate made = CertificateBuilder()
                                     .subject("C", "DE")
                                     .subject("O", "B\xc3\xbc"s + "ro, Ltd")
                                     .subject("CN", "www.example.com")
                                     .key(KeyKind::Rsa2048)
                                     .serial("00A1B2")
                                     .dns("www.example.com")
                                     .dns("example.com")
                                     .email("a@example.com")
                                     .ip("\xc0\0\x02\x07"s)
                                     .ip("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"s)
                                     .self_signed();
    const auto summary = summarize(made.der);
    EXPECT_TRUE(summary.parsed);
    EXPECT_EQ(summary.subject, "CN=www.example.com,O=B\xc3\xbcro\\, Ltd,C=DE");
    EXPECT_EQ(summary.issuer, summary.subject);
    EXPECT_EQ(summary.serial, "a1b2");
    EXPECT_EQ(summary.not_before, "2023-11-14T22:13:20Z");
    EXPECT_EQ(summary.not_after, "2033-05-18T03:33:20Z");
    EXPECT_EQ(summary.key, "RSA");
    EXPECT_EQ(summary.bits, 2048U);
    EXPECT_EQ(summary.signature, "sha256WithRSAEncryption");
    EXPECT_THAT(summary.san,
                testing::ElementsAre("www.example.com", "example.com", "192.0.2.7", "2001:db8::1"));
    EXPECT_FALSE(summary.san_truncated);
    EXPECT_TRUE(summary.self_signed);
    EXPECT_EQ(to_hex(summary.sha1), sha1_of(made.der));
}

TEST(Summarize, names_every_kind_of_key) {
    struct Case {
        KeyKind kind;
        const char* key;
        uint32_t bits;
        const char* signature;
    };
    const Case cases[] = {{KeyKind::Rsa1024, "RSA", 1024, "sha256WithRSAEncryption"},
                          {KeyKind::EcP256, "EC", 256, "ecdsa-with-SHA256"},
                          {KeyKind::Ed25519, "ED25519", 256, "ED25519"}};
    for (const Case& c : cases) {
        const auto summary =
            summarize(CertificateBuilder().subject("CN", "a").key(c.kind).self_signed().der);
        EXPECT_EQ(summary.key, c.key);
        EXPECT_EQ(summary.bits, c.bits) << c.key;
        EXPECT_EQ(summary.signature, c.signature);
        EXPECT_TRUE(summary.self_signed) << c.key;
    }
}

TEST(Summarize, self_signed_needs_equal_names_and_the_own_key) {
    const TestCertificate authority =
        CertificateBuilder().subject("CN", "Example CA").authority().self_signed();
    const auto leaf =
        summarize(CertificateBuilder().subject("CN", "leaf").signed_by(authority).der);
    EXPECT_EQ(leaf.subject, "CN=leaf");
    EXPECT_EQ(leaf.issuer, "CN=Example CA");
    EXPECT_FALSE(leaf.self_signed);
    const auto namesake =
        summarize(CertificateBuilder().subject("CN", "Example CA").signed_by(authority).der);
    EXPECT_EQ(namesake.subject, namesake.issuer);
    EXPECT_FALSE(namesake.self_signed) << "another key signed it";
    EXPECT_TRUE(summarize(authority.der).self_signed);
}

TEST(Summarize, hostile_names_come_out_escaped) {
    const auto nul = summarize(CertificateBuilder()
                                   .subject("CN", "good.example\0.evil.example"s)
                                   .dns("good.example\0.evil.example"s)
                                   .dns("\x1b[2J\\"s)
                                   .self_signed()
                                   .der);
    EXPECT_EQ(nul.subject, "CN=good.example\\00.evil.example");
    EXPECT_THAT(nul.san, testing::ElementsAre("good.example\\00.evil.example", "\\1B[2J\\5C"));

    const auto escape =
        summarize(CertificateBuilder().subject("CN", "\x1b[31mred\nline").self_signed().der);
    EXPECT_EQ(escape.subject, "CN=\\1B[31mred\\0Aline");

    const auto empty = summarize(CertificateBuilder().self_signed().der);
    EXPECT_TRUE(empty.parsed);
    EXPECT_EQ(empty.subject, "");
}

TEST(Summarize, keeps_a_bounded_number_of_alternative_names) {
    CertificateBuilder builder;
    builder.subject("CN", "many");
    for (int i = 0; i < 100; ++i) {
        builder.dns("host" + std::to_string(i) + ".example.com");
    }
    const auto full = summarize(builder.self_signed().der);
    EXPECT_EQ(full.san.size(), 100U);
    EXPECT_FALSE(full.san_truncated);
    const auto cut = summarize(builder.dns("one.too.many").self_signed().der);
    EXPECT_EQ(cut.san.size(), 100U);
    EXPECT_TRUE(cut.san_truncated);
}

TEST(Summarize, skips_addresses_that_are_none) {
    const auto summary =
        summarize(CertificateBuilder().subject("CN", "a").ip("abc").dns("a.b").self_signed().der);
    EXPECT_THAT(summary.san, testing::ElementsAre("a.b"));
}

TEST(Summarize, serial_zero_and_negative) {
    EXPECT_EQ(summarize(CertificateBuilder().serial("0").self_signed().der).serial, "0");
    EXPECT_EQ(summarize(CertificateBuilder().serial("-1F").self_signed().der).serial, "-1f");
}

TEST(Summarize, far_validity_is_written_in_four_digit_years) {
    const auto summary = summarize(CertificateBuilder().valid(0, 253402300799).self_signed().der);
    EXPECT_EQ(summary.not_before, "1970-01-01T00:00:00Z");
    EXPECT_EQ(summary.not_after, "9999-12-31T23:59:59Z");
}

TEST(Summarize, broken_bytes_keep_their_digests_and_nothing_else) {
    const auto der = CertificateBuilder().subject("CN", "a").dns("a.b").self_signed().der;
    for (std::size_t length = 0; length < der.size(); ++length) {
        const std::span<const uint8_t> cut(der.data(), length);
        const auto summary = summarize(cut);
        EXPECT_FALSE(summary.parsed) << length;
        EXPECT_EQ(summary.subject, "") << length;
        EXPECT_EQ(to_hex(summary.sha1), sha1_of(cut)) << length;
        EXPECT_NE(summary.sha256, Sha256Digest{}) << length;
    }
    auto longer = der;
    longer.push_back(0);
    EXPECT_FALSE(summarize(longer).parsed);
    EXPECT_EQ(ERR_peek_error(), 0U) << "the error queue is left empty";
}

TEST(Summarize, a_name_that_is_not_the_utf8_it_claims_is_not_read) {
    auto der = CertificateBuilder().subject("CN", "\xc3\xbc").self_signed().der;
    const std::string_view name = "\xc3\xbc";
    const auto at = std::search(der.begin(), der.end(), name.begin(), name.end(),
                                [](uint8_t a, char b) { return a == static_cast<uint8_t>(b); });
    ASSERT_NE(at, der.end());
    *at = 0xff;
    const auto summary = summarize(der);
    EXPECT_FALSE(summary.parsed);
    EXPECT_EQ(to_hex(summary.sha1), sha1_of(der));
}

TEST(Summarize, a_changed_byte_never_throws) {
    const auto der = CertificateBuilder().subject("CN", "a").dns("a.b").self_signed().der;
    for (std::size_t at = 0; at < der.size(); ++at) {
        auto changed = der;
        changed[at] = static_cast<uint8_t>(~changed[at]);
        const auto summary = summarize(changed);
        EXPECT_EQ(to_hex(summary.sha1), sha1_of(changed)) << at;
        EXPECT_FALSE(summary.self_signed) << at;
    }
}

}  // namespace
}  // namespace eti::x509
