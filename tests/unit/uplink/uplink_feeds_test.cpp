#include "eti/base/hex.h"
#include "eti/intel/feed_delta.h"
#include "tests/unit/uplink/link_fixture.h"
#include "tests/unit/uplink/signed_feed.h"
#include "uplink/feed_store.h"

namespace eti::uplink::test {
namespace {

const std::string kBlocklist = "cc_cert_sha1";

FeedVersion version(uint64_t serial, std::size_t rows, char digit = '0') {
    FeedVersion result;
    result.body = sslbl(rows, digit);
    result.serial = serial;
    result.entries = rows;
    return result;
}

class UplinkFeeds : public ::testing::Test {
  protected:
    UplinkFeeds() {
        key_.write_public_key(folder_ / "feed.pub");
        service_.sign_with(key_);
        options_ = options_for(folder_);
        options_.feed_url = server_.url();
        options_.feed_public_key_file = folder_ / "feed.pub";
        options_.want_certificate_feed = true;
    }
    // stored_blocklist is what a restart would enforce.
    std::optional<BlocklistUpdate> stored_blocklist() {
        return load_stored_state(options_).blocklist;
    }

    TemporaryFolder folder_;
    SigningKey key_;
    FeedService service_;
    HttpTestServer server_{[this](const TestRequest& request) { return service_(request); }};
    Options options_;
};

TEST_F(UplinkFeeds, AGoodFeedIsStoredAndPublished) {
    service_.publish(kBlocklist, version(3, 10));
    FeedVersion allowlist;
    allowlist.body = "hostname,.example.org\nip,192.0.2.7\n";
    allowlist.entries = 2;
    service_.publish("eta_custom_whitelist", allowlist);
    service_.publish("something_new", version(1, 1));
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.blocklist && log.allowlist; }))
        << log.errors << (log.failures.empty() ? "" : log.failures[0].reason);
    EXPECT_EQ(log.blocklist->table->size(), 10U);
    EXPECT_EQ(log.blocklist->info.objects, 10U);
    EXPECT_EQ(log.blocklist->info.version, "20261124.1");
    EXPECT_EQ(log.blocklist->info.status, "Store succeeded");
    EXPECT_EQ(log.blocklist->info.update_interval, std::chrono::seconds(300));
    EXPECT_TRUE(log.blocklist->info.loaded);
    EXPECT_EQ(log.allowlist->entries.size(), 2U);
    EXPECT_TRUE(log.wait_for([&] { return log.link.connected && log.link.realm == "lab"; }));
    uplink.stop();
    const StoredState stored = load_stored_state(options_);
    EXPECT_TRUE(stored.problems.empty());
    ASSERT_TRUE(stored.blocklist);
    EXPECT_EQ(stored.blocklist->table->size(), 10U);
    ASSERT_TRUE(stored.allowlist);
    EXPECT_EQ(stored.allowlist->entries.size(), 2U);
    EXPECT_EQ(service_.bodies(), 2);
}

