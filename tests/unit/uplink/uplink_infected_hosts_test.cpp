#include "tests/unit/uplink/link_fixture.h"
#include "uplink/infected_hosts_state.h"

namespace eti::uplink::test {
namespace {

std::string entry(const std::string& ip) {
    return R"({"ip":")" + ip + R"(","threat_level":10,"reason":"certificate-blocklist: x",)" +
           R"("since":"2026-11-24T03:46:14Z"})";
}

std::string answer(uint64_t version, bool full, const std::string& entries,
                   const std::string& removed = "", const std::string& store = "") {
    return (store.empty() ? "{" : R"({"store":")" + store + R"(",)") + R"("version":)" +
           std::to_string(version) + R"(,"full":)" + (full ? "true" : "false") + R"(,"entries":[)" +
           entries + R"(],"removed":[)" + removed + "]}";
}

// HostService answers the long poll: at once when its version differs, else when it changes.
class HostService {
  public:
    TestAnswer operator()(const TestRequest& request) {
        const std::string since =
            request.target.substr(std::string("/v1/infected-hosts?since=").size());
        asked = std::stoull(since);
        polls.fetch_add(1);
        if (asked == version) {
            server->wait_until([&] { return version != asked; });
        }
        const std::lock_guard lock(mutex);
        return {status, {}, body};
    }
    void change(uint64_t next, const std::string& next_body, int next_status = 200) {
        {
            const std::lock_guard lock(mutex);
            body = next_body;
            status = next_status;
            version = next;
        }
        server->wake();
    }

    HttpTestServer* server = nullptr;
    std::mutex mutex;
    std::string body = answer(0, true, "");
    int status = 200;
    std::atomic<uint64_t> version{0};
    std::atomic<uint64_t> asked{0};
    std::atomic<uint64_t> polls{0};
};

class UplinkInfectedHosts : public ::testing::Test {
  protected:
    UplinkInfectedHosts() {
        service_.server = &server_;
        options_ = options_for(folder_);
        options_.analysis_url = server_.url();
        options_.want_infected_hosts = true;
    }

    TemporaryFolder folder_;
    HostService service_;
    HttpTestServer server_{[this](const TestRequest& request) { return service_(request); }};
    Options options_;
};

TEST_F(UplinkInfectedHosts, AnUpdateIsStoredBeforeItIsTold) {
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    service_.change(3, answer(3, true, entry("10.0.1.10")));
    ASSERT_TRUE(log.wait_for([&] { return log.hosts && log.hosts->version == 3; })) << log.errors;
    const StoredState stored = load_stored_state(options_);
    EXPECT_TRUE(stored.problems.empty());
    EXPECT_EQ(stored.infected_hosts.version, 3U);
    ASSERT_EQ(stored.infected_hosts.hosts.size(), 1U);
    EXPECT_EQ(stored.infected_hosts.hosts[0].ip, net::IpAddress::v4(10, 0, 1, 10));

    service_.change(4, answer(4, false, entry("10.0.1.11"), R"("10.0.1.10")"));
    ASSERT_TRUE(log.wait_for([&] { return log.hosts->version == 4; }));
    ASSERT_EQ(log.hosts->hosts.size(), 1U);
    EXPECT_EQ(log.hosts->hosts[0].ip, net::IpAddress::v4(10, 0, 1, 11));
    EXPECT_TRUE(log.wait_for([&] { return log.link.connected; }));
}

TEST_F(UplinkInfectedHosts, AnUpdateArrivesWellWithinTwoSeconds) {
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    service_.change(1, answer(1, true, ""));
    ASSERT_TRUE(log.wait_for([&] { return log.hosts && service_.asked == 1; }));
    const auto before = std::chrono::steady_clock::now();
    service_.change(2, answer(2, false, entry("10.0.1.10")));
    ASSERT_TRUE(log.wait_for([&] { return log.hosts->version == 2; }));
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
}

TEST_F(UplinkInfectedHosts, TheSameListAgainIsNoNews) {
    service_.change(100, answer(0, true, ""));  // answers at once, whatever is asked
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return service_.polls == 2; }));
    EXPECT_FALSE(log.hosts);
    EXPECT_FALSE(std::filesystem::exists(infected_hosts_path(options_.state_directory)));
    EXPECT_TRUE(log.wait_for([&] { return log.link.connected; }));
}

TEST_F(UplinkInfectedHosts, ARestartAsksFromTheStoredVersion) {
    InfectedHostsUpdate table{7, {}};
    ASSERT_EQ(store_infected_hosts(options_.state_directory, table), "");
    service_.change(8, answer(8, false, entry("10.0.1.10")));
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.hosts && log.hosts->version == 8; }));
    ASSERT_TRUE(log.wait_for([&] { return service_.asked == 8; }));
}

