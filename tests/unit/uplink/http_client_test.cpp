#include "uplink/http_client.h"

#include "eti/base/mailbox.h"
#include "tests/support/http_test_server.h"

#include <gtest/gtest.h>

namespace eti::uplink {
namespace {

using eti::test::HttpTestServer;
using eti::test::TestAnswer;
using eti::test::TestRequest;

HttpResponse exchange(HttpRequest request) {
    HttpClient client;
    EventFd nothing;
    std::optional<HttpResponse> result;
    client.start(std::move(request),
                 [&](const HttpRequest&, HttpResponse response) { result = std::move(response); });
    while (!result) {
        client.wait(nothing.fd(), std::chrono::milliseconds(1000));
        client.run_handlers();
    }
    return *result;
}

TEST(CheckUrl, PlainHttpIsForLoopbackOnly) {
    struct Case {
        const char* url;
        bool good;
    };
    const Case cases[] = {
        {"https://analysis.example:8443", true},
        {"https://192.0.2.1", true},
        {"http://127.0.0.1:8080", true},
        {"http://127.8.9.10:8080", true},
        {"http://[::1]:8080", true},
        {"http://localhost:8080", true},
        {"http://192.0.2.1:8080", false},
        {"http://127.0.0.1.example.org", false},
        {"http://localhost.example.org", false},
        {"http://127.0.0.1@192.0.2.1/", false},
        {"ftp://127.0.0.1", false},
        {"file:///etc/passwd", false},
        {"not a url", false},
        {"", false},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(check_url(c.url).empty(), c.good) << c.url << ": " << check_url(c.url);
    }
}

TEST(OriginOf, NamesHostAndPort) {
    std::string host;
    uint16_t port = 0;
    ASSERT_TRUE(origin_of("https://analysis.example", host, port));
    EXPECT_EQ(host, "analysis.example");
    EXPECT_EQ(port, 443);
    ASSERT_TRUE(origin_of("http://[::1]:8080/", host, port));
    EXPECT_EQ(host, "::1");
    EXPECT_EQ(port, 8080);
    EXPECT_FALSE(origin_of("", host, port));
}

TEST(HttpClient, BoundsWhatItReads) {
    struct Case {
        const char* why;
        TestAnswer answer;
        long status;
        const char* sentence;
    };
    const Case cases[] = {
        {"a body at the bound", {200, {}, std::string(1000, 'x')}, 200, ""},
        {"one byte more", {200, {}, std::string(1001, 'x')}, 0, "more than 1000 bytes"},
        {"endless headers",
         {200, std::vector<std::string>(2000, "X: " + std::string(60, 'y')), ""},
         0,
         "refused"},
        {"less than promised", {200, {}, "abc", 10}, 0, "broke off"},
    };
    for (const Case& c : cases) {
        HttpTestServer server([&](const TestRequest&) { return c.answer; });
        HttpRequest request;
        request.url = server.url() + "/";
        request.most_body = 1000;
        const HttpResponse response = exchange(request);
        EXPECT_EQ(response.status, c.status) << c.why;
        EXPECT_NE(response.error.find(c.sentence), std::string::npos)
            << c.why << ": " << response.error;
    }
}

TEST(HttpClient, GivesUpOnASilentServer) {
    HttpTestServer server([](const TestRequest&) { return TestAnswer::hanging(); });
    HttpRequest request;
    request.url = server.url() + "/";
    request.timeout = std::chrono::seconds(1);
    const HttpResponse response = exchange(request);
    EXPECT_EQ(response.status, 0);
    EXPECT_NE(response.error.find("too slow"), std::string::npos) << response.error;
}

TEST(HttpClient, SendsTheBodyAndReadsTheHeaders) {
    TestRequest seen;
    HttpTestServer server([&](const TestRequest& request) {
        seen = request;
        return TestAnswer{429, {"ETag: \"abc\"", "retry-after:  17 "}, "x"};
    });
    HttpRequest request;
    request.url = server.url() + "/v1/records";
    request.post = true;
    request.body = std::string("zstd\0body", 9);
    request.headers = {"Idempotency-Key: a/b/1"};
    const HttpResponse response = exchange(request);
    EXPECT_EQ(response.status, 429);
    EXPECT_EQ(response.etag, "\"abc\"");
    EXPECT_EQ(response.retry_after, std::chrono::seconds(17));
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.body, request.body);
    EXPECT_EQ(seen.headers.at("idempotency-key"), "a/b/1");
    EXPECT_EQ(seen.headers.count("authorization"), 0U);
}

TEST(HttpClient, AMissingCaFileIsNamedWithItsRemedy) {
    HttpRequest request;
    request.url = "https://127.0.0.1:1/";
    request.tls.trusted_ca_file = "/nonexistent/ca.pem";
    const HttpResponse response = exchange(request);
    EXPECT_EQ(response.status, 0);
    EXPECT_NE(response.error.find(request.url), std::string::npos) << response.error;
}

}  // namespace
}  // namespace eti::uplink
