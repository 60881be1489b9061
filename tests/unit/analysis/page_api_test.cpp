// The page's requests, over real HTTP.
#include "eti/ingest/encoding.h"
#include "tests/unit/analysis/service_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace eti::analysis {
namespace {

using nlohmann::json;
using test::Answer;
using test::kListedSha1;
using test::RecordBuilder;
using ::testing::HasSubstr;

using PageApiTest = test::ServiceFixture;

std::string many_servers(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) {
        lines += RecordBuilder()
                     .id("s-" + std::to_string(i))
                     .server("203.0.113." + std::to_string(i))
                     .set("/tls/sni", "h" + std::to_string(i % 4) + ".example")
                     .line();
    }
    return lines;
}

TEST_F(PageApiTest, PagesThroughServersInEverySort) {
    start();
    post(many_servers(25));
    for (const char* sort :
         {"ip", "-hostname", "level", "-count", "country", "-last_seen", "category"}) {
        std::set<std::string> seen;
        std::string cursor;
        do {
            const json page = get(std::string("/v1/servers?limit=7&sort=") + sort +
                                  (cursor.empty() ? "" : "&cursor=" + cursor))
                                  .json();
            EXPECT_EQ(page["total"], 25);
            for (const json& server : page["servers"]) {
                seen.insert(server["ip"].get<std::string>());
                EXPECT_EQ(server["spark"].size(), 24U);
                EXPECT_EQ(server["hosts"], 1);
            }
            cursor = page["next"].is_null() ? "" : page["next"].get<std::string>();
        } while (!cursor.empty() && seen.size() < 30);
        EXPECT_EQ(seen.size(), 25U) << sort;
    }
}

TEST_F(PageApiTest, TheChartCountsByTheHourInsideTheRange) {
    start();
    post(many_servers(3));
    const json page = get("/v1/servers?range=1d&series=true").json();
    ASSERT_EQ(page["series"].size(), 24U);
    EXPECT_EQ(page["series"][0]["t"], page["range"]["from"]);
    int64_t sum = 0;
    for (const json& step : page["series"]) {
        sum += step["count"].get<int64_t>();
    }
    EXPECT_EQ(sum, 3);
}

TEST_F(PageApiTest, AWrongQuestionIsAnsweredWithTheReason) {
    start();
    const std::pair<const char*, const char*> cases[] = {
        {"/v1/servers?sort=size", "sort"},
        {"/v1/servers?range=2d", "range"},
        {"/v1/servers?cursor=x", "cursor"},
        {"/v1/servers?cursor=AAAA", "cursor"},
        {"/v1/servers?from=yesterday", "from"},
        {"/v1/servers?from=2026-11-24T00:00:00Z&to=2026-11-23T00:00:00Z", "before"},
        {"/v1/servers?limit=100001", "limit"},
        {"/v1/hosts?sort=name", "last_evidence"},
        {"/v1/sessions?server=x", "server"},
    };
    for (const auto& [path, says] : cases) {
        const Answer answer = get(path);
        EXPECT_EQ(answer.status, 400) << path;
        EXPECT_THAT(answer.json()["detail"].get<std::string>(), HasSubstr(says)) << path;
    }
    // The column counts characters, not bytes: two of three bytes each stand before it.
    const json wrong = get("/v1/servers?filter=%E2%82%AC%E2%82%AC%20level:x").json();
    EXPECT_EQ(wrong["column"], 10);
    EXPECT_EQ(wrong["parameter"], "filter");
    EXPECT_EQ(get("/v1/servers/203.0.113.200").status, 404);
    EXPECT_EQ(get("/v1/servers/'%20OR%201=1").status, 404);
}

TEST_F(PageApiTest, TextFromTheWireIsOnlyText) {
    start();
    const std::string evil = "=cmd|'/c calc'!a1\");DROP TABLE servers;--<script>";
    post(RecordBuilder().set("/tls/sni", evil).line());
    EXPECT_EQ(get("/v1/servers").json()["servers"][0]["hostname"],
              "=cmd|'/c calc'!a1\");drop table servers;--<script>");
    const Answer csv = get("/v1/servers", {"Accept: text/csv"});
    EXPECT_THAT(csv.body, HasSubstr("External Server IP,External Server Hostname,Highest Threat "
                                    "Level,Count,Country,Last Seen,Category\r\n"));
    EXPECT_THAT(csv.body, HasSubstr("203.0.113.9,\"'=cmd|'/c calc'!a1\"\");drop table"));
}

