#include "tests/unit/uplink/link_fixture.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>

namespace eti::uplink::test {
namespace {

class UplinkRecords : public ::testing::Test {
  protected:
    std::unique_ptr<HttpTestServer> serve(uint16_t port = 0) {
        return std::make_unique<HttpTestServer>(
            [this](const TestRequest& request) { return service_(request); }, port);
    }
    // An address where nothing listens: a server that came and went.
    uint16_t free_port() { return serve()->port(); }
    Options options_to(uint16_t port) {
        Options options = options_for(folder_);
        options.analysis_url = "http://127.0.0.1:" + std::to_string(port);
        return options;
    }

    TemporaryFolder folder_;
    RecordService service_;
};

TEST_F(UplinkRecords, EachBatchIsAcknowledgedOnce) {
    const auto server = serve();
    Uplink uplink(options_to(server->port()));
    EventLog log(uplink);
    uplink.start();
    for (uint64_t i = 0; i < 20; ++i) {
        uplink.submit(batch(i));
    }
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 200; })) << log.errors;
    EXPECT_TRUE(log.wait_for([&] { return log.link.connected && log.link.spool_bytes == 0; }));
    uplink.stop();
    log.take();
    EXPECT_EQ(log.acknowledged(), 200U);
    EXPECT_EQ(log.rejected() + log.spool_full() + log.corrupt(), 0U);
    EXPECT_EQ(service_.requests(), 20U);
    EXPECT_EQ(service_.bodies().at("eti1/boot1/7"), batch(7).ndjson);
    EXPECT_EQ(log.link.server_host, "127.0.0.1");
    EXPECT_EQ(log.link.server_port, server->port());
    EXPECT_NE(log.link.connected_since, Timestamp{});
}

TEST_F(UplinkRecords, SpooledWhileTheServiceIsDownAndSentOldestFirst) {
    const uint16_t port = free_port();
    Uplink uplink(options_to(port));
    EventLog log(uplink);
    uplink.start();
    for (uint64_t i = 0; i < 10; ++i) {
        uplink.submit(batch(i));
    }
    ASSERT_TRUE(log.wait_for([&] { return log.link.spooled_records == 100; }));
    ASSERT_TRUE(log.wait_for([&] { return log.link.retries >= 2; }));
    EXPECT_FALSE(log.link.connected);
    EXPECT_NE(log.link.last_error.find("check that the service runs"), std::string::npos);
    const auto server = serve(port);
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 100; })) << log.errors;
    EXPECT_TRUE(log.wait_for([&] { return log.link.connected; }));
    EXPECT_EQ(log.link.last_error, "");
    EXPECT_EQ(service_.bodies().size(), 10U);
    EXPECT_EQ(service_.requests(), 10U);
    EXPECT_EQ(service_.order().at(0), "eti1/boot1/0");
}

TEST_F(UplinkRecords, ARestartSendsUnderTheOriginalKeys) {
    const uint16_t port = free_port();
    {
        Uplink uplink(options_to(port));
        EventLog log(uplink);
        uplink.start();
        for (uint64_t i = 0; i < 5; ++i) {
            uplink.submit(batch(i));
        }
        uplink.stop();
        log.take();
        EXPECT_EQ(log.link.spooled_records, 50U);
    }
    const auto server = serve(port);
    Options options = options_to(port);
    options.boot = "boot2";
    Uplink uplink(options);
    EventLog log(uplink);
    uplink.start();
    uplink.submit(batch(0));
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 60; })) << log.errors;
    const auto bodies = service_.bodies();
    EXPECT_EQ(bodies.size(), 6U);
    EXPECT_EQ(bodies.count("eti1/boot1/4"), 1U);
    EXPECT_EQ(bodies.count("eti1/boot2/0"), 1U);
}

