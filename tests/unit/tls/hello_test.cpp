#include "eti/tls/client_hello.h"
#include "eti/tls/registry.h"
#include "eti/tls/server_hello.h"
#include "tests/support/tls_builder.h"

#include <gtest/gtest.h>

#include <string_view>

namespace eti::tls {
namespace {

using test::Bytes;

const Bytes kRichExtensions =
    test::join({test::extension(0x0a0a), test::server_name("www.example.com"),
                test::supported_groups({0x1a1a, 29, 23}), test::point_formats({0, 1}),
                test::alpn({"h2", "http/1.1"}), test::signature_algorithms({0x0403, 0x0804}),
                test::supported_versions({0x2a2a, 0x0304, 0x0303}),
                test::extension(extension::kSessionTicket, test::text("ticket")),
                test::extension(extension::kEncryptedClientHello, {0}),
                test::extension(extension::kPreSharedKey, {0, 0})});

Bytes rich_body() {
    return test::client_hello_body({.session_id = Bytes(32, 9), .extensions = kRichExtensions});
}

ParseError parse(const Bytes& body, ClientHello& out) {
    return parse_client_hello(wire::Reader(body), out);
}

TEST(ClientHello, ReadsEveryFieldWeUse) {
    const Bytes body = rich_body();
    ClientHello hello;
    ASSERT_EQ(parse(body, hello), ParseError::None);
    EXPECT_EQ(hello.version, version::kTls12);
    EXPECT_EQ(hello.session_id.remaining(), 32U);
    EXPECT_EQ(hello.cipher_suites.remaining(), 6U);
    EXPECT_EQ(hello.extensions.remaining(), kRichExtensions.size());
    EXPECT_TRUE(hello.has_server_name);
    EXPECT_EQ(hello.server_name, "www.example.com");
    EXPECT_EQ(hello.alpn.text(), std::string_view("\x02h2\x08http/1.1", 12));
    EXPECT_EQ(hello.supported_versions.remaining(), 6U);
    EXPECT_EQ(hello.supported_groups.remaining(), 6U);
    EXPECT_EQ(hello.point_formats.remaining(), 2U);
    EXPECT_EQ(hello.signature_algorithms.remaining(), 4U);
    EXPECT_TRUE(hello.has_signature_algorithms);
    EXPECT_TRUE(hello.encrypted_client_hello);
    EXPECT_TRUE(hello.session_ticket);
    EXPECT_TRUE(hello.pre_shared_key);
}

TEST(ClientHello, NeedsNoExtensionBlock) {
    const Bytes body = test::client_hello_body({.version = 0x0300, .extension_block = false});
    ClientHello hello;
    ASSERT_EQ(parse(body, hello), ParseError::None);
    EXPECT_TRUE(hello.extensions.empty());
    EXPECT_FALSE(hello.has_server_name);
    EXPECT_FALSE(hello.has_signature_algorithms);
}

TEST(ClientHello, CutAnywhereIsAnErrorExceptBeforeTheExtensionBlock) {
    const Bytes body = rich_body();
    const std::size_t before_block = body.size() - kRichExtensions.size() - 2;
    for (std::size_t size = 0; size < body.size(); ++size) {
        SCOPED_TRACE(size);
        ClientHello hello;
        EXPECT_EQ(
            parse(Bytes(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size)), hello),
            size == before_block ? ParseError::None : ParseError::BadLength);
    }
}

TEST(ClientHello, RefusesBrokenFraming) {
    ClientHello hello;
    Bytes longer = rich_body();
    longer.push_back(0);
    EXPECT_EQ(parse(longer, hello), ParseError::BadLength) << "a byte behind the extensions";
    const Bytes odd = test::join(
        {test::number(0x0303, 2), Bytes(32, 1), {0}, test::prefixed(2, {1, 2, 3}), {1, 0}});
    EXPECT_EQ(parse(odd, hello), ParseError::BadLength) << "half a cipher suite";
    const Bytes overrun = test::client_hello_body({.extensions = {0, 0, 0, 9, 1}});
    EXPECT_EQ(parse(overrun, hello), ParseError::BadLength) << "extension beyond the block";
    EXPECT_TRUE(hello.extensions.bytes().size() <= overrun.size());
}

struct ServerNameCase {
    const char* why;
    Bytes body;
    std::string_view name;
};

TEST(ClientHello, ABrokenExtensionBodyLeavesOnlyThatExtensionEmpty) {
    const ServerNameCase cases[] = {
        {"no body", {}, ""},
        {"list longer than the extension", {0, 9, 0, 0, 1, 'a'}, ""},
        {"name longer than the list", {0, 4, 0, 0, 2, 'a'}, ""},
        {"no entry", {0, 0}, ""},
        {"an unknown type first", {0, 8, 7, 0, 1, 'x', 0, 0, 1, 'a'}, "a"},
        {"only an unknown type", {0, 4, 7, 0, 1, 'x'}, ""},
        {"two names: the first", {0, 8, 0, 0, 1, 'a', 0, 0, 1, 'b'}, "a"},
        {"a name with a NUL stays as it is", {0, 6, 0, 0, 3, 'a', 0, 'b'}, {"a\0b", 3}},
    };
    for (const ServerNameCase& c : cases) {
        SCOPED_TRACE(c.why);
        const Bytes body = test::client_hello_body(
            {.extensions = test::join(
                 {test::extension(extension::kServerName, c.body), test::supported_groups({29})})});
        ClientHello hello;
        ASSERT_EQ(parse(body, hello), ParseError::None);
        EXPECT_TRUE(hello.has_server_name);
        EXPECT_EQ(hello.server_name, c.name);
        EXPECT_EQ(hello.supported_groups.remaining(), 2U);
    }
}

TEST(ClientHello, ListsWhoseLengthsDisagreeAreEmpty) {
    const Bytes body = test::client_hello_body(
        {.extensions = test::join({test::extension(extension::kSupportedGroups, {0, 9, 0, 29}),
                                   test::extension(extension::kPointFormats, {1, 0, 0}),
                                   test::extension(extension::kSupportedVersions, {4, 3, 4}),
                                   test::extension(extension::kSignatureAlgorithms, {}),
                                   test::extension(extension::kSessionTicket)})});
    ClientHello hello;
    ASSERT_EQ(parse(body, hello), ParseError::None);
    EXPECT_TRUE(hello.supported_groups.empty());
    EXPECT_TRUE(hello.point_formats.empty());
    EXPECT_TRUE(hello.supported_versions.empty());
    EXPECT_TRUE(hello.signature_algorithms.empty());
    EXPECT_TRUE(hello.has_signature_algorithms);
    EXPECT_FALSE(hello.session_ticket) << "asks for a ticket, offers none";
}

TEST(ClientHello, ADtlsHelloHasACookie) {
    const Bytes body =
        test::join({test::number(0xfefd, 2), Bytes(32, 1), test::prefixed(1, {7, 7}),
                    test::prefixed(1, test::text("cookie")), test::prefixed(2, {0xc0, 0x2f}),
                    test::prefixed(1, {0}), test::prefixed(2, test::server_name("a.example"))});
    ClientHello hello;
    ASSERT_EQ(parse_dtls_client_hello(wire::Reader(body), hello), ParseError::None);
    EXPECT_EQ(hello.version, version::kDtls12);
    EXPECT_EQ(hello.session_id.remaining(), 2U);
    EXPECT_EQ(hello.cookie.text(), "cookie");
    EXPECT_EQ(hello.cipher_suites.remaining(), 2U);
    EXPECT_EQ(hello.server_name, "a.example");
    EXPECT_NE(parse(body, hello), ParseError::None) << "in TLS it has none";
    const std::size_t before_block = body.size() - test::server_name("a.example").size() - 2;
    for (std::size_t size = 0; size < body.size(); ++size) {
        EXPECT_EQ(parse_dtls_client_hello(wire::Reader(std::span(body).first(size)), hello),
                  size == before_block ? ParseError::None : ParseError::BadLength);
    }
}

TEST(ClientHello, TellsWhichFormsOfCertificatesAreOffered) {
    const Bytes body = test::client_hello_body(
        {.extensions = test::join({test::extension(extension::kServerCertificateType, {2, 2, 0}),
                                   test::extension(extension::kCertificateType, {9, 1})})});
    ClientHello hello;
    ASSERT_EQ(parse(body, hello), ParseError::None);
    EXPECT_TRUE(hello.offers(CertificateForm::RawPublicKey));
    EXPECT_FALSE(hello.offers(CertificateForm::OpenPgp)) << "its list is broken";
    EXPECT_FALSE(hello.offers(CertificateForm::CachedHash));
}

TEST(ServerHello, ReadsTls12) {
    const Bytes body = test::server_hello_body(
        {.session_id = Bytes(32, 5),
         .extensions = test::join({test::extension(0xff01, {0}), test::alpn({"h2"}),
                                   test::extension(extension::kSessionTicket)})});
    ServerHello hello;
    ASSERT_EQ(parse_server_hello(wire::Reader(body), hello), ParseError::None);
    EXPECT_EQ(hello.version, version::kTls12);
    EXPECT_EQ(hello.negotiated_version, version::kTls12);
    EXPECT_EQ(hello.cipher_suite, 0xc02f);
    EXPECT_EQ(hello.session_id.remaining(), 32U);
    EXPECT_EQ(hello.alpn, "h2");
    EXPECT_TRUE(hello.session_ticket);
    EXPECT_FALSE(hello.tls13());
    EXPECT_FALSE(hello.hello_retry_request);
}

TEST(ServerHello, CutAnywhereIsAnErrorExceptBeforeTheExtensionBlock) {
    const Bytes body = test::server_hello_body({.extensions = test::alpn({"h2"})});
    const std::size_t before_block = body.size() - test::alpn({"h2"}).size() - 2;
    for (std::size_t size = 0; size < body.size(); ++size) {
        SCOPED_TRACE(size);
        ServerHello hello;
        EXPECT_EQ(parse_server_hello(wire::Reader(std::span(body).first(size)), hello),
                  size == before_block ? ParseError::None : ParseError::BadLength);
    }
}

TEST(ServerHello, KnowsTls13AndItsDrafts) {
    struct Case {
        const char* why;
        Bytes extension;
        bool tls13;
    };
    const Case cases[] = {
        {"the standard", test::selected_version(0x0304), true},
        {"draft 28", test::selected_version(0x7f1c), true},
        {"TLS 1.2 chosen by the extension", test::selected_version(0x0303), false},
        {"a client's list where one value belongs", test::supported_versions({0x0304}), false},
        {"no extension", {}, false},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.why);
        const Bytes body = test::server_hello_body({.extensions = c.extension});
        ServerHello hello;
        ASSERT_EQ(parse_server_hello(wire::Reader(body), hello), ParseError::None);
        EXPECT_EQ(hello.tls13(), c.tls13);
    }
}

