// Feeds over real HTTP: versions, deltas, going back.
#include "eti/ingest/encoding.h"
#include "eti/intel/feed_delta.h"
#include "tests/support/contract_check.h"
#include "tests/unit/analysis/feed_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eti::analysis {
namespace {

using nlohmann::json;
using test::Answer;
using test::kList;
using test::kServers;
using ::testing::HasSubstr;

using FeedRoutes = test::FeedFixture;

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
    const Answer same = call("POST", path, json{{"version", old_version}}.dump());
    EXPECT_EQ(same.status, 422) << "it is in force already";
    EXPECT_THAT(same.json()["detail"].get<std::string>(), HasSubstr("has the content of"));
    const json audit = get("/v1/audit?object=cc_cert_sha1").json();
    ASSERT_EQ(audit["entries"].size(), 1U);
    EXPECT_EQ(audit["entries"][0]["action"], "roll-back-feed");
    EXPECT_EQ(audit["entries"][0]["detail"], old_version + ": too much");
}

TEST_F(FeedRoutes, AnswersAsTheContractSays) {
    options_.sources.clear();
    add_source("certs", kList + "2026-11-03 10:00:00,not a fingerprint,x\n");
    add_source("servers", kServers);
    SourceOptions gone;
    gone.name = "gone";
    gone.location = folder_.path("gone.txt");
    options_.sources.push_back(gone);
    start();
    const std::string old_version = version_of("cc_cert_sha1");
    replace("certs", kList + "2026-11-03 10:00:00," + std::string(test::kOtherSha1) + ",Gozi\n",
            "cc_cert_sha1");
    const test::Contract contract(get("/openapi.json").json());
    const std::string feed = "/v1/feeds/cc_cert_sha1";
    const std::pair<const char*, std::string> cases[] = {
        {"Manifest", "/v1/feeds"},
        {"FeedVersions", feed + "/versions"},
        {"FeedVersions", "/v1/feeds/eta_custom_whitelist/versions"},
        {"FeedDiff", feed + "/diff?from=" + old_version + "&to=" + version_of("cc_cert_sha1")},
        {"FeedFound", feed + "/entry?value=" + test::kOtherSha1},
        {"InfectedHosts", "/v1/infected-hosts"},
        {"StixBundle", "/v1/export/stix"},
        {"Problem", feed + "/diff?from=1&to=2"},
        {"Problem", "/v1/export/srx/nothing"},
    };
    for (const auto& [schema, path] : cases) {
        EXPECT_EQ(contract.why_not(schema, get(path).json()), "") << path;
    }
    const Answer rolled = call("POST", feed + "/rollback", json{{"version", old_version}}.dump());
    EXPECT_EQ(contract.why_not("FeedVersion", rolled.json()), "") << rolled.body;
    EXPECT_NE(contract.why_not("FeedVersion", json::object()), "") << "the check itself works";
}

TEST_F(FeedRoutes, NamesTheLinesASourceHadRejected) {
    options_.sources.clear();
    add_source("certs", kList + "2026-11-03 10:00:00,not a fingerprint,x\n");
    start();
    const json source = get("/v1/feeds/cc_cert_sha1/versions").json()["sources"][0];
    EXPECT_EQ(source["result"], "ok");
    EXPECT_EQ(source["entries"], 3);
    EXPECT_EQ(source["rejected_count"], 1);
    EXPECT_EQ(source["rejected"][0]["line"], 5);
    EXPECT_FALSE(source["fetched"].is_null()) << "its age";
}

// events_until follows /v1/events from the first one on until it holds wanted, and returns it all.
std::string events_until(const std::string& url, uint64_t first, const std::string& wanted) {
    struct Listener {
        std::string text;
        const std::string& wanted;
    } listener{"", wanted};
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   &curl_easy_cleanup);
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(
        curl_slist_append(nullptr, ("Last-Event-ID: " + std::to_string(first - 1)).c_str()),
        &curl_slist_free_all);
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &listener);
    // Nothing taken ends the transfer.
    curl_easy_setopt(
        curl.get(), CURLOPT_WRITEFUNCTION,
        +[](char* data, std::size_t one, std::size_t size, void* user) {
            auto& heard = *static_cast<Listener*>(user);
            heard.text.append(data, one * size);
            const bool found = heard.text.find(heard.wanted) != std::string::npos;
            return found ? std::size_t{0} : one * size;
        });
    curl_easy_perform(curl.get());
    return listener.text;
}

TEST_F(FeedRoutes, TellsThePagesOfANewVersion) {
    start();
    replace("certs", kList + "2026-11-03 10:00:00," + std::string(test::kOtherSha1) + ",Gozi\n",
            "cc_cert_sha1");
    const std::string wanted = "\"version\":\"" + version_of("cc_cert_sha1") + "\"";
    const auto before = static_cast<uint64_t>(to_micros(test::record_time()));
    const std::string told = events_until(base_ + "/v1/events", before, wanted);
    EXPECT_THAT(told, HasSubstr("event: feed"));
    EXPECT_THAT(told, HasSubstr(wanted));
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

}  // namespace
}  // namespace eti::analysis