TEST_F(UplinkRecords, AnotherLinkTakesOverWhatTheOldOneHadNotSent) {
    const uint16_t nobody = free_port();
    Uplink uplink(options_to(nobody));
    EventLog log(uplink);
    uplink.start();
    for (uint64_t i = 0; i < 5; ++i) {
        uplink.submit(batch(i));
    }
    ASSERT_TRUE(log.wait_for([&] { return log.link.spooled_records == 50; }));
    const auto server = serve();
    Options other = options_to(server->port());
    other.sensor = "eti2";
    uplink.reconfigure(other);
    for (uint64_t i = 5; i < 10; ++i) {
        uplink.submit(batch(i));
        uplink.reconfigure(other);  // the same: exchanges under way go on
    }
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 100; })) << log.errors;
    EXPECT_TRUE(log.wait_for([&] { return log.link.server_port == server->port(); }));
    uplink.stop();
    log.take();
    EXPECT_EQ(log.acknowledged(), 100U);
    EXPECT_EQ(log.rejected() + log.spool_full() + log.corrupt(), 0U);
    const auto bodies = service_.bodies();
    EXPECT_EQ(bodies.size(), 10U);
    EXPECT_EQ(bodies.count("eti1/boot1/4"), 1U);
    EXPECT_EQ(bodies.count("eti2/boot1/9"), 1U);
    EXPECT_EQ(service_.requests(), 10U);
}

// The service stored the batch, but the answer never arrived: the key makes it one batch.
TEST_F(UplinkRecords, AnAnswerLostOnTheWayCountsOnce) {
    struct Case {
        const char* why;
        TestAnswer answer;
    };
    const std::string body = R"({"accepted":10,"rejected":[],"duplicate":false})";
    const Case cases[] = {
        {"closed in the middle of the body", {202, {}, body.substr(0, 9), body.size()}},
        {"nothing of the body", {202, {}, "", body.size()}},
        {"not the JSON promised", {202, {}, "<html>welcome</html>"}},
        {"an endless body", {202, {}, std::string(3U << 20, ' ')}},
        {"a server error", {500, {}, R"({"title":"disk"})"}},
        {"busy", {503, {"Retry-After: 0"}, ""}},
        {"too many", {429, {"Retry-After: 0"}, ""}},
        {"a redirect", {302, {"Location: http://127.0.0.1:1/"}, ""}},
        {"wrong token", {401, {}, ""}},
        {"no longer allowed", {403, {}, ""}},
    };
    const auto server = serve();
    uint64_t expected = 0;
    Uplink uplink(options_to(server->port()));
    EventLog log(uplink);
    uplink.start();
    for (const Case& c : cases) {
        service_.script(c.answer);
        uplink.submit(batch(expected));
        ++expected;
        EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 10 * expected; })) << c.why;
        EXPECT_EQ(service_.bodies().size(), expected) << c.why;
        EXPECT_EQ(service_.requests(), 2 * expected) << c.why;
    }
    EXPECT_EQ(log.rejected() + log.spool_full() + log.corrupt(), 0U);
    EXPECT_TRUE(log.error_contains("redirects are not followed")) << log.errors;
    EXPECT_TRUE(log.error_contains("more than 1048576 bytes")) << log.errors;
}

TEST_F(UplinkRecords, ADuplicateIsAcknowledged) {
    service_.script({202, {}, R"({"accepted":10,"rejected":[],"duplicate":true})"});
    const auto server = serve();
    Uplink uplink(options_to(server->port()));
    EventLog log(uplink);
    uplink.start();
    uplink.submit(batch(1));
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 10; }));
    EXPECT_EQ(service_.requests(), 1U);
}

TEST_F(UplinkRecords, RefusedForGoodIsCountedAndNotSentAgain) {
    const auto server = serve();
    Uplink uplink(options_to(server->port()));
    EventLog log(uplink);
    uplink.start();
    uint64_t sequence = 0;
    for (const int status : {400, 413, 422}) {
        service_.script({status, {}, "{}"});
        uplink.submit(batch(++sequence));
        EXPECT_TRUE(log.wait_for([&] { return log.rejected() == 10 * sequence; })) << status;
    }
    uplink.submit(batch(99));
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 10; }));
    EXPECT_EQ(service_.requests(), 4U);
    EXPECT_EQ(log.link.spooled_records, 0U);
}

