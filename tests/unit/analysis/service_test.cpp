// The whole service in this process, over real HTTP on an ephemeral loopback port.
#include "eti/base/check.h"
#include "eti/ingest/encoding.h"
#include "eti/store/private_file.h"
#include "tests/support/service_builders.h"
#include "tests/unit/analysis/service_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <fstream>
#include <future>
#include <optional>
#include <thread>

namespace eti::analysis {
namespace {

using nlohmann::json;
using test::Answer;
using test::Call;
using test::kListedSha1;
using test::RecordBuilder;
using ::testing::HasSubstr;

using ServiceTest = test::ServiceFixture;
using test::zstd;

TEST_F(ServiceTest, TakesRecordsAndNamesTheBadOnes) {
    start();
    const Answer answer = post(RecordBuilder().line() + "nope\n" + RecordBuilder().id("b").line());
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.json()["accepted"], 2);
    ASSERT_EQ(answer.json()["rejected"].size(), 1U);
    EXPECT_EQ(answer.json()["rejected"][0]["line"], 2);
    EXPECT_EQ(answer.json()["duplicate"], false);
    EXPECT_EQ(post("other\n").json()["duplicate"], true);
    EXPECT_EQ(get("/v1/sessions?client=10.0.1.10").json()["sessions"].size(), 2U);
    EXPECT_EQ(get("/v1/sessions?client=10.0.1.11").json()["sessions"].size(), 0U);
}

TEST_F(ServiceTest, RefusesWhatItCannotTake) {
    options_.max_records_bytes = 100'000;
    start();
    struct Case {
        const char* why;
        Call call;
        long status;
        const char* says;
    };
    const std::string line = RecordBuilder().line();
    const std::string records = base_ + "/v1/records";
    const std::vector<Case> cases = {
        {"unknown encoding", {"POST", records, line, {"Content-Encoding: br"}, ""}, 415, "zstd"},
        {"not zstd", {"POST", records, line, {"Content-Encoding: zstd"}, ""}, 400, "complete"},
        {"a bomb",
         {"POST", records, zstd(std::string(1 << 20, '\n')), {"Content-Encoding: zstd"}, ""},
         413,
         "smaller"},
        {"a large body", {"POST", records, std::string(100'001, 'x'), {}, ""}, 413, "at most"},
        {"a large body of unknown length",
         {"POST", records, std::string(200'000, 'x'), {"Transfer-Encoding: chunked"}, ""},
         413,
         "larger"},
        {"an endless key",
         {"POST", records, line, {"Idempotency-Key: " + std::string(300, 'k')}, ""},
         400,
         "Idempotency-Key"},
        {"a large entry",
         {"POST", base_ + "/v1/allowlist", std::string(70'000, ' '), {}, ""},
         413,
         "at most"},
        {"no JSON", {"POST", base_ + "/v1/allowlist", "x", {}, ""}, 400, "JSON object"},
        {"an unknown kind",
         {"POST", base_ + "/v1/allowlist", R"({"kind":"url"})", {}, ""},
         422,
         "kind"},
        {"an unknown status",
         {"PATCH", base_ + "/v1/hosts/10.0.0.1", R"({"investigation_status":"fine"})", {}, ""},
         422,
         "open"},
        {"no address", {"GET", base_ + "/v1/hosts/nobody", "", {}, ""}, 404, "IP address"},
        {"an unknown path", {"GET", base_ + "/v2", "", {}, ""}, 404, "/v1/"},
        {"a page there is not", {"GET", base_ + "/index.php", "", {}, ""}, 404, "/v1/"},
        {"a wrong method", {"PUT", base_ + "/v1/feeds", "", {}, ""}, 405, "GET"},
        {"a broken escape", {"GET", base_ + "/v1/%zz", "", {}, ""}, 400, "malformed"},
        {"a bad number", {"GET", base_ + "/v1/sessions?limit=0", "", {}, ""}, 400, "limit"},
        {"an unknown feed", {"GET", base_ + "/v1/feeds/cc_ip", "", {}, ""}, 404, "cc_ip"},
        {"a huge header",
         {"GET", base_ + "/v1/feeds", "", {"X: " + std::string(20'000, 'x')}, ""},
         431,
         "header"},
    };
    for (const Case& each : cases) {
        const Answer answer = test::perform(each.call);
        EXPECT_EQ(answer.status, each.status) << each.why;
        EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json") << each.why;
        EXPECT_EQ(answer.json()["status"], each.status) << each.why;
        EXPECT_THAT(answer.json()["detail"].get<std::string>(), HasSubstr(each.says)) << each.why;
    }
    EXPECT_EQ(post(line).status, 202) << "the service goes on";
}

TEST_F(ServiceTest, ALongPollWakesWhenAHostBecomesInfected) {
    start();
    const int64_t since = version();
    auto poll = std::async(std::launch::async, [&] {
        return get("/v1/infected-hosts?since=" + std::to_string(since) + "&wait=60");
    });
    // Whether the poll waits already or not: it must answer with the host, and before its 60 s.
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(post(RecordBuilder().sha1(kListedSha1).line()).status, 202);
    const json answer = poll.get().json();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
    EXPECT_EQ(answer["full"], false);
    EXPECT_GT(answer["version"].get<int64_t>(), since);
    ASSERT_EQ(answer["entries"].size(), 1U);
    EXPECT_EQ(answer["entries"][0]["ip"], "10.0.1.10");
    EXPECT_EQ(answer["entries"][0]["threat_level"], 10);
    EXPECT_EQ(answer["entries"][0]["reason"], "certificate-blocklist: Dridex C&C");
}

TEST_F(ServiceTest, StoppingAnswersThePollsThatWait) {
    start();
    const std::string path = "/v1/infected-hosts?wait=60&since=" + std::to_string(version());
    const auto begin = std::chrono::steady_clock::now();
    auto poll = std::async(std::launch::async, [&]() -> long {
        try {
            return get(path).status;
        } catch (const std::runtime_error&) {
            return 0;  // it connected only after the service had stopped
        }
    });
    stop();
    EXPECT_THAT(poll.get(), ::testing::AnyOf(200, 0));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST_F(ServiceTest, ARestartKeepsEverything) {
    start();
    post(RecordBuilder().sha1(kListedSha1).line());
    call("POST", "/v1/allowlist", R"({"kind":"ip","value":"192.0.2.1"})");
    const json before = get("/v1/infected-hosts").json();
    // Not the whole manifest: the infected hosts are published a little later.
    const auto lists = [this] {
        return json{get("/v1/feeds/cc_cert_sha1").body, get("/v1/feeds/eta_custom_whitelist").body};
    };
    const json published = lists();
    const std::string token = read_file(folder_.path("data/token"), 1000);
    restart();
    EXPECT_EQ(get("/v1/infected-hosts").json(), before);
    EXPECT_EQ(lists(), published);
    EXPECT_EQ(get("/v1/allowlist").json()["entries"].size(), 1U);
    EXPECT_EQ(post("other\n").json()["duplicate"], true);
    EXPECT_EQ(read_file(folder_.path("data/token"), 1000), token);
}

TEST_F(ServiceTest, TheLastGoodFeedOutlivesItsFile) {
    start();
    const std::string body = get("/v1/feeds/cc_cert_sha1").body;
    stop();
    std::filesystem::remove(options_.feed_file);
    start();
    EXPECT_EQ(get("/v1/feeds/cc_cert_sha1").body, body);
    EXPECT_EQ(post(RecordBuilder().sha1(kListedSha1).line()).status, 202);
    EXPECT_EQ(get("/v1/infected-hosts").json()["entries"].size(), 1U);
}

TEST_F(ServiceTest, AChangedFeedFileIsServedAndJudgedBy) {
    options_.tick = std::chrono::milliseconds(10);
    start();
    const std::string before = get("/v1/feeds").json()["feeds"][0]["version"];
    std::string text = test::kFeed;
    text.insert(text.find("# END"),
                "2026-11-03 10:00:00," + std::string(test::kOtherSha1) + ",Vidar C&C\r\n");
    text.replace(text.find("(2)"), 3, "(3)");
    write_file(options_.feed_file, text, 0644);
    service_->reload_feed();
    json feed;
    do {
        feed = get("/v1/feeds").json()["feeds"][0];
    } while (feed["version"] == before);
    EXPECT_EQ(feed["entries"], 3);
    EXPECT_EQ(feed["serial"], 2);
    EXPECT_THAT(get("/v1/feeds/cc_cert_sha1").body,
                HasSubstr("2026-11-03 10:00:00,00112233445566778899aabbccddeeff00112233,Vidar C&C\n"
                          "# END (3) entries\n"));
    post(RecordBuilder().line());
    EXPECT_EQ(get("/v1/hosts/10.0.1.10").json()["reasons"][0]["reason"],
              "certificate-blocklist: Vidar C&C");
}

bool verifies(const std::string& public_key_file, const std::string& text,
              const std::string& signature) {
    std::FILE* file = std::fopen(public_key_file.c_str(), "r");
    EVP_PKEY* key = PEM_read_PUBKEY(file, nullptr, nullptr, nullptr);
    std::fclose(file);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key);
    const bool valid =
        EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()),
                         signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                         text.size()) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return valid;
}

TEST_F(ServiceTest, TheManifestsSignaturesVerify) {
    start();
    const json manifest = get("/v1/feeds").json();
    EXPECT_EQ(manifest["realm"], "default");
    EXPECT_EQ(manifest["key_id"].get<std::string>().size(), 16U);
    ASSERT_EQ(manifest["feeds"].size(), 2U);
    for (const json& feed : manifest["feeds"]) {
        const auto text = [&feed](const char* name) { return feed[name].get<std::string>(); };
        const std::string message =
            "openeti-feed-v1\n" + text("name") + "\n" +
            std::to_string(feed["serial"].get<int64_t>()) + "\n" + text("version") + "\n" +
            std::to_string(feed["entries"].get<int64_t>()) + "\n" + text("sha256") + "\n" +
            text("created") + "\n" + text("expires") + "\n";
        const auto signature = base64_decode(text("signature"));
        ASSERT_TRUE(signature);
        EXPECT_TRUE(verifies(folder_.path("data/feed.pub"), message, *signature));
        EXPECT_FALSE(verifies(folder_.path("data/feed.pub"), message + "x", *signature));
        const std::string body = get("/v1/feeds/" + text("name")).body;
        EXPECT_EQ(sha256_hex(body), text("sha256"));
        EXPECT_EQ(feed["update_interval"], 300);
    }
}

TEST_F(ServiceTest, AnUnchangedFeedIsNotSentAgain) {
    start();
    for (const char* path :
         {"/v1/feeds", "/v1/feeds/cc_cert_sha1", "/v1/feeds/eta_custom_whitelist"}) {
        const Answer first = get(path);
        EXPECT_EQ(first.status, 200);
        const std::string tag = first.headers.at("etag");
        const Answer second = get(path, {"If-None-Match: " + tag});
        EXPECT_EQ(second.status, 304) << path;
        EXPECT_EQ(second.body, "") << path;
        EXPECT_EQ(get(path, {"If-None-Match: \"other\""}).status, 200) << path;
    }
}

TEST_F(ServiceTest, TheAllowlistComesAndGoes) {
    start();
    const Answer added =
        call("POST", "/v1/allowlist",
             R"({"kind":"hostname","value":"www.example","comment":"ours","expires":null})");
    EXPECT_EQ(added.status, 201);
    const std::string id = added.json()["id"];
    EXPECT_EQ(get("/v1/feeds/eta_custom_whitelist").body,
              "# kind,value\nhostname,www.example\n# END (1) entries\n");
    post(RecordBuilder().sha1(kListedSha1).line());
    EXPECT_EQ(get("/v1/infected-hosts").json()["entries"].size(), 0U);
    EXPECT_EQ(call("DELETE", "/v1/allowlist/" + id).status, 204);
    EXPECT_EQ(call("DELETE", "/v1/allowlist/" + id).status, 404);
    EXPECT_EQ(get("/v1/feeds/eta_custom_whitelist").body, "# kind,value\n# END (0) entries\n");
    post(RecordBuilder().id("b").sha1(kListedSha1).line(), "eti1/b/2");
    EXPECT_EQ(get("/v1/infected-hosts").json()["entries"].size(), 1U);
}

TEST_F(ServiceTest, AnAnalystTakesAHostOffTheList) {
    start();
    post(RecordBuilder().sha1(kListedSha1).line());
    EXPECT_EQ(get("/v1/hosts").json()["hosts"][0]["infected"], true);
    const int64_t since = version();
    const Answer answer =
        call("PATCH", "/v1/hosts/10.0.1.10", R"({"investigation_status":"resolved_fixed"})");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json()["score"], 0);
    EXPECT_EQ(answer.json()["infected"], false);
    const json changes = get("/v1/infected-hosts?since=" + std::to_string(since)).json();
    EXPECT_EQ(changes["removed"], json::array({"10.0.1.10"}));
}

TEST_F(ServiceTest, ShowsServersAndVerdicts) {
    start();
    post(RecordBuilder().id("s/1 x").sha1(kListedSha1).line());
    const json server = get("/v1/servers").json()["servers"][0];
    EXPECT_EQ(server["ip"], "203.0.113.9");
    EXPECT_EQ(server["highest_threat_level"], 10);
    const json detail = get("/v1/servers/" + server["id"].get<std::string>()).json();
    EXPECT_EQ(detail["host_rows"][0]["ip"], "10.0.1.10");
    EXPECT_EQ(detail["why"][0]["id"], "s/1 x");
    EXPECT_EQ(get("/v1/sessions?server=203.0.113.9").json()["sessions"].size(), 1U);
    const json verdict = get("/v1/verdicts/s%2F1%20x").json();
    EXPECT_EQ(verdict["level"], 10);
    EXPECT_EQ(verdict["evidence"][0]["kind"], "certificate-blocklist");
    EXPECT_EQ(get("/v1/verdicts/none").status, 404);
}

TEST_F(ServiceTest, ACredentialThatIsGivenMustBeValid) {
    start();
    const std::string token = read_file(folder_.path("data/token"), 1000).substr(0, 64);
    const std::string login = read_file(folder_.path("data/login"), 1000).substr(0, 70);
    const auto status = [&](const std::string& value) {
        return get("/v1/feeds", {"Authorization: " + value}).status;
    };
    EXPECT_EQ(get("/v1/feeds").status, 200) << "no token was issued yet";
    EXPECT_EQ(status("Bearer " + token), 200);
    EXPECT_EQ(status("bearer " + token), 200);
    EXPECT_EQ(status("Basic " + base64_encode(login)), 200);
    for (const std::string& wrong :
         {"Bearer " + token.substr(1), "Bearer " + login, "Basic " + token, std::string("Bearer"),
          "Basic " + base64_encode(token), "Digest " + token, "Bearer " + token + "0"}) {
        EXPECT_EQ(status(wrong), 401) << wrong;
    }
    const std::string issued = issue_token(options_.data_directory, "sensor 1");
    EXPECT_THROW(issue_token(options_.data_directory, "sensor 1"), std::runtime_error);
    EXPECT_EQ(get("/v1/feeds").status, 401) << "from now on a token is needed";
    EXPECT_EQ(get("/healthz").status, 200);
    EXPECT_EQ(get("/readyz").status, 200);
    EXPECT_EQ(status("Bearer " + issued), 200);
    const Answer refused = get("/v1/feeds");
    EXPECT_EQ(refused.headers.at("content-type"), "application/problem+json");
    EXPECT_EQ(refused.headers.at("www-authenticate"), "Bearer");
}

TEST_F(ServiceTest, WithoutALoginNoForeignPageGetsIn) {
    start();
    const std::string token = read_file(folder_.path("data/token"), 1000).substr(0, 64);
    EXPECT_EQ(get("/v1/feeds", {"Host: localhost"}).status, 200);
    EXPECT_EQ(get("/v1/feeds", {"Host: [::1]:80"}).status, 200);
    EXPECT_EQ(get("/v1/feeds", {"Host: evil.example"}).status, 403) << "a name bent to loopback";
    EXPECT_EQ(get("/v1/feeds", {"Origin: http://evil.example"}).status, 403);
    EXPECT_EQ(get("/v1/feeds", {"Origin: " + base_}).status, 200);
    EXPECT_EQ(get("/v1/feeds", {"Host: eti.example", "Authorization: Bearer " + token}).status,
              200);
}

TEST_F(ServiceTest, TheFirstStartsSecretsArePrivate) {
    start();
    for (const char* name : {"token", "login", "feed.key"}) {
        struct stat facts {};
        ASSERT_EQ(::stat(folder_.path(std::string("data/") + name).c_str(), &facts), 0) << name;
        EXPECT_EQ(facts.st_mode & 0777U, 0600U) << name;
    }
}

TEST_F(ServiceTest, HttpsWithACertificateOfItsOwnNeedsAToken) {
    options_.tls = true;
    start();
    EXPECT_THROW(get("/healthz"), std::runtime_error) << "not trusted without its CA";
    ca_file_ = folder_.path("data/ca.pem");
    EXPECT_EQ(get("/healthz").status, 200);
    EXPECT_EQ(get("/v1/feeds").status, 401);
    const std::string token = read_file(folder_.path("data/token"), 1000).substr(0, 64);
    EXPECT_EQ(get("/v1/feeds", {"Authorization: Bearer " + token}).status, 200);
    const std::string ca = read_file(ca_file_, 10'000);
    restart();
    EXPECT_EQ(read_file(ca_file_, 10'000), ca) << "sensors trust the same CA after a restart";
    EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(ServiceTest, AFullStoreKeepsItsLastGoodState) {
    start();
    EXPECT_EQ(post(RecordBuilder().sha1(kListedSha1).line(), "first").status, 202);
    stop();
    options_.max_store_bytes = 1;  // not one page more than there is
    start();
    long status = 202;
    for (int i = 0; i < 200 && status == 202; ++i) {
        const Answer answer =
            post(RecordBuilder().id(std::to_string(i)).set("/note", std::string(5000, 'n')).line(),
                 "full/" + std::to_string(i));
        status = answer.status;
        if (status == 503) {
            EXPECT_THAT(answer.json()["detail"].get<std::string>(), HasSubstr("no room left"));
            EXPECT_EQ(answer.headers.count("retry-after"), 1U);
        }
    }
    EXPECT_EQ(status, 503);
    EXPECT_EQ(get("/v1/infected-hosts").json()["entries"].size(), 1U);
    EXPECT_EQ(get("/v1/feeds/cc_cert_sha1").status, 200);
    EXPECT_EQ(post("x\n", "first").json()["duplicate"], true);
}

TEST_F(ServiceTest, SaysWhyItDoesNotStart) {
    const auto why = [](ServiceOptions options) -> std::string {
        try {
            const Service service(std::move(options));
        } catch (const std::exception& error) {
            return error.what();
        }
        return "it started";
    };
    ServiceOptions everywhere = options_;
    everywhere.address = "0.0.0.0";
    EXPECT_THAT(why(everywhere), HasSubstr("loopback addresses only"));
    ServiceOptions nowhere = options_;
    nowhere.address = "host";
    EXPECT_THAT(why(nowhere), HasSubstr("not an IP address"));
    ServiceOptions keyless = options_;
    keyless.feed_key_file = folder_.path("nothing.pem");
    EXPECT_THAT(why(keyless), HasSubstr("nothing.pem"));
    ServiceOptions wrong_key = options_;
    wrong_key.feed_key_file = options_.feed_file;
    EXPECT_THAT(why(wrong_key), HasSubstr("no Ed25519 private key"));
    ServiceOptions half = options_;
    half.tls_certificate_file = "a.pem";
    EXPECT_THAT(why(half), HasSubstr("come together"));
    start();
    ServiceOptions taken = options_;
    taken.data_directory = folder_.path("other");
    taken.port = service_->port();
    EXPECT_THAT(why(taken), HasSubstr("in use"));
}

}  // namespace
}  // namespace eti::analysis
