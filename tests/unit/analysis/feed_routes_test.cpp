// Feeds over real HTTP: sources by file and URL, versions, deltas, going back, lists for others.
#include "analysis/service.h"
#include "eti/ingest/encoding.h"
#include "eti/intel/feed_delta.h"
#include "eti/store/feeds.h"
#include "eti/store/private_file.h"
#include "tests/support/http_test_server.h"
#include "tests/support/service_builders.h"
#include "tests/unit/analysis/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

namespace eti::analysis {
namespace {

using nlohmann::json;
using test::Answer;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kList =
    "# Listingdate,SHA1,Listingreason\n"
    "2026-11-01 10:00:00,2e3519b7cb61a3cd6167f727df993f68311085ea,Dridex C&C\n"
    "2026-11-02 10:00:00,11234647793f73cbded849d827af9f33ebdf288a,AsyncRAT C&C\n"
    "2026-11-02 10:00:00," +
    std::string(64, 'b') + ",Vidar C&C\n";
const std::string kServers = "192.0.2.1:443\n192.0.2.2\n192.0.2.3\n198.51.100.7\n2001:db8::1\n";

class FeedRoutes : public ::testing::Test {
  protected:
    FeedRoutes() {
        options_.data_directory = folder_.path("data");
        options_.port = 0;
        options_.tick = std::chrono::milliseconds(10);
        add_source("certs", kList);
        add_source("servers", kServers);
    }
    ~FeedRoutes() override { stop(); }

    void add_source(const std::string& name, const std::string& text) {
        SourceOptions source;
        source.name = name;
        source.location = folder_.path(name + ".txt");
        write_file(source.location, text, 0644);
        options_.sources.push_back(source);
    }
    void start() {
        service_.emplace(options_);
        runner_ = std::thread([this] { service_->run(); });
        base_ = "http://127.0.0.1:" + std::to_string(service_->port());
    }
    void stop() {
        if (runner_.joinable()) {
            service_->stop();
            runner_.join();
        }
        service_.reset();
    }
    Answer call(const std::string& method, const std::string& path, const std::string& body = "",
                std::vector<std::string> headers = {}) {
        return test::perform({method, base_ + path, body, std::move(headers), ""});
    }
    Answer get(const std::string& path, std::vector<std::string> headers = {}) {
        return call("GET", path, "", std::move(headers));
    }
    std::string version_of(const std::string& feed) {
        return get("/v1/feeds/" + feed + "/versions").json()["versions"][0]["version"];
    }
    // replace writes a source's file anew and waits until the feed's version is another.
    void replace(const std::string& source, const std::string& text, const std::string& feed) {
        const std::string before = version_of(feed);
        write_file(folder_.path(source + ".txt"), text, 0644);
        while (version_of(feed) == before) {
            service_->reload_feed();
        }
    }