TEST_F(UplinkRecords, RejectedLinesCountSessionsButNotCertificates) {
    const auto server = serve();
    Uplink uplink(options_to(server->port()));
    EventLog log(uplink);
    uplink.start();
    Batch mixed = batch(1, 3);
    mixed.ndjson = R"({"type":"certificate","sha1":"00","der":"AA=="})"
                   "\n" +
                   mixed.ndjson;
    service_.script({202,
                     {},
                     R"({"accepted":1,"rejected":[{"line":1,"why":"x"},)"
                     R"({"line":4,"why":"y"},{"line":3,"why":"y"},{"line":77}],)"
                     R"("duplicate":false})"});
    uplink.submit(mixed);
    EXPECT_TRUE(log.wait_for([&] { return log.rejected() == 2 && log.acknowledged() == 1; }))
        << log.rejected() << " " << log.acknowledged();
}

TEST_F(UplinkRecords, RetryAfterIsHonoured) {
    service_.script({503, {"Retry-After: 1"}, ""});
    const auto server = serve();
    Uplink uplink(options_to(server->port()));
    EventLog log(uplink);
    const auto before = std::chrono::steady_clock::now();
    uplink.start();
    uplink.submit(batch(1));
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 10; }));
    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::seconds(1));
    EXPECT_EQ(service_.requests(), 2U);
}

TEST_F(UplinkRecords, ABatchTheServiceFailsOnDoesNotBlockTheOthers) {
    std::atomic<bool> cured{false};
    HttpTestServer server([&](const TestRequest& request) {
        const bool poison = request.headers.at("idempotency-key") == "eti1/boot1/0";
        return poison && !cured ? TestAnswer{500, {}, ""} : service_(request);
    });
    Uplink uplink(options_to(server.port()));
    EventLog log(uplink);
    uplink.start();
    for (uint64_t i = 0; i < 5; ++i) {
        uplink.submit(batch(i));
    }
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 40; })) << log.errors;
    cured = true;
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 50; })) << log.errors;
}

TEST_F(UplinkRecords, TheSpoolLimitDropsTheOldestAndCountsThem) {
    const uint16_t port = free_port();
    Options options = options_to(port);
    options.spool_limit_bytes = 8 * 4096;
    Uplink uplink(options);
    EventLog log(uplink);
    uplink.start();
    for (uint64_t i = 0; i < 30; ++i) {
        uplink.submit(batch(i));
    }
    EXPECT_TRUE(log.wait_for([&] { return log.spool_full() == 220; })) << log.spool_full();
    const auto server = serve(port);
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 80; })) << log.acknowledged();
    EXPECT_EQ(log.spool_full() + log.acknowledged(), 300U);
    EXPECT_EQ(service_.bodies().count("eti1/boot1/29"), 1U);
}

TEST_F(UplinkRecords, TokenProblemsHaveTheirRemedy) {
    const std::string token_file = folder_ / "token";
    struct Case {
        const char* why;
        std::optional<std::string> content;
        const char* sentence;
    };
    const Case cases[] = {
        {"missing", std::nullopt, "No such file or directory"},
        {"empty", "\n", "holds no token"},
        {"two lines: the second would be a header", "abc\r\nX-Admin: 1", "holds no token"},
        {"unknown to the service", "wrong\n", "does not accept the token in"},
    };
    HttpTestServer server([&](const TestRequest& request) {
        const auto token = request.headers.find("authorization");
        const bool good = token != request.headers.end() && token->second == "Bearer right";
        return good ? service_(request) : TestAnswer{401, {}, R"({"detail":"unknown token"})"};
    });
    uint64_t expected = 0;
    Options options = options_to(server.port());
    options.token_file = token_file;
    Uplink uplink(options);
    EventLog log(uplink);
    uplink.start();
    for (const Case& c : cases) {
        std::filesystem::remove(token_file);
        if (c.content) {
            eti::test::write_file(token_file, *c.content);
        }
        log.errors.clear();
        uplink.submit(batch(expected));
        EXPECT_TRUE(log.wait_for([&] { return log.error_contains(c.sentence); }))
            << c.why << ": " << log.errors;
        EXPECT_TRUE(log.error_contains("eti-analysis token NAME")) << c.why << ": " << log.errors;
        EXPECT_TRUE(log.error_contains(token_file)) << c.why << ": " << log.errors;
        eti::test::write_file(token_file, "right\n");
        ++expected;
        EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 10 * expected; })) << c.why;
    }
}