TEST_F(UplinkFeeds, AWrongFeedLeavesTheLastGoodOneInForce) {
    struct Case {
        const char* why;
        std::function<void(FeedVersion&)> spoil;
        const char* sentence;
        Refusal kind;
    };
    const std::string other_hash(64, 'a');
    const Case cases[] = {
        {"signed over another serial", [](auto& v) { v.signed_serial = "99"; },
         "signature does not verify", Refusal::Signature},
        {"an older serial", [](auto& v) { v.serial = 4; }, "older than 5", Refusal::Rollback},
        {"the same serial with another content", [](auto& v) { v.serial = 5; },
         "came before with another content", Refusal::Rollback},
        {"expired", [](auto& v) { v.expires = "2026-01-01T00:00:00Z"; }, "expired on 2026-01-01",
         Refusal::Expired},
        {"a body that is not the signed one", [](auto& v) { v.served_body = sslbl(10, 'f'); },
         "SHA-256", Refusal::Truncated},
        {"a body cut in the middle",
         [](auto& v) { v.served_body = v.body.substr(0, v.body.size() / 2); }, "SHA-256",
         Refusal::Truncated},
        {"a signed digest of nothing", [&](auto& v) { v.sha256 = other_hash; }, "SHA-256",
         Refusal::Truncated},
        {"another count than promised", [](auto& v) { v.entries = 11; }, "promises 11 entries",
         Refusal::Truncated},
        {"shrunk by more than half",
         [](auto& v) {
             v.body = sslbl(4);
             v.entries = 4;
         },
         "shrank from 10 to 4", Refusal::Size},
        {"a signed but truncated list",
         [](auto& v) {
             v.body =
                 v.body.substr(0, v.body.find("# END")).substr(0, 300) + "# END (10) entries\n";
         },
         "promises 10 entries", Refusal::Truncated},
        {"the connection ended early", [](auto& v) { v.cut = true; }, "broke off", Refusal::Other},
    };
    service_.publish(kBlocklist, version(5, 10));
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == 1; }));
    for (const Case& c : cases) {
        FeedVersion next = version(6, 10, 'e');
        c.spoil(next);
        service_.publish(kBlocklist, next);
        log.failures.clear();
        uplink.refresh_feeds();
        ASSERT_TRUE(log.wait_for([&] { return !log.failures.empty(); })) << c.why;
        EXPECT_EQ(log.failures[0].name, kBlocklist) << c.why;
        EXPECT_EQ(log.failures[0].kind, c.kind) << c.why;
        EXPECT_NE(log.failures[0].reason.find(c.sentence), std::string::npos)
            << c.why << ": " << log.failures[0].reason;
        EXPECT_EQ(log.blocklist_updates, 1U) << c.why;
        const auto stored = stored_blocklist();
        ASSERT_TRUE(stored) << c.why;
        stored->table->each([&](const auto& digest, const auto&) {
            EXPECT_EQ(digest[0], 0) << c.why;
            return true;
        });
    }
    service_.publish(kBlocklist, version(6, 12, 'e'));
    uplink.refresh_feeds();
    EXPECT_TRUE(log.wait_for([&] { return log.blocklist_updates == 2; }));
    EXPECT_EQ(stored_blocklist()->table->size(), 12U);
}

// changed_by makes the version after first, with the delta that leads to it.
FeedVersion changed_by(const FeedVersion& first, const std::string& line) {
    FeedVersion next = first;
    intel::FeedDelta delta{first.version, "20261124.2", {}, {line}};
    EXPECT_EQ(intel::apply_feed_delta(first.body, delta, next.body), "");
    next.delta = intel::render_feed_delta(delta);
    next.version = delta.to;
    ++next.serial;
    ++next.entries;
    return next;
}

TEST_F(UplinkFeeds, ADeltaIsAppliedAndTheWholeIsChecked) {
    const FeedVersion first = version(5, 10);
    service_.publish(kBlocklist, first);
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == 1; }));
    const FeedVersion next =
        changed_by(first, "2026-11-25 00:00:00," + std::string(40, 'f') + ",Gozi C&C");
    service_.publish(kBlocklist, next);
    uplink.refresh_feeds();
    ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == 2; }));
    EXPECT_EQ(log.blocklist->table->size(), 11U);
    EXPECT_EQ(log.blocklist->info.version, "20261124.2");
    EXPECT_EQ(service_.deltas(), 1);
    EXPECT_EQ(service_.bodies(), 1) << "the list did not come again";
    EXPECT_TRUE(log.failures.empty());
    EXPECT_EQ(stored_blocklist()->table->size(), 11U);
}

