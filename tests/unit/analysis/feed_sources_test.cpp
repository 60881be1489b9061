// Where feeds come from: URLs, folders, imports.
#include "analysis/imports.h"
#include "eti/ingest/encoding.h"
#include "tests/support/http_test_server.h"
#include "tests/unit/analysis/feed_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <mutex>

namespace eti::analysis {
namespace {

using nlohmann::json;
using test::Answer;
using test::kList;
using ::testing::HasSubstr;

using FeedSources = test::FeedFixture;

// Publisher answers a conditional GET like a feed's web server.
class Publisher {
  public:
    eti::test::TestAnswer operator()(const eti::test::TestRequest& request) {
        const std::lock_guard lock(mutex_);
        ++requests;
        const auto known = request.headers.find("if-none-match");
        const std::string etag = "\"" + sha256_hex(body_).substr(0, 8) + "\"";
        if (known != request.headers.end() && known->second == etag) {
            ++unchanged;
            return {304, {"ETag: " + etag}, ""};
        }
        eti::test::TestAnswer answer{status_, {"ETag: " + etag}, body_};
        if (cut_) {
            answer.promised_bytes = body_.size() + 100;
        }
        return answer;
    }
    void publish(std::string body, int status = 200, bool cut = false) {
        const std::lock_guard lock(mutex_);
        body_ = std::move(body);
        status_ = status;
        cut_ = cut;
    }
    std::atomic<int> requests{0};
    std::atomic<int> unchanged{0};

  private:
    std::mutex mutex_;
    std::string body_;
    int status_ = 200;
    bool cut_ = false;
};

TEST_F(FeedSources, AsksAUrlOnlyForWhatChanged) {
    Publisher publisher;
    publisher.publish(kList);
    eti::test::HttpTestServer server{
        [&](const eti::test::TestRequest& request) { return publisher(request); }};
    options_.sources.clear();
    SourceOptions source;
    source.name = "web";
    source.location = server.url() + "/list.csv";
    options_.sources.push_back(source);
    start();
    const auto state = [&] { return get("/v1/feeds/cc_cert_sha1/versions").json()["sources"][0]; };
    while (get("/v1/feeds/cc_cert_sha1").status != 200) {
    }
    while (publisher.unchanged == 0) {
        service_->reload_feed();
    }
    const std::string body = get("/v1/feeds/cc_cert_sha1").body;
    struct Case {
        const char* why;
        std::string text;
        int status;
        bool cut;
        const char* sentence;
    };
    const std::string row = "2026-11-02 10:00:00," + std::string(test::kOtherSha1) + ",x\n";
    const Case cases[] = {
        {"an error of the server", "x", 500, false, "answered 500"},
        {"moved", "x", 301, false, "answered 301"},
        {"cut on the way", kList + row, 200, true, "truncated"},
        {"shrunk", row, 200, false, "less than half"},
        {"a page instead of a list", "<html></html>", 200, false, "nothing to match"},
        {"nothing", "", 200, false, "empty"},
    };
    for (const Case& c : cases) {
        publisher.publish(c.text, c.status, c.cut);
        const int before = publisher.requests;
        while (publisher.requests < before + 2) {  // the second tells that the first was stored
            service_->reload_feed();
        }
        EXPECT_THAT(state()["why"].dump(), HasSubstr(c.sentence)) << c.why;
        EXPECT_EQ(get("/v1/feeds/cc_cert_sha1").body, body) << c.why;
    }
    publisher.publish(kList + row);
    while (get("/v1/feeds/cc_cert_sha1").body == body) {
        service_->reload_feed();
    }
    EXPECT_EQ(state()["entries"], 4);
}

TEST_F(FeedSources, ReadsAMispFeedEventByEvent) {
    const std::string one = "5a3b9ef1-0000-4000-8000-c0a800000001";
    const std::string two = "5a3b9ef1-0000-4000-8000-c0a800000002";
    const std::string none = "5a3b9ef1-0000-4000-8000-c0a800000003";
    std::filesystem::create_directory(folder_.path("misp"));
    const auto put = [&](const std::string& name, const std::string& text) {
        write_file(folder_.path("misp/" + name), text, 0644);
    };
    const auto event = [](const std::string& ip) {
        return R"({"Event":{"info":"C2","Attribute":[{"type":"ip-dst","to_ids":true,"value":")" +
               ip + R"("}]}})";
    };
    put(one + ".json", event("192.0.2.101"));
    put(two + ".json", event("192.0.2.102"));
    put("hashes.csv", std::string(32, 'a') + "," + one + "\n" + std::string(32, 'b') + "," + two);
    const auto entry = [](const std::string& uuid, int timestamp) {
        return "\"" + uuid + R"(":{"timestamp":")" + std::to_string(timestamp) + "\"}";
    };
    put("manifest.json", "{" + entry(one, 1) + "," + entry(two, 1) + "," + entry(none, 1) + "}");
    options_.sources.clear();
    SourceOptions source;
    source.name = "misp";
    source.location = folder_.path("misp");
    source.format = FeedFormat::Misp;
    options_.sources.push_back(source);
    start();
    EXPECT_THAT(get("/v1/feeds/cc_ip").body, HasSubstr("192.0.2.101"));
    EXPECT_THAT(get("/v1/feeds/cc_ip").body, HasSubstr("192.0.2.102"));
    // Event one is gone; event two was never read again: its file may be anything.
    put(two + ".json", "nonsense");
    put("manifest.json", "{" + entry(two, 1) + "," + entry(none, 1) + "}");
    std::string body;
    do {
        service_->reload_feed();
        body = get("/v1/feeds/cc_ip").body;
    } while (body.find("192.0.2.101") != std::string::npos);
    EXPECT_THAT(body, HasSubstr("192.0.2.102"));
}