TEST_F(UplinkRecords, StopDoesNotWaitForAServiceThatHangs) {
    {
        HttpTestServer server([](const TestRequest&) { return TestAnswer::hanging(); });
        Uplink uplink(options_to(server.port()));
        EventLog log(uplink);
        uplink.start();
        uplink.submit(batch(1));
        ASSERT_TRUE(log.wait_for([&] { return log.link.in_flight_records == 10; }));
        uplink.stop();
    }
    const auto server = serve();
    Uplink uplink(options_to(server->port()));
    EventLog log(uplink);
    uplink.start();
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 10; }));
}

TEST_F(UplinkRecords, ADamagedSpoolIsMovedAsideAndNothingStops) {
    eti::test::write_file(folder_ / "state/spool.db", std::string(5000, 'x'));
    const auto server = serve();
    Uplink uplink(options_to(server->port()));
    EventLog log(uplink);
    uplink.start();
    EXPECT_TRUE(log.wait_for([&] { return log.error_contains("spool.db.damaged"); }));
    uplink.submit(batch(1));
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 10; }));
    EXPECT_TRUE(log.wait_for([&] { return log.link.last_error.empty(); }));
}

// Files may not grow: what the kernel says then is what it says on a full disk.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        handler_ = ::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
    sighandler_t handler_ = SIG_DFL;
};

TEST_F(UplinkRecords, AFullDiskIsToldAndRecordsWaitInMemory) {
    const uint16_t port = free_port();
    Uplink uplink(options_to(port));
    EventLog log(uplink);
    std::unique_ptr<HttpTestServer> server;
    uplink.start();
    uplink.submit(batch(0));
    ASSERT_TRUE(log.wait_for([&] { return log.link.spooled_records == 10; }));
    {
        const FileSizeLimit full(4096);
        uplink.submit(batch(1));
        ASSERT_TRUE(log.wait_for([&] { return log.link.spooled_records == 20; }));
        server = serve(port);
        EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 20; })) << log.errors;
        EXPECT_TRUE(log.wait_for([&] { return log.error_contains("free space on that disk"); }))
            << log.errors;
    }
    uplink.submit(batch(2));
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 30; }));
    EXPECT_TRUE(log.wait_for([&] { return log.link.last_error.empty(); })) << log.errors;
}