TEST_F(UplinkFeeds, ADeltaThatDoesNotFitIsToldAndTheWholeListTaken) {
    struct Case {
        const char* why;
        std::function<void(FeedVersion&)> spoil;
        const char* sentence;
    };
    const Case cases[] = {
        {"cut", [](auto& v) { v.delta.resize(v.delta.size() - 3); }, "truncated"},
        {"another line than the signed list has",
         [](auto& v) { v.delta.replace(v.delta.find("Gozi"), 4, "Vawt"); }, "another SHA-256"},
        {"from a version that is not here",
         [](auto& v) { v.delta.replace(v.delta.find(".1 "), 3, ".9 "); }, "they lead from"},
        {"removes what is not there",
         [](auto& v) { v.delta.replace(v.delta.find("\n+") + 1, 1, "-"); }, "not there"},
    };
    uint64_t serial = 5;
    std::size_t updates = 1;
    FeedVersion first = version(serial, 10);
    service_.publish(kBlocklist, first);
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == updates; }));
    for (const Case& c : cases) {
        FeedVersion next =
            changed_by(first, "2026-11-25 00:00:00," + std::string(40, 'f') + ",Gozi C&C");
        next.serial = serial += 1;
        c.spoil(next);
        log.failures.clear();
        service_.publish(kBlocklist, next);
        uplink.refresh_feeds();
        updates += 1;
        ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == updates; })) << c.why;
        ASSERT_EQ(log.failures.size(), 1U) << c.why;
        EXPECT_EQ(log.failures[0].kind, Refusal::Truncated) << c.why;
        EXPECT_NE(log.failures[0].reason.find(c.sentence), std::string::npos)
            << c.why << ": " << log.failures[0].reason;
        EXPECT_EQ(log.blocklist->table->size(), 11U) << c.why;
        first.serial = serial += 1;
        service_.publish(kBlocklist, first);
        uplink.refresh_feeds();
        updates += 1;
        ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == updates; })) << c.why;
    }
}

// held_feed is a published list of certificates, as its manifest entry describes it.
HeldFeed held_feed(std::vector<std::string> lines) {
    HeldFeed feed;
    std::size_t entries = 0;
    feed.body = intel::render_feed_body("sha1,reason", std::move(lines), &entries);
    feed.entry.name = kBlocklist;
    feed.entry.entries = entries;
    feed.entry.sha256 = sha256_hex(feed.body);
    return feed;
}

std::vector<std::string> contents(const BlocklistUpdate& update) {
    std::vector<std::string> lines;
    update.table->each([&](const auto& digest, const intel::CertificateTable::Found& found) {
        lines.push_back(to_hex(digest) + "," + std::string(found.reason));
        return true;
    });
    return lines;
}

TEST(CheckChange, MakesTheTableThatTheWholeBodyMakes) {
    const std::string one(40, '1');
    const std::string two(40, '2');
    const std::string three(40, '3');
    const std::string longer(64, '4');
    struct Case {
        const char* why;
        std::vector<std::string> before;
        std::vector<std::string> after;
    };
    const Case cases[] = {
        {"comes", {one + ",a"}, {one + ",a", two + ",b", longer + ",c"}},
        {"goes", {one + ",a", two + ",b", longer + ",c"}, {two + ",b"}},
        {"another reason", {one + ",a", two + ",b"}, {one + ",c", two + ",b"}},
        {"nothing", {one + ",a"}, {one + ",a"}},
        {"listed twice, then once", {one + ",a", one + ",b"}, {one + ",b"}},
        {"listed once, then twice", {one + ",b"}, {one + ",a", one + ",b"}},
        {"a line that is no entry goes", {one + ",a", "zz,b"}, {one + ",a"}},
        {"a line that is no entry comes", {one + ",a"}, {one + ",a", three + ",d", "zz,b"}},
        {"a comma in quotes", {one + ",a"}, {one + ",a", two + ",\"x,y\""}},
    };
    for (const Case& c : cases) {
        const HeldFeed before = held_feed(c.before);
        HeldFeed after = held_feed(c.after);
        FeedUpdate update;
        ASSERT_EQ(check_body(before, update), "") << c.why;
        const BlocklistUpdate held = std::get<BlocklistUpdate>(update);
        FeedUpdate whole;
        ASSERT_EQ(check_body(after, whole), "") << c.why;
        const intel::FeedDelta delta = intel::feed_difference(before.body, after.body);
        ASSERT_EQ(check_change(after, held, delta, update), "") << c.why;
        const auto& made = std::get<BlocklistUpdate>(update);
        const auto& expected = std::get<BlocklistUpdate>(whole);
        EXPECT_EQ(contents(made), contents(expected)) << c.why;
        EXPECT_EQ(made.info.objects, expected.info.objects) << c.why;
        EXPECT_EQ(made.info.rejected_lines, expected.info.rejected_lines) << c.why;
        after.entry.entries += 2;
        EXPECT_NE(check_change(after, held, delta, update), "") << c.why << ": another count";
        after.entry.entries -= 2;
        after.entry.sha256[0] = 'x';
        EXPECT_NE(check_change(after, held, delta, update), "") << c.why << ": another digest";
    }
}