TEST_F(FeedSources, AnImportedListIsASourceUntilItIsRemoved) {
    options_.sources.resize(1);
    start();
    const std::string list = folder_.path("my list (1).csv");
    write_file(list,
               "# Listingdate,SHA1,Listingreason\n2026-11-03 10:00:00," +
                   std::string(test::kOtherSha1) + ",Gozi\nno fingerprint\n",
               0644);
    SourceOptions wanted;
    wanted.location = list;
    wanted.name = import_name(list);
    EXPECT_EQ(wanted.name, "my-list-1");
    const std::string before = get("/v1/feeds/cc_cert_sha1").body;
    check_import(wanted, {});
    const ImportReport report = import_list(options_.data_directory, wanted, {});
    EXPECT_EQ(report.entries, 1);
    ASSERT_EQ(report.rejected.size(), 1U);
    EXPECT_EQ(report.rejected[0].line, 3U);
    const auto body = [&] { return get("/v1/feeds/cc_cert_sha1").body; };
    while (body().find(test::kOtherSha1) == std::string::npos) {
        service_->reload_feed();
    }
    const auto sources = [&] { return get("/v1/feeds/cc_cert_sha1/versions").json()["sources"]; };
    ASSERT_EQ(sources().size(), 2U);
    EXPECT_EQ(sources()[1]["name"], "my-list-1");
    std::filesystem::remove(list);
    stop();
    start();
    EXPECT_THAT(body(), HasSubstr(test::kOtherSha1)) << "a copy was kept";
    remove_import(options_.data_directory, "my-list-1");
    while (body() != before) {
        service_->reload_feed();
    }
    EXPECT_EQ(sources().size(), 1U);
    EXPECT_THROW(remove_import(options_.data_directory, "my-list-1"), std::runtime_error);
}

TEST_F(FeedSources, AnImportThatIsNoListIsRefused) {
    const auto why_not = [&](SourceOptions wanted) -> std::string {
        try {
            import_list(options_.data_directory, wanted, {1000, 10, std::chrono::seconds(1)});
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "it is taken";
    };
    SourceOptions wanted;
    wanted.name = "list";
    wanted.location = folder_.path("list.csv");
    EXPECT_THAT(why_not(wanted), HasSubstr("list.csv"));
    const std::pair<const char*, std::string> cases[] = {
        {"empty", ""},
        {"nothing to match", "<html></html>"},
        {"declares 9", kList + "# END (9) entries\n"},
        {"sensible size", std::string(2000, '\n')},
    };
    for (const auto& [sentence, text] : cases) {
        write_file(wanted.location, text, 0644);
        EXPECT_THAT(why_not(wanted), HasSubstr(sentence));
    }
    write_file(wanted.location, kList, 0644);
    for (const char* name : {"", "../feed", "a/b", "a b", ".", "a,b"}) {
        wanted.name = name;
        EXPECT_THAT(why_not(wanted), HasSubstr("no name for an import")) << name;
    }
    wanted.name = "list";
    EXPECT_EQ(why_not(wanted), "it is taken");
    wanted.location = folder_.path();
    EXPECT_THAT(why_not(wanted), HasSubstr("--source"));
    ASSERT_EQ(imported_sources(options_.data_directory).size(), 1U);
    EXPECT_EQ(imported_sources(options_.data_directory)[0].name, "list");
}

TEST(SourceOptions, show_no_secret) {
    for (const auto& [location, shown] :
         {std::pair("https://ada:secret@lists.example/a?key=secret", "https://lists.example/a?..."),
          std::pair("https://lists.example/a@b", "https://lists.example/a@b"),
          std::pair("https://a:b@c@lists.example", "https://lists.example"),
          std::pair("/lists/a?b@c", "/lists/a?b@c")}) {
        SourceOptions source;
        source.location = location;
        EXPECT_EQ(source.shown(), shown);
    }
}

TEST(SourceOptions, are_read_from_one_line) {
    const SourceOptions source =
        parse_source("sslbl=https://sslbl.example/list.csv,format=csv,max-age=90,interval=600");
    EXPECT_EQ(source.name, "sslbl");
    EXPECT_EQ(source.location, "https://sslbl.example/list.csv");
    EXPECT_EQ(source.format, FeedFormat::Csv);
    EXPECT_EQ(source.max_age, std::chrono::hours(24 * 90));
    EXPECT_EQ(source.interval, std::chrono::seconds(600));
    EXPECT_EQ(parse_source("a=/lists/a.csv").location, "/lists/a.csv");
    EXPECT_NO_THROW(parse_source("a=http://127.0.0.1:8080/x"));
    for (const char* text :
         {"", "x", "=x", "a=", "a=b,format=pdf", "a=b,max-age=x", "a=b,interval=1", "a=b,c=d",
          "a=http://lists.example/x", "a=ftp://lists.example/x", "a=file:///etc/passwd"}) {
        EXPECT_THROW(parse_source(text), std::runtime_error) << text;
    }
}

}  // namespace
}  // namespace eti::analysis