    test::TemporaryFolder folder_;
    ServiceOptions options_;
    std::optional<Service> service_;
    std::thread runner_;
    std::string base_;
};

TEST_F(FeedRoutes, ServesVersionsAndDeltas) {
    start();
    const std::string old_body = get("/v1/feeds/cc_cert_sha1").body;
    const std::string old_version = version_of("cc_cert_sha1");
    replace("certs", kList + "2026-11-03 10:00:00," + std::string(test::kOtherSha1) + ",Gozi\n",
            "cc_cert_sha1");
    const std::string body = get("/v1/feeds/cc_cert_sha1").body;
    const Answer delta = get("/v1/feeds/cc_cert_sha1?since=" + old_version);
    intel::FeedDelta way;
    ASSERT_EQ(intel::parse_feed_delta(delta.body, way), "") << delta.body;
    EXPECT_EQ(way.changes(), 1U);
    std::string result;
    ASSERT_EQ(intel::apply_feed_delta(old_body, way, result), "");
    EXPECT_EQ(result, body);
    EXPECT_EQ(get("/v1/feeds/cc_cert_sha1?since=19990101.1").body, body) << "all, when unknown";

    const json versions = get("/v1/feeds/cc_cert_sha1/versions").json();
    ASSERT_EQ(versions["versions"].size(), 2U);
    EXPECT_EQ(versions["versions"][0]["added"], 1);
    EXPECT_EQ(versions["versions"][0]["why"], "source certs");
    EXPECT_EQ(versions["versions"][0]["sha256"], sha256_hex(body));
    ASSERT_EQ(versions["sources"].size(), 2U);
    EXPECT_EQ(versions["sources"][0]["name"], "certs");
    EXPECT_EQ(versions["sources"][0]["entries"], 4);

    const std::string now = version_of("cc_cert_sha1");
    const json diff = get("/v1/feeds/cc_cert_sha1/diff?from=" + old_version + "&to=" + now).json();
    EXPECT_EQ(diff["added_count"], 1);
    EXPECT_EQ(diff["removed_count"], 0);
    EXPECT_EQ(diff["added"][0]["value"], test::kOtherSha1);
    EXPECT_EQ(diff["added"][0]["reason"], "Gozi");
    EXPECT_EQ(get("/v1/feeds/cc_cert_sha1/diff?from=1&to=" + now).status, 404);
    EXPECT_EQ(get("/v1/feeds/cc_cert_sha1/diff").status, 400);

    const json entry =
        get("/v1/feeds/cc_cert_sha1/entry?value=" + std::string(test::kOtherSha1)).json();
    EXPECT_EQ(entry["entries"][0]["sources"][0]["source"], "certs");
    EXPECT_EQ(get("/v1/feeds/cc_cert_sha1/entry?value=ff").status, 404);
    EXPECT_EQ(get("/v1/feeds/nothing/versions").status, 404);
    EXPECT_EQ(get("/v1/feeds/cc_cert_sha1/nothing").status, 404);
    EXPECT_EQ(call("POST", "/v1/feeds/cc_cert_sha1/diff").status, 405);
}

TEST_F(FeedRoutes, GoesBackToAnEarlierVersion) {
    start();
    const std::string old_body = get("/v1/feeds/cc_cert_sha1").body;
    const std::string old_version = version_of("cc_cert_sha1");
    replace("certs", kList + "2026-11-03 10:00:00," + std::string(test::kOtherSha1) + ",Gozi\n",
            "cc_cert_sha1");
    const std::string path = "/v1/feeds/cc_cert_sha1/rollback";
    const Answer answer =
        call("POST", path, json{{"version", old_version}, {"comment", "too much"}}.dump());
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json()["serial"], 3);
    EXPECT_EQ(answer.json()["why"], "rollback to " + old_version + ": too much");
    EXPECT_EQ(get("/v1/feeds/cc_cert_sha1").body, old_body);
    EXPECT_EQ(call("POST", path, R"({"version":"1"})").status, 404);
    EXPECT_EQ(call("POST", path, R"({})").status, 422);
    EXPECT_EQ(call("POST", path, "x").status, 400);
    EXPECT_EQ(call("GET", path).status, 405);
}

TEST_F(FeedRoutes, ServesListsForOthersWithoutWhatIsProtected) {
    options_.protect.push_back(*net::parse_ip_range("192.0.2.3"));
    start();
    call("POST", "/v1/allowlist", R"({"kind":"ip","value":"198.51.100.7"})");
    call("POST", "/v1/allowlist", json{{"kind", "sha256"}, {"value", std::string(64, 'b')}}.dump());
    EXPECT_EQ(get("/v1/export/srx/cc_ip").body, "192.0.2.1\n192.0.2.2\n");
    EXPECT_EQ(get("/v1/export/srx/cc_ipv6").body, "2001:db8::1\n");
    EXPECT_EQ(get("/v1/export/srx/infected_hosts").body, "");
    const Answer head = call("HEAD", "/v1/export/srx/cc_ip");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(get("/v1/export/srx/cc_ip.tgz").body.substr(0, 2), "\x1f\x8b");
    EXPECT_THAT(get("/v1/export/edl/cc_ip?min-level=10").body,
                HasSubstr(", 2 addresses\n192.0.2.1\n192.0.2.2\n"));
    EXPECT_EQ(get("/v1/export/edl/cc_ip?min-level=11").status, 400);
    EXPECT_EQ(get("/v1/export/suricata/ip").body, "192.0.2.1\n192.0.2.2\n2001:db8::1\n");
    EXPECT_THAT(get("/v1/export/suricata/cert-sha1").body,
                HasSubstr(base64_encode("11:23:46:47:79:3f:73:cb:de:d8:49:d8:27:af:9f:33:eb:df:28:"
                                        "8a")));
    EXPECT_EQ(get("/v1/export/suricata/cert-sha256").body, "") << "allowlisted";
    const Answer stix = get("/v1/export/stix");
    const json bundle = stix.json();
    EXPECT_EQ(bundle["type"], "bundle");
    ASSERT_EQ(bundle["objects"].size(), 6U) << "a producer, two certificates, three servers";
    for (const json& object : bundle["objects"]) {
        EXPECT_EQ(object["spec_version"], "2.1");
        EXPECT_FALSE(object.contains("revoked"));
    }
    EXPECT_THAT(stix.body, Not(HasSubstr("192.0.2.3")));
    EXPECT_THAT(stix.body, Not(HasSubstr("198.51.100.7")));
    EXPECT_EQ(get("/v1/export/stix").body, stix.body) << "nothing changed, not a byte";
    for (const char* path : {"/v1/export/srx/cc_cert_sha1", "/v1/export/srx", "/v1/export/x",
                             "/v1/export/suricata/x", "/v1/export/stix/x"}) {
        EXPECT_EQ(get(path).status, 404) << path;
    }
}

TEST_F(FeedRoutes, AWithdrawnEntryIsRevoked) {
    start();
    const json before = get("/v1/export/stix").json();
    std::string shorter = kList;
    shorter.erase(shorter.find("2026-11-02"),
                  shorter.find(std::string(64, 'b')) - shorter.find("2026-11-02") - 20);
    replace("certs", shorter, "cc_cert_sha1");
    const json after = get("/v1/export/stix").json();
    ASSERT_EQ(after["objects"].size(), before["objects"].size());
    int revoked = 0;
    for (std::size_t i = 0; i < after["objects"].size(); ++i) {
        const json& object = after["objects"][i];
        EXPECT_EQ(object["id"], before["objects"][i]["id"]);
        EXPECT_EQ(object["created"], before["objects"][i]["created"]);
        if (object.value("revoked", false)) {
            ++revoked;
            EXPECT_THAT(object["pattern"], HasSubstr("11234647793f"));
        } else {
            EXPECT_EQ(object, before["objects"][i]);
        }
    }
    EXPECT_EQ(revoked, 1);
    EXPECT_NE(before["id"], after["id"]);
}

TEST_F(FeedRoutes, AListIsTaggedUntilItChanges) {
    start();
    for (const char* path : {"/v1/export/srx/cc_ip", "/v1/export/srx/cc_ip.tgz",
                             "/v1/export/edl/cc_ip", "/v1/export/suricata/ip", "/v1/export/stix"}) {
        const std::string tag = get(path).headers.at("etag");
        EXPECT_EQ(get(path, {"If-None-Match: " + tag}).status, 304) << path;
    }
    const std::string tag = get("/v1/export/srx/cc_ip").headers.at("etag");
    call("POST", "/v1/allowlist", R"({"kind":"ip","value":"192.0.2.1"})");
    const Answer changed = get("/v1/export/srx/cc_ip", {"If-None-Match: " + tag});
    EXPECT_EQ(changed.status, 200) << "an allowlisted address leaves at once";
    EXPECT_THAT(changed.body, Not(HasSubstr("192.0.2.1\n")));
}

TEST_F(FeedRoutes, AnExportTokenReadsNothingElse) {
    start();
    const std::string token = issue_token(options_.data_directory, "firewall", TokenKind::Export);
    const std::string bearer = "Authorization: Bearer " + token;
    const std::string basic = "Authorization: Basic " + base64_encode("anybody:" + token);
    for (const std::string& credential : {bearer, basic}) {
        EXPECT_EQ(get("/v1/export/srx/cc_ip", {credential}).status, 200);
        for (const char* path : {"/v1/feeds", "/v1/hosts", "/v1/servers", "/v1/allowlist",
                                 "/v1/infected-hosts", "/metrics", "/"}) {
            EXPECT_EQ(get(path, {credential}).status, 403) << path;
        }
        EXPECT_EQ(call("POST", "/v1/allowlist", "{}", {credential}).status, 403);
    }
    EXPECT_EQ(get("/v1/export/srx/cc_ip").status, 401);
    EXPECT_EQ(get("/v1/export/srx/cc_ip", {"Authorization: Bearer no"}).status, 401);
}

TEST_F(FeedRoutes, AnotherStoreIsSeenInTheLongPoll) {
    start();
    const json first = get("/v1/infected-hosts").json();
    const std::string store = first["store"];
    EXPECT_EQ(store.size(), 16U);
    const std::string version = std::to_string(first["version"].get<int64_t>());
    EXPECT_EQ(get("/v1/infected-hosts?since=" + version + "&store=" + store).json()["full"], false);
    const json other = get("/v1/infected-hosts?wait=30&since=" + version + "&store=lost").json();
    EXPECT_EQ(other["full"], true) << "at once, and all of it";
}

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

TEST_F(FeedRoutes, AsksAUrlOnlyForWhatChanged) {
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

TEST_F(FeedRoutes, ReadsAMispFeedEventByEvent) {
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
