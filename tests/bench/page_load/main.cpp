// page_load DIR SERVERS SESSIONS: makes DIR/eti.db with the roll-ups of so many sessions over the
// last 30 days at so many servers, for scripts/bench page. A few servers have most of the
// sessions, as in the world. Raw sessions are not made: no page reads them.
#include "eti/store/schema.h"
#include "store/rollup_codec.h"
#include "store/server_rows.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace eti::analysis;

constexpr int64_t kDays = 30;
constexpr const char* kCountries[] = {"US", "DE", "NL", "FR", "RU", "CN", "GB", "SG", "BR", ""};

eti::net::IpAddress address(long number) {
    const auto byte = [number](int shift) { return static_cast<uint8_t>(number >> shift & 255); };
    return eti::net::IpAddress::v4(static_cast<uint8_t>(1 + (number >> 24) % 200), byte(16),
                                   byte(8), byte(0));
}

std::string name_of(std::mt19937_64& random, long number) {
    static const char* const kWords[] = {"cloud", "mail",   "cdn",   "shop", "api",
                                         "news",  "static", "login", "data", "media"};
    static const char* const kEnds[] = {"com", "net", "org", "io", "de", "co.uk"};
    return std::string(kWords[random() % 10]) + std::to_string(random() % 50) + "." +
           kWords[random() % 10] + std::to_string(number % 9973) + "." + kEnds[random() % 6];
}

struct Server {
    ServerState state;
    History history;
    long sessions = 0;
    int64_t days = 0;  // on which it is met
};

// Day by day and each day by address: the order of the tables, so that every row goes to the end.
class Generator {
  public:
    Generator(Database& database, long servers, long sessions)
        : database_(database),
          weight_(static_cast<double>(sessions) / harmonic(servers)),
          today_(day_of_us(now_us())) {
        servers_.reserve(static_cast<std::size_t>(servers));
        for (long number = 0; number < servers; ++number) {
            servers_.push_back(make_server(number));
        }
        std::sort(servers_.begin(), servers_.end(),
                  [](const Server& a, const Server& b) { return a.state.ip < b.state.ip; });
        const auto same = [](const Server& a, const Server& b) { return a.state.ip == b.state.ip; };
        servers_.erase(std::unique(servers_.begin(), servers_.end(), same), servers_.end());
    }

    void run() {
        for (int64_t back = kDays - 1; back >= 0; --back) {
            database_.script("BEGIN");
            make_day(back);
            database_.script("COMMIT");
            std::fprintf(stderr, "page_load: %ld of %ld days\n", static_cast<long>(kDays - back),
                         static_cast<long>(kDays));
        }
        database_.script("BEGIN");
        for (Server& server : servers_) {
            server.state.history = pack(server.history);
            put_server(database_, server.state, false);
        }
        database_.script("COMMIT");
        std::printf("{\"servers\": %zu, \"sessions\": %ld, \"server_days\": %ld, \"pairs\": %ld}\n",
                    servers_.size(), sessions_, days_, pairs_);
    }

  private:
    static constexpr double kSkew = 0.8;
    static constexpr std::size_t kHosts = 40 * 256;

    static double harmonic(long servers) {
        double sum = 0;
        for (long i = 0; i < servers; ++i) {
            sum += 1 / std::pow(static_cast<double>(i + 1), kSkew);
        }
        return sum;
    }
    static int64_t now_us() {
        return std::chrono::duration_cast<std::chrono::microseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    }
    static eti::net::IpAddress host_address(std::size_t number) {
        return eti::net::IpAddress::v4(10, 0, static_cast<uint8_t>(number >> 8U),
                                       static_cast<uint8_t>(number & 255U));
    }