// A daemon that dies at any moment: what it had told to be spooled or in flight arrives.
TEST_F(UplinkRecords, SurvivesKillWithBatchesInFlight) {
    // The daemon to be killed is forked before this process has any thread, whose locks the child
    // would inherit; it learns the server's port later.
    int ready[2];
    int port[2];
    ASSERT_EQ(::pipe(ready), 0);
    ASSERT_EQ(::pipe(port), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        uint16_t server_port = 0;
        if (::read(port[0], &server_port, sizeof server_port) != sizeof server_port) {
            ::_exit(1);
        }
        Uplink uplink(options_to(server_port));
        EventLog log(uplink);
        uplink.start();
        for (uint64_t i = 0; i < 8; ++i) {
            uplink.submit(batch(i));
        }
        const bool told = log.wait_for([&] {
            return log.link.in_flight_records > 0 &&
                   log.link.in_flight_records + log.link.spooled_records == 80;
        });
        const char answer = told ? 'y' : 'n';
        [[maybe_unused]] const ssize_t written = ::write(ready[1], &answer, 1);
        ::pause();
        ::_exit(1);
    }
    std::atomic<bool> hanging{true};
    HttpTestServer server([&](const TestRequest& request) {
        // The batch is stored, but the dying daemon never hears of it.
        const TestAnswer answer = service_(request);
        server.wake();
        return hanging ? TestAnswer::hanging() : answer;
    });
    const uint16_t server_port = server.port();
    ASSERT_EQ(::write(port[1], &server_port, sizeof server_port),
              static_cast<ssize_t>(sizeof server_port));
    char told = 'n';
    ASSERT_EQ(::read(ready[0], &told, 1), 1);
    for (const int fd : {ready[0], ready[1], port[0], port[1]}) {
        ::close(fd);
    }
    server.wait_until([&] { return service_.requests() > 0; });
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ASSERT_EQ(told, 'y');
    hanging = false;
    Options options = options_to(server.port());
    options.boot = "boot2";
    Uplink uplink(options);
    EventLog log(uplink);
    uplink.start();
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 80; })) << log.errors;
    EXPECT_EQ(service_.bodies().size(), 8U);
    EXPECT_GT(service_.requests(), 8U);  // one at least came twice, under the same key
}

TEST_F(UplinkRecords, PlainHttpBeyondLoopbackIsRefused) {
    Options options = options_for(folder_);
    options.analysis_url = "http://192.0.2.1:9443";
    Uplink uplink(options);
    EventLog log(uplink);
    uplink.start();
    uplink.submit(batch(1));
    EXPECT_TRUE(log.wait_for([&] { return log.error_contains("only for loopback"); }));
}

TEST_F(UplinkRecords, SessionsAreCountedBesideRecordsWhereverTheyEnd) {
    using Outcome = SubmissionResult::Outcome;
    const auto of_sessions = [](uint64_t sequence) {
        Batch made = batch(sequence, 0);
        made.records = 4;
        made.sessions = 2;
        made.ndjson = R"({"type":"session","phase":"handshake","protocol":"tls"})"
                      "\n"
                      R"({"type":"session","phase":"end","protocol":"tls"})"
                      "\n"
                      R"({"type":"session","phase":"end","protocol":"unknown"})"
                      "\n"
                      R"({"type":"session","phase":"end","protocol":"quic"})"
                      "\n";
        return made;
    };
    const uint16_t port = free_port();
    {
        Uplink uplink(options_to(port));
        EventLog log(uplink);
        uplink.start();
        uplink.submit(of_sessions(1));
        uplink.submit(of_sessions(2));
        ASSERT_TRUE(log.wait_for([&] { return log.link.spooled_sessions == 4; }));
        EXPECT_GT(log.link.oldest_age.count(), 0);
        uplink.stop();
    }
    service_.script({202,
                     {},
                     R"({"accepted":2,"rejected":[{"line":3,"why":"x"},{"line":4,"why":"x"}],)"
                     R"("duplicate":false})"});
    const auto server = serve(port);
    Uplink uplink(options_to(port));
    EventLog log(uplink);
    uplink.start();
    EXPECT_TRUE(log.wait_for([&] { return log.acknowledged() == 6; })) << log.errors;
    EXPECT_EQ(log.sessions(Outcome::Acknowledged), 3U);
    EXPECT_EQ(log.sessions(Outcome::Rejected), 1U) << "line 3 is an attempt, no session";
    EXPECT_TRUE(log.wait_for([&] { return log.link.oldest_age.count() == 0; }));
    EXPECT_EQ(log.link.restored_sessions, 4U);
    EXPECT_EQ(log.link.spooled_sessions + log.link.in_flight_sessions, 0U);
}

}  // namespace
}  // namespace eti::uplink::test