TEST_F(UplinkFeeds, HowMuchAFeedMayChangeIsASetting) {
    options_.most_shrink_percent = 80;
    options_.most_growth_percent = 0;
    service_.publish(kBlocklist, version(5, 10));
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == 1; }));
    service_.publish(kBlocklist, version(6, 2));
    uplink.refresh_feeds();
    ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == 2; }));
    service_.publish(kBlocklist, version(7, 10'001));
    uplink.refresh_feeds();
    ASSERT_TRUE(log.wait_for([&] { return !log.failures.empty(); }));
    EXPECT_EQ(log.failures[0].kind, Refusal::Size);
    EXPECT_NE(log.failures[0].reason.find("grew from 2 to 10001"), std::string::npos)
        << log.failures[0].reason;
    service_.publish(kBlocklist, version(8, 10'000));
    uplink.refresh_feeds();
    EXPECT_TRUE(log.wait_for([&] { return log.blocklist_updates == 3; }));
}

TEST_F(UplinkFeeds, RollbackIsRefusedAcrossARestart) {
    service_.publish(kBlocklist, version(5, 10));
    {
        Uplink uplink(options_);
        EventLog log(uplink);
        uplink.start();
        ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == 1; }));
    }
    service_.publish(kBlocklist, version(4, 10, 'd'));
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return !log.failures.empty(); }));
    EXPECT_NE(log.failures[0].reason.find("older than 5"), std::string::npos);
    EXPECT_FALSE(log.blocklist);
}

TEST_F(UplinkFeeds, AnotherKeyIsNamed) {
    const SigningKey other;
    service_.sign_with(other);
    service_.publish(kBlocklist, version(1, 3));
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return !log.failures.empty(); }));
    const std::string& reason = log.failures[0].reason;
    EXPECT_NE(reason.find(options_.feed_public_key_file), std::string::npos) << reason;
    EXPECT_NE(reason.find(key_.id()), std::string::npos) << reason;
    EXPECT_NE(reason.find(other.id()), std::string::npos) << reason;
    EXPECT_EQ(service_.bodies(), 0);
}

TEST_F(UplinkFeeds, KeyFileProblemsAreSentences) {
    struct Case {
        const char* why;
        std::string path;
        const char* sentence;
    };
    eti::test::write_file(folder_ / "text.pub", "not a key");
    const Case cases[] = {
        {"not configured", "", "set services openeti feed public-key PATH"},
        {"missing", folder_ / "no.pub", "No such file"},
        {"no PEM", folder_ / "text.pub", "holds no Ed25519 public key"},
        {"a folder", folder_.path(), "regular file"},
    };
    service_.publish(kBlocklist, version(1, 3));
    for (const Case& c : cases) {
        options_.feed_public_key_file = c.path;
        Uplink uplink(options_);
        EventLog log(uplink);
        uplink.start();
        ASSERT_TRUE(log.wait_for([&] { return !log.failures.empty(); })) << c.why;
        EXPECT_NE(log.failures[0].reason.find(c.sentence), std::string::npos)
            << c.why << ": " << log.failures[0].reason;
    }
}

TEST_F(UplinkFeeds, ALaterExpiryOfTheSameBodyNeedsNoDownload) {
    FeedVersion first = version(5, 10);
    first.expires = "2260-01-01T00:00:00Z";
    service_.publish(kBlocklist, first);
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == 1; }));
    service_.publish(kBlocklist, version(5, 10));
    uplink.refresh_feeds();
    ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == 2; }));
    EXPECT_EQ(service_.bodies(), 1);
    EXPECT_EQ(service_.unchanged(), 1);
    EXPECT_EQ(metadata::format_time(log.blocklist->info.expires), "2261-01-01T00:00:00.000000Z");
    uplink.refresh_feeds();  // nothing new: neither an event nor a download
    uplink.refresh_feeds();
    service_.publish(kBlocklist, version(6, 11));
    uplink.refresh_feeds();
    ASSERT_TRUE(log.wait_for([&] { return log.blocklist && log.blocklist->table->size() == 11; }));
    EXPECT_EQ(log.blocklist_updates, 3U);
}

