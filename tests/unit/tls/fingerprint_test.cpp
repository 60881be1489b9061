#include "eti/tls/fingerprint.h"

#include "eti/digest/hasher.h"
#include "tests/support/tls_builder.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace eti::tls {
namespace {

using test::Bytes;

template <typename Digest>
std::string hex(const Digest& digest) {
    std::string out;
    for (const uint8_t byte : digest) {
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 0xf];
    }
    return out;
}

std::span<const uint8_t> bytes(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string md5(std::string_view text) {
    return hex(digest::Hasher().md5(bytes(text)));
}

std::string sha256_12(std::string_view text) {
    return text.empty() ? "000000000000" : hex(digest::Hasher().sha256(bytes(text))).substr(0, 12);
}

// Parsed keeps the bytes its hello borrows from.
struct Parsed {
    explicit Parsed(const test::ClientHelloSpec& spec) : body(test::client_hello_body(spec)) {
        EXPECT_EQ(parse_client_hello(wire::Reader(body), hello), ParseError::None);
    }
    std::string ja3() const {
        std::array<char, 2048> buffer;
        return std::string(ja3_text(hello, buffer));
    }
    std::string ja4(char transport = 't') const {
        std::array<char, 2048> buffer;
        Ja4Texts texts;
        EXPECT_TRUE(ja4_texts(hello, transport, buffer, texts));
        return std::string(texts.prefix) + "_" + sha256_12(texts.ciphers) + "_" +
               sha256_12(texts.extensions);
    }
    std::string ja4_prefix(char transport = 't') const { return ja4(transport).substr(0, 10); }
    // The text behind the third part.
    std::string ja4_extensions() const {
        std::array<char, 2048> buffer;
        Ja4Texts texts;
        EXPECT_TRUE(ja4_texts(hello, 't', buffer, texts));
        return std::string(texts.extensions);
    }

    Bytes body;
    ClientHello hello;
};

// The two examples of the JA3 description.
TEST(Ja3, GivesThePublishedFingerprints) {
    const Parsed full({.version = 0x0301,
                       .cipher_suites = {47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4},
                       .extensions = test::join({test::server_name("a.example"),
                                                 test::supported_groups({23, 24, 25}),
                                                 test::point_formats({0})})});
    EXPECT_EQ(full.ja3(), "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0");
    EXPECT_EQ(md5(full.ja3()), "ada70206e40642a3e4461f35503241d5");
    const Parsed bare({.version = 0x0301,
                       .cipher_suites = {4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99},
                       .extension_block = false});
    EXPECT_EQ(bare.ja3(), "769,4-5-10-9-100-98-3-6-19-18-99,,,");
    EXPECT_EQ(md5(bare.ja3()), "de350869b8c85de67a350c8d186f11e6");
}

TEST(Ja3, LeavesGreaseOut) {
    const Parsed hello(
        {.cipher_suites = {0x0a0a, 0x1301, 0xfafa},
         .extensions = test::join({test::extension(0x3a3a), test::supported_groups({0x4a4a, 29}),
                                   test::extension(0x5a5a, {0})})});
    EXPECT_EQ(hello.ja3(), "771,4865,10,29,");
}

TEST(Ja3, IsEmptyWhenTheBufferIsTooSmall) {
    const Parsed hello({});
    const std::string text = hello.ja3();
    std::vector<char> buffer(text.size());
    EXPECT_EQ(ja3_text(hello.hello, buffer), text);
    buffer.pop_back();
    EXPECT_EQ(ja3_text(hello.hello, buffer), "");
    EXPECT_EQ(ja3_text(hello.hello, {}), "");
}

TEST(Ja3, IsNotDefinedForTheFormOfSsl2AndNeitherIsJa4) {
    const Bytes suites = {0xc0, 0x2f};
    ClientHello hello;
    hello.version = 0x0301;
    hello.cipher_suites = wire::Reader(suites);
    hello.ssl2_form = true;
    std::array<char, 128> buffer;
    Ja4Texts texts;
    EXPECT_EQ(ja3_text(hello, buffer), "");
    EXPECT_FALSE(ja4_texts(hello, 't', buffer, texts));
    hello.ssl2_form = false;
    EXPECT_EQ(ja3_text(hello, buffer), "769,49199,,,");
    EXPECT_TRUE(ja4_texts(hello, 't', buffer, texts));
}

// The text is the example of the JA3S description.
TEST(Ja3s, GivesThePublishedText) {
    const Bytes body = test::server_hello_body(
        {.version = 0x0301,
         .cipher_suite = 47,
         .extensions =
             test::join({test::extension(65281, {0}), test::extension(0), test::extension(11),
                         test::extension(35), test::extension(5), test::extension(16)})});
    ServerHello hello;
    ASSERT_EQ(parse_server_hello(wire::Reader(body), hello), ParseError::None);
    std::array<char, 128> buffer;
    EXPECT_EQ(ja3s_text(hello, buffer), "769,47,65281-0-11-35-5-16");
    EXPECT_EQ(ja3s_text(hello, std::span(buffer).first(10)), "");
}

TEST(Ja3s, IgnoresTheSelectedVersion) {
    const Bytes body = test::server_hello_body(
        {.cipher_suite = 0x1301, .extensions = test::selected_version(0x0304)});
    ServerHello hello;
    ASSERT_EQ(parse_server_hello(wire::Reader(body), hello), ParseError::None);
    std::array<char, 128> buffer;
    EXPECT_EQ(ja3s_text(hello, buffer), "771,4865,43");
}

// The example of the JA4 description: Chrome 108.
TEST(Ja4, GivesThePublishedFingerprint) {
    const Parsed chrome(
        {.cipher_suites = {0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9,
                           0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
         .extensions = test::join(
             {test::extension(0x1a1a), test::server_name("a.example"), test::extension(0x17),
              test::extension(0xff01, {0}), test::supported_groups({0x2a2a, 29, 23, 24}),
              test::point_formats({0}), test::extension(0x23), test::alpn({"h2", "http/1.1"}),
              test::extension(5),
              test::signature_algorithms(
                  {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}),
              test::extension(0x12), test::extension(0x33), test::extension(0x2d),
              test::supported_versions({0x3a3a, 0x0304, 0x0303}), test::extension(0x1b),
              test::extension(0x4469), test::extension(0x4a4a), test::extension(0x15)})});
    EXPECT_EQ(chrome.ja4(), "t13d1516h2_8daaf6152771_e5627efa2ab1");
    EXPECT_EQ(chrome.ja4('q')[0], 'q');
}

TEST(Ja4, PrefixTakesTheVersionFromTheRightField) {
    struct Case {
        const char* why;
        char transport;
        uint16_t legacy;
        std::vector<uint16_t> offered;
        const char* text;
    };
    const Case cases[] = {
        {"legacy version without the extension", 't', 0x0301, {}, "10"},
        {"SSL 3", 't', 0x0300, {}, "s3"},
        {"SSL 2", 't', 0x0002, {}, "s2"},
        {"the highest offered, wherever it stands", 't', 0x0303, {0x0302, 0x0304, 0x0303}, "13"},
        {"an offer below the legacy version counts", 't', 0x0303, {0x0302}, "11"},
        {"GREASE is no version", 't', 0x0303, {0xfafa, 0x0303}, "12"},
        {"a draft has no name", 't', 0x0303, {0x7f1c, 0x0303}, "00"},
        {"DTLS counts downwards", 'd', 0xfefd, {0xfefd, 0xfefc}, "d3"},
        {"DTLS 1.2", 'd', 0xfefd, {}, "d2"},
        {"DTLS 1.0", 'd', 0xfeff, {}, "d1"},
        {"DTLS 1.3 beside GREASE", 'd', 0xfefd, {0x0a0a, 0xfefd, 0xfefc}, "d3"},
        {"QUIC", 'q', 0x0303, {0x0304}, "13"},
        {"GREASE alone offers nothing", 't', 0x0303, {0x0a0a}, "12"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        const Parsed hello(
            {.version = c.legacy,
             .extensions = c.offered.empty() ? Bytes{} : test::supported_versions(c.offered)});
        EXPECT_EQ(hello.ja4_prefix(c.transport).substr(0, 3), c.transport + std::string(c.text));
    }
}

TEST(Ja4, PrefixShowsFirstAndLastCharacterOfTheFirstProtocol) {
    struct Case {
        const char* why;
        Bytes extension;
        const char* text;
    };
    const Case cases[] = {
        {"h2", test::alpn({"h2", "http/1.1"}), "h2"},
        {"http/1.1 ends in 1", test::alpn({"http/1.1", "h2"}), "h1"},
        {"one character counts twice", test::alpn({"x"}), "xx"},
        {"no protocol in the list", test::alpn({}), "00"},
        {"an empty name", test::alpn({""}), "00"},
        {"one byte that is no character", test::alpn({"\xab"}), "ab"},
        {"first and last half byte", test::alpn({"\xab\xcd"}), "ad"},
        {"last byte is no character", test::alpn({"0\xab"}), "3b"},
        {"first byte is no character", test::alpn({"\x20q"}), "21"},
        {"middle bytes do not matter", test::alpn({"a\xff\x01z"}), "az"},
        {"no extension", {}, "00"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        const Parsed hello({.extensions = c.extension});
        EXPECT_EQ(hello.ja4_prefix().substr(8), c.text);
    }
}

TEST(Ja4, PrefixCountsUpToNinetyNineWithoutGrease) {
    const Parsed many({.cipher_suites = std::vector<uint16_t>(120, 0x1301),
                       .extensions = test::join({test::extension(0x0a0a), test::extension(5)})});
    EXPECT_EQ(many.ja4_prefix(), "t12i990100");
    const Parsed none({.cipher_suites = {0x0a0a}, .extension_block = false});
    EXPECT_EQ(none.ja4(), "t12i000000_000000000000_000000000000");
}

TEST(Ja4, TheServerNameExtensionAloneMakesADomain) {
    const Parsed broken({.extensions = test::extension(0, {0, 9})});
    EXPECT_EQ(broken.ja4_prefix()[3], 'd');
    EXPECT_EQ(broken.ja4_extensions(), "") << "server name and ALPN are not in the list";
}

TEST(Ja4, ThirdPartSortsExtensionsAndKeepsTheOrderOfSignatures) {
    const Parsed both({.extensions = test::join({test::extension(0xff01), test::alpn({"h2"}),
                                                 test::signature_algorithms({0x0804, 0x0403}),
                                                 test::extension(5)})});
    EXPECT_EQ(both.ja4_extensions(), "0005,000d,ff01_0804,0403");
    const Parsed no_signatures(
        {.extensions = test::join({test::extension(23), test::extension(5)})});
    EXPECT_EQ(no_signatures.ja4_extensions(), "0005,0017") << "no trailing underscore";
}

TEST(Ja4, FailsWhenTheBufferIsTooSmall) {
    const Parsed hello({.cipher_suites = {0x1301, 0x1302}, .extensions = test::extension(5)});
    // While a list is sorted it ends in a comma.
    const std::size_t needed = std::string_view(
                                   "t12i020100"
                                   "1301,1302"
                                   "0005,")
                                   .size();
    std::vector<char> buffer(needed);
    Ja4Texts texts;
    EXPECT_TRUE(ja4_texts(hello.hello, 't', buffer, texts));
    EXPECT_EQ(texts.ciphers, "1301,1302");
    EXPECT_EQ(texts.extensions, "0005");
    for (std::size_t size = 0; size < needed; ++size) {
        EXPECT_FALSE(ja4_texts(hello.hello, 't', std::span(buffer).first(size), texts)) << size;
    }
}

}  // namespace
}  // namespace eti::tls