TEST_F(UplinkInfectedHosts, AServiceThatLostItsStateStartsAgain) {
    ASSERT_EQ(store_infected_hosts(options_.state_directory, {7, {}}), "");
    service_.change(1, answer(1, true, entry("10.0.1.10")));
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.hosts && log.hosts->version == 1; }));
    EXPECT_EQ(load_stored_state(options_).infected_hosts.version, 1U);
}

TEST_F(UplinkInfectedHosts, ALostStoreDoesNotEmptyTheList) {
    InfectedHostsUpdate table{7, {}};
    table.store = "lost";
    intel::InfectedHost host;
    host.ip = net::IpAddress::v4(10, 0, 1, 10);
    host.expires = std::chrono::system_clock::now() + std::chrono::hours(1);
    table.hosts.push_back(host);
    ASSERT_EQ(store_infected_hosts(options_.state_directory, table), "");
    service_.change(100, answer(100, true, entry("10.0.1.11"), "", "new"));
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.hosts && !log.failures.empty(); }));
    EXPECT_EQ(log.hosts->version, 100U);
    ASSERT_EQ(log.hosts->hosts.size(), 2U);
    EXPECT_EQ(log.failures[0].name, "Infected-Hosts");
    EXPECT_NE(log.failures[0].reason.find("1 hosts that it no longer knows stay listed"),
              std::string::npos)
        << log.failures[0].reason;
    EXPECT_EQ(load_stored_state(options_).infected_hosts.carried.size(), 1U);
    service_.change(101, answer(101, false, "", R"("10.0.1.10")", "new"));
    ASSERT_TRUE(log.wait_for([&] { return log.hosts->version == 101; })) << "an analyst's word";
    EXPECT_EQ(log.hosts->hosts.size(), 1U);
}

TEST_F(UplinkInfectedHosts, AWrongAnswerLeavesTheLastGoodListInForce) {
    InfectedHostsUpdate table{7, {}};
    intel::InfectedHost host;
    host.ip = net::IpAddress::v4(10, 0, 1, 10);
    table.hosts.push_back(host);
    ASSERT_EQ(store_infected_hosts(options_.state_directory, table), "");
    struct Case {
        const char* why;
        std::string body;
        int status;
        const char* sentence;
    };
    const Case cases[] = {
        {"not JSON", "<html>", 200, "not a JSON object"},
        {"a host without an address", answer(9, true, entry("everyone")), 200, "\"ip\""},
        {"going back without the whole list", answer(6, false, ""), 200, "went back"},
        {"a server error", "", 500, "answered 500"},
        {"a wrong token", "", 401, "token"},
    };
    Uplink uplink(options_);
    EventLog log(uplink);
    service_.change(100, cases[0].body);
    uplink.start();
    for (const Case& c : cases) {
        service_.change(100, c.body, c.status);
        log.errors.clear();
        EXPECT_TRUE(log.wait_for([&] { return log.error_contains(c.sentence); }))
            << c.why << ": " << log.errors;
        EXPECT_FALSE(log.hosts) << c.why;
        EXPECT_EQ(load_stored_state(options_).infected_hosts.hosts.size(), 1U) << c.why;
    }
    service_.change(100, answer(9, true, entry("10.0.1.11")));
    EXPECT_TRUE(log.wait_for([&] { return log.hosts && log.hosts->version == 9; }));
}

TEST_F(UplinkInfectedHosts, ADamagedFileIsToldAndReplaced) {
    eti::test::write_file(infected_hosts_path(options_.state_directory), "{\"checksum\":");
    const StoredState state = load_stored_state(options_);
    EXPECT_TRUE(state.infected_hosts.hosts.empty());
    ASSERT_EQ(state.problems.size(), 1U);
    EXPECT_NE(state.problems[0].find("infected-hosts.json is damaged"), std::string::npos);
    service_.change(5, answer(5, true, entry("10.0.1.10")));
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.hosts && log.hosts->version == 5; }));
    EXPECT_TRUE(load_stored_state(options_).problems.empty());
}

TEST_F(UplinkInfectedHosts, AListTheDiskDoesNotTakeIsStillTold) {
    eti::test::write_file(options_.state_directory, "a file where the folder should be");
    service_.change(5, answer(5, true, entry("10.0.1.10")));
    Uplink uplink(options_);
    EventLog log(uplink);
    uplink.start();
    ASSERT_TRUE(log.wait_for([&] { return log.hosts && log.hosts->version == 5; }));
    EXPECT_TRUE(log.wait_for([&] { return !log.link.last_error.empty(); }));
}

}  // namespace
}  // namespace eti::uplink::test