TEST_F(UplinkFeeds, AnEmptiedAllowlistIsTaken) {
    FeedVersion list;
    list.body = "ip,192.0.2.7\nip,192.0.2.8\nip,192.0.2.9\n";
    list.entries = 3;
    service_.publish("eta_custom_whitelist", list);
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.allowlist && log.allowlist->entries.size() == 3; }));
    FeedVersion empty;
    empty.serial = 2;
    service_.publish("eta_custom_whitelist", empty);
    uplink.refresh_feeds();
    EXPECT_TRUE(log.wait_for([&] { return log.allowlist->entries.empty(); }))
        << (log.failures.empty() ? "" : log.failures[0].reason);
}

TEST_F(UplinkFeeds, AFeedServiceThatIsDownIsRetried) {
    service_.status(503);
    service_.publish(kBlocklist, version(1, 3));
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.link.retries >= 2; }));
    service_.status(200);
    EXPECT_TRUE(log.wait_for([&] { return log.blocklist_updates == 1; })) << log.errors;
}

TEST_F(UplinkFeeds, DamagedStoredFeedsAreNotUsed) {
    service_.publish(kBlocklist, version(5, 3));
    {
        Uplink uplink(options_);
        EventLog log(uplink);
        uplink.start();
        ASSERT_TRUE(log.wait_for([&] { return log.blocklist_updates == 1; }));
    }
    const std::string path = feed_path(options_.state_directory, kBlocklist);
    const std::string whole = eti::test::read_file(path);
    ASSERT_TRUE(stored_blocklist());
    const std::size_t body = whole.find('\n') + 1;
    for (std::size_t i = 0; i < whole.size(); i += 7) {
        eti::test::write_file(path, whole.substr(0, i));
        const StoredState state = load_stored_state(options_);
        EXPECT_FALSE(state.blocklist) << i;
        ASSERT_EQ(state.problems.size(), 1U) << i;
        EXPECT_NE(state.problems[0].find(path), std::string::npos) << state.problems[0];
    }
    for (std::size_t i = body; i < whole.size(); i += 5) {
        std::string flipped = whole;
        flipped[i] = static_cast<char>(flipped[i] ^ 1);
        eti::test::write_file(path, flipped);
        EXPECT_FALSE(stored_blocklist()) << i;
    }
    Uplink uplink(options_);  // and the next answer replaces it
    EventLog log(uplink);
    uplink.start();
    EXPECT_TRUE(log.wait_for([&] { return log.blocklist_updates == 1; }));
    EXPECT_TRUE(stored_blocklist());
}

TEST_F(UplinkFeeds, AnExpiredStoredFeedStaysInForceAndIsTold) {
    HeldFeed feed;
    feed.body = sslbl(3);
    feed.entry.name = kBlocklist;
    feed.entry.version = "1";
    feed.entry.serial = 1;
    feed.entry.entries = 3;
    feed.entry.sha256 = sha256_hex(feed.body);
    feed.entry.created_text = "2020-01-01T00:00:00Z";
    feed.entry.expires_text = "2020-02-01T00:00:00Z";
    feed.entry.signature_text = key_.sign(signed_bytes(feed.entry));
    ASSERT_EQ(store_feed(options_.state_directory, key_.id(), feed), "");
    const StoredState state = load_stored_state(options_);
    ASSERT_TRUE(state.blocklist);
    EXPECT_EQ(state.blocklist->table->size(), 3U);
    ASSERT_EQ(state.problems.size(), 1U);
    EXPECT_NE(state.problems[0].find("expired on 2020-02-01"), std::string::npos);
}

}  // namespace
}  // namespace eti::uplink::test