TEST_F(PageApiTest, ExportsIndicators) {
    start();
    post(RecordBuilder().sha1(kListedSha1).line());
    const json bundle = get("/v1/servers", {"Accept: application/stix+json;version=2.1"}).json();
    ASSERT_EQ(bundle["objects"].size(), 1U);
    EXPECT_EQ(bundle["objects"][0]["pattern"], "[ipv4-addr:value = '203.0.113.9']");
    EXPECT_EQ(get("/v1/servers", {"Accept: application/stix+json;version=2.1"}).json(), bundle);
}

TEST_F(PageApiTest, FindsServersByWhatWasSeenThere) {
    start();
    post(many_servers(5) + RecordBuilder()
                               .id("x")
                               .server("198.51.100.1")
                               .client("10.0.9.9")
                               .sha1(kListedSha1)
                               .set("/tls/ja4", "t13d1516h2_aa_bb")
                               .line());
    for (const char* filter : {"sha1:2e3519b7*", "ja4:t13d1516h2_aa_bb", "client:10.0.9.9",
                               "client:10.0.9.0/24", "level:10", "category:*dridex*",
                               "level:10+-client:10.0.1.10"}) {  // a blank, as forms write it

        const json page = get(std::string("/v1/servers?filter=") + filter).json();
        ASSERT_EQ(page["servers"].size(), 1U) << filter;
        EXPECT_EQ(page["servers"][0]["ip"], "198.51.100.1") << filter;
    }
}

TEST_F(PageApiTest, AFalsePositiveTakesItsEvidenceOutUntilItIsWithdrawn) {
    start();
    post(RecordBuilder().sha1(kListedSha1).line());
    EXPECT_EQ(get("/v1/hosts/10.0.1.10").json()["infected"], true);
    const Answer report =
        call("POST", "/v1/servers/203.0.113.9/false-positive", R"({"comment":"ours"})");
    EXPECT_EQ(report.status, 200) << report.body;
    EXPECT_EQ(report.json()["hosts"], 1);
    EXPECT_EQ(get("/v1/servers").json()["servers"][0]["level"], 0);
    json host = get("/v1/hosts/10.0.1.10").json();
    EXPECT_EQ(host["score"], 0);
    EXPECT_EQ(host["infected"], false);
    EXPECT_EQ(call("DELETE", "/v1/servers/203.0.113.9/false-positive").status, 204);
    EXPECT_EQ(call("DELETE", "/v1/servers/203.0.113.9/false-positive").status, 404);
    host = get("/v1/hosts/10.0.1.10").json();
    EXPECT_EQ(host["score"], 10);
    EXPECT_EQ(host["infected"], true);
    EXPECT_EQ(get("/v1/servers").json()["servers"][0]["level"], 10);
    const json audit = get("/v1/audit?object=203.0.113.9").json()["entries"];
    ASSERT_EQ(audit.size(), 2U);
    EXPECT_EQ(audit[0]["action"], "withdraw-false-positive");
    EXPECT_EQ(audit[1]["detail"], "ours");
}

TEST_F(PageApiTest, RealmsComeFromTheCredentialAndSeeOnlyTheirOwn) {
    start();
    const std::string ours = issue_token(options_.data_directory, "a");
    const std::string theirs = issue_token(options_.data_directory, "b", "other");
    const auto as = [](const std::string& token) {
        return std::vector<std::string>{"Authorization: Bearer " + token};
    };
    EXPECT_EQ(
        call("POST", "/v1/records", RecordBuilder().sha1(kListedSha1).line(), as(ours)).status,
        202);
    for (const char* path :
         {"/v1/servers/203.0.113.9", "/v1/hosts/10.0.1.10", "/v1/verdicts/s-1"}) {
        EXPECT_EQ(get(path, as(ours)).status, 200) << path;
        EXPECT_EQ(get(path, as(theirs)).status, 404) << path;
    }
    EXPECT_EQ(get("/v1/servers", as(theirs)).json()["servers"].size(), 0U);
    EXPECT_EQ(get("/v1/sessions", as(theirs)).json()["sessions"].size(), 0U);
    EXPECT_EQ(get("/v1/infected-hosts", as(theirs)).json()["entries"].size(), 0U);
    EXPECT_EQ(get("/v1/sensors", as(theirs)).json()["sensors"].size(), 0U);
}

