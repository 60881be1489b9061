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
constexpr long kRowsInTransaction = 200'000;
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

class Generator {
  public:
    Generator(Database& database, long servers, long sessions)
        : database_(database),
          servers_(servers),
          weight_(static_cast<double>(sessions) / harmonic(servers)),
          today_(day_of_us(now_us())) {}

    void run() {
        database_.script("BEGIN");
        for (long number = 0; number < servers_; ++number) {
            make_server(number);
            if (number % 100'000 == 0) {
                std::fprintf(stderr, "page_load: %ld of %ld servers\n", number, servers_);
            }
        }
        database_.script("COMMIT");
        std::printf("{\"servers\": %ld, \"sessions\": %ld, \"server_days\": %ld, \"pairs\": %ld}\n",
                    servers_, sessions_, days_, pairs_);
    }

  private:
    static constexpr double kSkew = 0.8;

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

    void make_server(long number) {
        const auto sessions = std::max<long>(
            1, std::lround(weight_ / std::pow(static_cast<double>(number + 1), kSkew)));
        ServerState state;
        state.ip = address(static_cast<long>(random_() % 3'000'000'000UL));
        state.name = random_() % 10 == 0 ? "" : name_of(random_, number);
        state.name_source = NameSource::Sni;
        state.country = kCountries[random_() % 10];
        state.level = random_() % 50 == 0 ? static_cast<int64_t>(random_() % 11) : 0;
        state.category = state.level > 0 ? "listed " + std::to_string(random_() % 40) : "";
        History history;
        const int64_t days = std::clamp<int64_t>(sessions / 3, 1, kDays);
        for (int64_t i = 0; i < days; ++i) {
            make_day(state, history, i * kDays / days, sessions / days + 1);
        }
        if (history.empty()) {
            return;  // an address drawn twice, on the same days
        }
        const int64_t newest = history.back().hour;
        fold(history, newest - kHourlyHours, newest - kHistoryDays * 24);
        state.history = pack(history);
        database_.run("DELETE FROM servers WHERE realm = 1 AND server = ?", ip_key(state.ip));
        put_server(database_, state, false);
    }

    // Days come newest last in the table's order only by server; the file's order is not the
    // point here, its size is.
    void make_day(ServerState& state, History& history, int64_t back, int64_t sessions) {
        const int64_t number = today_ - back;
        ServerDay day = server_day(database_, 1, number, state.ip);
        if (day.stored) {
            return;
        }
        const auto hours = std::min<int64_t>(sessions, 6);
        for (int64_t i = 0; i < hours; ++i) {
            const HistoryPoint point{number * 24 + static_cast<int64_t>(random_() % 24), false,
                                     sessions / hours + 1, 0, state.level};
            merge(day.hours, point);
            merge(history, point);
            day.attempts += point.attempts;
        }
        day.level = state.level;
        day.visibility[random_() % 5] = day.attempts;
        day.ports = {{443, 0, day.attempts}};
        for (std::size_t i = 0; i < day.visibility.size(); ++i) {
            state.visibility[i] += day.visibility[i];
        }
        state.ports = day.ports;
        state.attempts += day.attempts;
        state.last_us = std::max(state.last_us, day.hours.back().hour * kHourUs + 1);
        state.first_us = state.first_us == 0
                             ? day.hours.front().hour * kHourUs
                             : std::min(state.first_us, day.hours.front().hour * kHourUs);
        put_server_day(database_, 1, number, state.ip, day);
        sessions_ += day.attempts;
        ++days_;
        make_pairs(state, number, day.attempts);
    }

    void make_pairs(const ServerState& state, int64_t day, int64_t attempts) {
        const auto hosts = static_cast<long>(
            std::min<int64_t>(std::lround(std::sqrt(static_cast<double>(attempts))), 2000));
        for (long i = 0; i < std::max<long>(hosts, 1); ++i) {
            const auto host = eti::net::IpAddress::v4(10, 0, static_cast<uint8_t>(random_() % 40),
                                                      static_cast<uint8_t>(random_() % 256));
            database_.run("INSERT OR IGNORE INTO server_hosts VALUES(1, ?, ?, ?, ?, 0, ?, ?)", day,
                          ip_key(state.ip), ip_key(host), attempts / std::max<long>(hosts, 1) + 1,
                          state.level, state.last_us);
            if (++pairs_ % kRowsInTransaction == 0) {
                database_.script("COMMIT; BEGIN");
            }
        }
    }

    Database& database_;
    std::mt19937_64 random_{42};
    long servers_;
    double weight_;
    int64_t today_;
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
