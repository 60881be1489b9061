#include "eti/api/page.h"

#include <gtest/gtest.h>

namespace eti::analysis {
namespace {

Request get(std::string_view target, std::map<std::string, std::string> headers = {}) {
    Request request;
    request.method = "GET";
    EXPECT_TRUE(parse_target(target, request)) << target;
    request.headers = std::move(headers);
    return request;
}

std::string header(const Response& response, std::string_view name) {
    for (const auto& [each, value] : response.headers) {
        if (each == name) {
            return value;
        }
    }
    return {};
}

struct Path {
    const char* target;
    const char* type;  // nullptr: not the page's
    const char* why;
};

TEST(Page, ServesItsFilesAndItsOwnPaths) {
    for (const Path& path : {
             Path{"/", "text/html; charset=utf-8", "the table"},
             Path{"/?range=1w&filter=level%3A10", "text/html; charset=utf-8", "with its state"},
             Path{"/servers/203.0.113.7", "text/html; charset=utf-8", "a detail"},
             Path{"/hosts/10.0.1.10", "text/html; charset=utf-8", "a detail"},
             Path{"/audit", "text/html; charset=utf-8", "a list"},
             Path{"/app.js", "text/javascript; charset=utf-8", "code"},
             Path{"/style.css", "text/css; charset=utf-8", "looks"},
             Path{"/licenses.txt", "text/plain; charset=utf-8", "notices of the libraries"},
             Path{"/openapi.json", "application/json", "the contract"},
             Path{"/v1/servers", nullptr, "the API"},
             Path{"/metrics", nullptr, "operations"},
             Path{"/healthz", nullptr, "operations"},
             Path{"/app.js/x", nullptr, "a file is no folder"},
             Path{"/..%2fapp.js", nullptr, "no way up"},
         }) {
        const Request request = get(path.target);
        EXPECT_EQ(is_page(request), path.type != nullptr) << path.target << ": " << path.why;
        if (path.type != nullptr) {
            const Response response = page_answer(request);
            EXPECT_EQ(response.status, 200) << path.target;
            EXPECT_EQ(response.content_type, path.type) << path.target;
            EXPECT_FALSE(response.body.empty()) << path.target;
        }
    }
}

TEST(Page, TellsABrowserOfAPathThereIsNot) {
    const Request astray = get("/no/such/page", {{"accept", "text/html,*/*;q=0.8"}});
    ASSERT_TRUE(is_page(astray));
    EXPECT_EQ(page_answer(astray).status, 404);
    EXPECT_EQ(page_answer(astray).content_type, "text/html; charset=utf-8");
    EXPECT_FALSE(is_page(get("/no/such/page", {{"accept", "*/*"}})));
    EXPECT_FALSE(is_page(get("/v1/none", {{"accept", "text/html"}})));
}

TEST(Page, AllowsNothingInlineAndNothingFromElsewhere) {
    const Response response = page_answer(get("/"));
    EXPECT_EQ(header(response, "Content-Security-Policy"),
              "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
              "object-src 'none'");
    EXPECT_EQ(response.body.find("<style"), std::string::npos);
    EXPECT_EQ(response.body.find("style="), std::string::npos);
}

TEST(Page, CompressesForWhoTakesIt) {
    const Response plain = page_answer(get("/app.js"));
    EXPECT_EQ(header(plain, "Content-Encoding"), "");
    const Response none = page_answer(get("/app.js", {{"accept-encoding", "gzip;q=0, br"}}));
    EXPECT_EQ(header(none, "Content-Encoding"), "");
    const Response packed = page_answer(get("/app.js", {{"accept-encoding", "br, gzip"}}));
    EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
    EXPECT_EQ(packed.body.substr(0, 2), "\x1f\x8b");
    EXPECT_LT(packed.body.size() * 2, plain.body.size());
    EXPECT_NE(header(packed, "ETag"), header(plain, "ETag"));
    EXPECT_EQ(header(plain, "Vary"), "Accept-Encoding");
}

TEST(Page, IsNotSentTwice) {
    const std::string tag = header(page_answer(get("/app.js")), "ETag");
    const Response again = page_answer(get("/app.js", {{"if-none-match", tag}}));
    EXPECT_EQ(again.status, 304);
    EXPECT_TRUE(again.body.empty());
    EXPECT_EQ(header(again, "ETag"), tag);
    EXPECT_EQ(page_answer(get("/app.js", {{"if-none-match", "\"older\""}})).status, 200);
}

TEST(Page, TakesNoWrites) {
    Request request = get("/");
    request.method = "POST";
    const Response response = page_answer(request);
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(header(response, "Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace eti::analysis