TEST_F(PageApiTest, ALoginIsACookieThatWritesOnlyWithTheHeader) {
    start();
    issue_token(options_.data_directory, "a");  // from now on everybody must say who they are
    set_password(options_.data_directory, "ada", "correct horse", "default");
    EXPECT_EQ(get("/v1/servers").status, 401);
    EXPECT_EQ(get("/v1/me").json()["login_required"], true);
    EXPECT_EQ(call("POST", "/v1/login", R"({"user":"ada","password":"wrong"})").status, 401);
    EXPECT_EQ(call("POST", "/v1/login", R"({"user":"eve","password":"correct horse"})").status,
              401);
    const Answer login = call("POST", "/v1/login", R"({"user":"ada","password":"correct horse"})");
    ASSERT_EQ(login.status, 200);
    const std::string set = login.headers.at("set-cookie");
    EXPECT_THAT(set, HasSubstr("HttpOnly; SameSite=Strict"));
    const std::string cookie = "Cookie: a=b; " + set.substr(0, set.find(';'));
    EXPECT_EQ(get("/v1/me", {cookie}).json()["user"], "ada");
    EXPECT_EQ(get("/v1/servers", {cookie}).status, 200);
    const std::string entry = R"({"kind":"ip","value":"192.0.2.1"})";
    EXPECT_EQ(call("POST", "/v1/allowlist", entry, {cookie}).status, 403);
    EXPECT_EQ(call("POST", "/v1/allowlist", entry, {cookie, "X-Openeti: 1"}).status, 201);
    EXPECT_EQ(call("POST", "/v1/logout", "", {cookie, "X-Openeti: 1"}).status, 204);
    EXPECT_EQ(get("/v1/servers", {cookie}).status, 401);
}

TEST_F(PageApiTest, MetricsNameNothingButCounts) {
    start();
    post(RecordBuilder().line());
    const Answer open = get("/metrics", {"Accept: application/openmetrics-text"});
    EXPECT_THAT(open.headers.at("content-type"), HasSubstr("openmetrics-text; version=1.0.0"));
    EXPECT_THAT(open.body, HasSubstr("# TYPE eti_analysis_batches counter\n"));
    EXPECT_THAT(open.body, HasSubstr("eti_analysis_batches_total{result=\"stored\"} 1\n"));
    EXPECT_TRUE(open.body.ends_with("# EOF\n"));
    const Answer old = get("/metrics");
    EXPECT_THAT(old.body, HasSubstr("# TYPE eti_analysis_batches_total counter\n"));
    EXPECT_EQ(old.body.find("# EOF"), std::string::npos);
    EXPECT_EQ(old.body.find("203.0.113.9"), std::string::npos);
}

// What dashboards and alerts ask for is there.
TEST_F(PageApiTest, EveryNameInTheConfigurationIsExported) {
    start();
    post(RecordBuilder().line());
    const std::string metrics = get("/metrics").body;
    for (const char* file :
         {"/config/prometheus/openeti.rules.yml", "/config/grafana/service.json"}) {
        const std::string text = read_file(std::string(ETI_SOURCE_DIR) + file, 1 << 20);
        std::size_t names = 0;
        for (std::size_t place = text.find("eti_analysis_"); place != std::string::npos;
             place = text.find("eti_analysis_", place + 1)) {
            const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", place);
            const std::string name = text.substr(place, end - place);
            EXPECT_TRUE(metrics.find("\n" + name + "{") != std::string::npos ||
                        metrics.find("\n" + name + " ") != std::string::npos)
                << file << " uses " << name;
            ++names;
        }
        EXPECT_GT(names, 5U) << file;
    }
}

TEST_F(PageApiTest, ReadinessNamesItsChecks) {
    start();
    const json ready = get("/readyz").json();
    EXPECT_EQ(ready["status"], "ready");
    EXPECT_GE(ready["checks"].size(), 4U);
}

}  // namespace
}  // namespace eti::analysis