    Server make_server(long number) {
        Server server;
        server.sessions = std::max<long>(
            1, std::lround(weight_ / std::pow(static_cast<double>(number + 1), kSkew)));
        server.days = std::clamp<int64_t>(server.sessions / 3, 1, kDays);
        ServerState& state = server.state;
        state.ip = address(static_cast<long>(random_() % 3'000'000'000UL));
        state.name = random_() % 10 == 0 ? "" : name_of(random_, number);
        state.name_source = NameSource::Sni;
        state.country = kCountries[random_() % 10];
        state.level = random_() % 50 == 0 ? static_cast<int64_t>(random_() % 11) : 0;
        state.category = state.level > 0 ? "listed " + std::to_string(random_() % 40) : "";
        return server;
    }

    // A server that is met on few days is met on days far apart, the newest among them.
    static bool is_met(const Server& server, int64_t back) {
        const int64_t turn = (back * server.days + kDays - 1) / kDays;
        return turn < server.days && turn * kDays / server.days == back;
    }

    void make_day(int64_t back) {
        const int64_t number = today_ - back;
        RealmDay sum;
        std::vector<std::string> met(kHosts);
        for (Server& server : servers_) {
            if (is_met(server, back)) {
                meet(server, number, sum, met);
            }
        }
        for (std::size_t host = 0; host < kHosts; ++host) {
            if (!met[host].empty()) {
                add_met(database_, 1, number, host_address(host), 0, met[host]);
            }
        }
        const std::string visibility = pack_visibility(sum.visibility);
        const std::string hours = pack(sum.hours);
        database_.run("INSERT INTO realm_days VALUES(1, ?, ?, 0, ?, ?)", number, sum.attempts,
                      Blob{visibility}, Blob{hours});
    }

    void meet(Server& server, int64_t number, RealmDay& sum, std::vector<std::string>& met) {
        ServerState& state = server.state;
        ServerDay day;
        const int64_t sessions = std::max<int64_t>(server.sessions / server.days, 1);
        const auto hours = std::min<int64_t>(sessions, 6);
        for (int64_t i = 0; i < hours; ++i) {
            const HistoryPoint point{number * 24 + static_cast<int64_t>(random_() % 24), false,
                                     sessions / hours + (i < sessions % hours ? 1 : 0), 0,
                                     state.level};
            merge(day.hours, point);
            merge(server.history, point);
            merge(sum.hours, point);
            day.attempts += point.attempts;
        }
        const int64_t newest = server.history.back().hour;
        fold(server.history, newest - kHourlyHours, newest - kHistoryDays * 24);
        day.level = state.level;
        const std::size_t visibility = random_() % 5;
        day.visibility[visibility] = day.attempts;
        state.visibility[visibility] += day.attempts;
        sum.visibility[visibility] += day.attempts;
        sum.attempts += day.attempts;
        day.ports = {{443, 0, day.attempts}};
        state.ports = day.ports;
        state.attempts += day.attempts;
        state.last_us = day.hours.back().hour * kHourUs + 1;
        state.first_us = state.first_us == 0 ? day.hours.front().hour * kHourUs : state.first_us;
        day.hosts = draw_hosts(state, day.attempts, met);
        put_server_day(database_, 1, number, state.ip, day);
        sessions_ += day.attempts;
        ++days_;
    }

    HostDays draw_hosts(const ServerState& state, int64_t attempts, std::vector<std::string>& met) {
        const auto count =
            std::clamp<long>(std::lround(std::sqrt(static_cast<double>(attempts))), 1, 2000);
        std::vector<std::size_t> numbers;
        for (long i = 0; i < count; ++i) {
            numbers.push_back(random_() % kHosts);
        }
        std::sort(numbers.begin(), numbers.end());
        numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
        HostDays hosts;
        for (const std::size_t number : numbers) {
            hosts.push_back(
                {host_address(number), attempts / count + 1, 0, state.level, state.last_us});
            put_ip(met[number], state.ip);
        }
        pairs_ += static_cast<long>(hosts.size());
        return hosts;
    }

    Database& database_;
    std::mt19937_64 random_{42};
    double weight_;
    int64_t today_;
    std::vector<Server> servers_;
    long sessions_ = 0;
    long days_ = 0;
    long pairs_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: page_load DIR SERVERS SESSIONS\n");
        return 2;
    }
    std::filesystem::create_directories(argv[1]);
    Database database(std::string(argv[1]) + "/eti.db", Database::Access::ReadWrite);
    database.script("PRAGMA synchronous=OFF");  // made again if the machine fails
    database.tune(1UL << 30, 256UL << 20);
    migrate(database, eti::Timestamp(std::chrono::system_clock::now()));
    Generator(database, std::atol(argv[2]), std::atol(argv[3])).run();
}
