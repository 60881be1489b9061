// The walk over the cloud link, against services with one thing wrong each.
#include "eti/uplink/diagnostics.h"

#include "tests/unit/uplink/link_fixture.h"
#include "tests/unit/uplink/signed_feed.h"

namespace eti::uplink::test {
namespace {

// summary is "name+" or "name-" for each check, in order.
std::string summary(const std::vector<Check>& checks) {
    std::string text;
    for (const Check& check : checks) {
        text += (text.empty() ? "" : ", ") + check.name.substr(0, check.name.find(" to port")) +
                (check.ok ? "+" : "-");
        EXPECT_FALSE(check.detail.empty()) << check.name;
    }
    return text;
}

class DiagnosticsTest : public testing::Test {
  protected:
    DiagnosticsTest() {
        feeds_.sign_with(key_);
        FeedVersion feed;
        feed.body = sslbl(2);
        feed.entries = 2;
        feeds_.publish("cc_cert_sha1", feed);
        key_.write_public_key(folder_ / "feed.pub");
        options_ = options_for(folder_);
        options_.feed_public_key_file = folder_ / "feed.pub";
        options_.spool_limit_bytes = 1U << 20;
        options_.analysis_url = server_.url();
        options_.feed_url = server_.url();
    }

    TestAnswer answer(const TestRequest& request) {
        if (request.target == "/healthz") {
            return {200, {}, "{}"};
        }
        if (request.target.starts_with("/v1/infected-hosts")) {
            return {hosts_status_, {}, hosts_};
        }
        return feeds_(request);
    }

    SigningKey key_;
    SigningKey other_key_;
    FeedService feeds_;
    TemporaryFolder folder_;
    std::atomic<int> hosts_status_{200};
    std::string hosts_ = R"({"version":3,"full":true,"entries":[],"removed":[]})";
    HttpTestServer server_{[this](const TestRequest& request) { return answer(request); }};
    Options options_;
};

constexpr char kReached[] =
    "URL for advanced-anti-malware+, DNS of 127.0.0.1+, TCP+, HTTP, without TLS+, ";

TEST_F(DiagnosticsTest, AWholeLinkIsFineFromEndToEnd) {
    const std::vector<Check> checks = diagnose(options_, "");
    EXPECT_EQ(summary(checks), std::string(kReached) +
                                   "Token+, Long poll+, Feeds manifest+, Signature key+, "
                                   "Signature of cc_cert_sha1+, Spool folder+, Spool room+");
}

TEST_F(DiagnosticsTest, ARefusedTokenStopsThere) {
    hosts_status_ = 401;
    EXPECT_EQ(summary(diagnose(options_, "")).substr(sizeof kReached - 1, 24),
              "Token-, Feeds manifest+,");
}

TEST_F(DiagnosticsTest, AForeignSignatureIsNamed) {
    feeds_.sign_with(other_key_);
    const std::string text = summary(diagnose(options_, ""));
    EXPECT_NE(text.find("Signature key+, Signature of cc_cert_sha1-"), std::string::npos) << text;
}

TEST_F(DiagnosticsTest, NobodyThereAndNothingConfigured) {
    server_.stop();
    EXPECT_EQ(summary(diagnose(options_, "")).substr(0, 59),
              "URL for advanced-anti-malware+, DNS of 127.0.0.1+, TCP-, Fe");
    Options none = options_for(folder_);
    EXPECT_EQ(summary(diagnose(none, "")).substr(0, 64),
              "URL for advanced-anti-malware-, URL for security-intelligence-, ");
    options_.analysis_url = "https://does-not-exist.invalid:443";
    EXPECT_EQ(summary(diagnose(options_, "")).substr(0, 66),
              "URL for advanced-anti-malware+, DNS of does-not-exist.invalid-, UR");
}

TEST_F(DiagnosticsTest, AnotherHostCanBeTried) {
    options_.analysis_url = "http://127.0.0.9:" + std::to_string(server_.port());
    options_.feed_url = options_.analysis_url;
    EXPECT_EQ(summary(diagnose(options_, "127.0.0.1")).substr(0, sizeof kReached - 1), kReached);
}

}  // namespace
}  // namespace eti::uplink::test