TEST(ServerHello, ReadsTheShortShapeOfEarlyDrafts) {
    const Bytes body = test::join({test::number(0x7f12, 2), Bytes(32, 1), test::number(0x1301, 2),
                                   test::prefixed(2, test::extension(extension::kPreSharedKey))});
    ServerHello hello;
    ASSERT_EQ(parse_server_hello(wire::Reader(body), hello), ParseError::None);
    EXPECT_TRUE(hello.tls13());
    EXPECT_EQ(hello.cipher_suite, 0x1301);
    EXPECT_TRUE(hello.pre_shared_key);
}

TEST(ServerHello, KnowsTheRetryByItsRandom) {
    Bytes body = test::server_hello_body({.random = test::retry_random()});
    ServerHello hello;
    ASSERT_EQ(parse_server_hello(wire::Reader(body), hello), ParseError::None);
    EXPECT_TRUE(hello.hello_retry_request);
    body[33] ^= 1;
    ASSERT_EQ(parse_server_hello(wire::Reader(body), hello), ParseError::None);
    EXPECT_FALSE(hello.hello_retry_request);
}

TEST(Registry, TellsGreaseFromRealValues) {
    unsigned count = 0;
    for (unsigned value = 0; value <= 0xffff; ++value) {
        count += is_grease(static_cast<uint16_t>(value)) ? 1U : 0U;
    }
    EXPECT_EQ(count, 16U);
    EXPECT_TRUE(is_grease(0x0a0a));
    EXPECT_TRUE(is_grease(0xfafa));
    EXPECT_FALSE(is_grease(0x0a1a));
    EXPECT_FALSE(is_grease(0x0b0b));
}

}  // namespace
}  // namespace eti::tls
