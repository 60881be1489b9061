#include "cli/metrics.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace eti::cli {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

enum class Kind : uint8_t { Counter, Gauge, Info, Histogram };

std::string number_text(double value) {
    std::array<char, 64> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), end.ptr};
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') {
            out += '\\';
        }
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

// seconds_text always has a fraction, as OpenMetrics wants of bounds.
std::string seconds_text(uint64_t nanoseconds) {
    std::string text = number_text(static_cast<double>(nanoseconds) / 1e9);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

// Writer writes families whole and in order; OpenMetrics 1.0 allows no other way.
class Writer {
  public:
    // unit is the name's suffix, or empty.
    void family(std::string_view name, Kind kind, std::string_view unit, std::string_view help) {
        constexpr std::array<std::string_view, 4> kKinds{"counter", "gauge", "info", "histogram"};
        constexpr std::array<std::string_view, 4> kSuffixes{"_total", "", "_info", ""};
        name_ = name;
        suffix_ = kSuffixes[static_cast<std::size_t>(kind)];
        text_ +=
            "# TYPE " + name_ + " " + std::string(kKinds[static_cast<std::size_t>(kind)]) + "\n";
        if (!unit.empty()) {
            text_ += "# UNIT " + name_ + " " + std::string(unit) + "\n";
        }
        text_ += "# HELP " + name_ + " " + escaped(help) + "\n";
    }
    void sample(const Labels& labels, const std::string& value) {
        sample_of(suffix_, labels, value);
    }
    // histogram takes the samples of each class, the one above all bounds last.
    void histogram(const Labels& labels, std::span<const uint64_t> bounds_ns,
                   std::span<const uint64_t> samples, uint64_t sum_ns) {
        uint64_t count = 0;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            count += samples[i];
            Labels with_bound = labels;
            with_bound.emplace_back(
                "le", i < bounds_ns.size() ? seconds_text(bounds_ns[i]) : std::string("+Inf"));
            sample_of("_bucket", with_bound, std::to_string(count));
        }
        sample_of("_count", labels, std::to_string(count));
        sample_of("_sum", labels, seconds_text(sum_ns));
    }
    void sample_of(std::string_view suffix, const Labels& labels, const std::string& value) {
        text_ += name_ + std::string(suffix);
        for (std::size_t i = 0; i < labels.size(); ++i) {
            text_ += (i == 0 ? "{" : ",") + std::string(labels[i].first) + "=\"" +
                     escaped(labels[i].second) + "\"";
        }
        text_ += (labels.empty() ? " " : "} ") + value + "\n";
    }
    void sample(const Labels& labels, uint64_t value) { sample(labels, std::to_string(value)); }
    void sample(const Labels& labels, double value) { sample(labels, number_text(value)); }
    template <typename Value>
    void only(std::string_view name, Kind kind, std::string_view unit, std::string_view help,
              Value value) {
        family(name, kind, unit, help);
        sample({}, value);
    }
    std::string finish() { return std::move(text_) + "# EOF\n"; }

  private:
    std::string text_;
    std::string name_;
    std::string_view suffix_;
};

uint64_t counter(const control::Status& status, std::string_view name) {
    for (const control::CounterValue& value : status.statistics.counters) {
        if (value.name == name) {
            return value.value;
        }
    }
    return 0;
}

struct Reason {
    std::string_view label;
    std::string_view counter;
};
constexpr std::array<Reason, 5> kBlocked{{{"certificate", "sessions-blocked"},
                                          {"infected-host", "infected-host-attempts"},
                                          {"service-not-ready", "blocked-service-not-ready"},
                                          {"submission-timeout", "blocked-submission-timeout"},
                                          {"out-of-resources", "blocked-out-of-resources"}}};
constexpr std::array<Reason, 7> kUninspected{{{"flow-table-full", "flow-table-full"},
                                              {"udp-flows-full", "udp-flows-full"},
                                              {"session-table-full", "session-table-full"},
                                              {"stream-over-budget", "stream-over-budget"},
                                              {"bytes-over-budget", "bytes-over-budget"},
                                              {"message-over-budget", "message-over-budget"},
                                              {"malformed", "tls-malformed"}}};
constexpr std::array<Reason, 6> kDropped{{{"infected-host", "dropped-infected-host"},
                                          {"certificate", "dropped-certificate"},
                                          {"unjudged", "dropped-unjudged"},
                                          {"conflicting-data", "dropped-contradicting"},
                                          {"conflicting-fragments", "dropped-fragments"},
                                          {"tx-full", "transmit-full"}}};

void reasons(Writer& out, const control::Status& status, std::string_view name,
             std::string_view help, std::span<const Reason> rows) {
    out.family(name, Kind::Counter, {}, help);
    for (const Reason& row : rows) {
        out.sample({{"reason", std::string(row.label)}}, counter(status, row.counter));
    }
}

void sessions(Writer& out, const control::Status& status) {
    const control::StatisticsStatus& s = status.statistics;
    out.only("eti_sessions_inspected", Kind::Counter, {}, "TLS, QUIC and DTLS sessions recognised",
             s.sessions_inspected);
    out.only("eti_sessions_whitelisted", Kind::Counter, {}, "sessions left alone by the allowlist",
             s.sessions_whitelisted);
    out.only("eti_sessions_detected", Kind::Counter, {}, "sessions detected by a list or verdict",
             s.sessions_detected);
    out.family("eti_sessions_by_visibility", Kind::Counter, {}, "ended sessions by visibility");
    for (const control::CounterValue& value : s.counters) {
        if (value.name.starts_with("ended-")) {
            out.sample({{"visibility", value.name.substr(6)}}, value.value);
        }
    }
    reasons(out, status, "eti_sessions_blocked", "sessions blocked", kBlocked);
    reasons(out, status, "eti_sessions_uninspected", "sessions forwarded without inspection",
            kUninspected);
    out.family("eti_session_table_entries", Kind::Gauge, {}, "flow entries in use");
    for (std::size_t i = 0; i < status.workers.size(); ++i) {
        out.sample({{"worker", std::to_string(i)}}, status.workers[i].flows);
    }
    out.family("eti_session_table_limit", Kind::Gauge, {}, "flow entries there are");
    for (std::size_t i = 0; i < status.workers.size(); ++i) {
        out.sample({{"worker", std::to_string(i)}}, status.maximum_flows / status.workers.size());
    }
}

void records(Writer& out, const control::Status& status) {
    const control::StatisticsStatus& s = status.statistics;
    out.family("eti_records_submitted", Kind::Counter, {},
               "records acknowledged, or lost for good");
    out.sample({{"result", "success"}}, s.records_acknowledged);
    out.sample({{"result", "failure"}}, s.records_lost());
    out.family("eti_records_lost", Kind::Counter, {}, "records lost for good");
    out.sample({{"reason", "ring-full"}}, s.records_ring_full);
    out.sample({{"reason", "spool-full"}}, s.records_spool_full);
    out.sample({{"reason", "rejected"}}, s.records_rejected);
    out.sample({{"reason", "corrupt"}}, s.records_corrupt);
    out.family("eti_ledger_imbalance", Kind::Gauge, {},
               "records made minus records accounted for; 0 is right once nothing moves");
    out.sample({{"ledger", "records"}},
               static_cast<double>(s.records_drained + s.records_ring_full +
                                   status.link.restored_records) -
                   static_cast<double>(s.records_acknowledged + s.records_batched +
                                       status.link.in_flight_records + status.link.spooled_records +
                                       s.records_lost()));
    out.only("eti_spool_bytes", Kind::Gauge, "bytes", "batches that wait on disk",
             status.link.spool_bytes);
    out.only("eti_spool_limit_bytes", Kind::Gauge, "bytes", "room for batches on disk",
             status.spool_limit_bytes);
    out.only("eti_uplink_connected", Kind::Gauge, {}, "the analysis service answers",
             uint64_t{status.link.connected});
    out.family("eti_ring_occupancy_ratio", Kind::Gauge, "ratio", "use of the record ring");
    for (std::size_t i = 0; i < status.workers.size(); ++i) {
        const control::RingStatus& ring = status.workers[i].records;
        out.sample({{"worker", std::to_string(i)}},
                   ring.capacity == 0
                       ? 0.0
                       : static_cast<double>(ring.used) / static_cast<double>(ring.capacity));
    }
}

void workers(Writer& out, const control::Status& status) {
    const auto each = [&](const auto& visit) {
        for (std::size_t i = 0; i < status.workers.size(); ++i) {
            visit(Labels{{"worker", std::to_string(i)}}, status.workers[i].timing);
        }
    };
    out.family("eti_worker_busy_seconds", Kind::Counter, "seconds", "time in turns with frames");
    each([&](const Labels& labels, const WorkerTiming::Reading& timing) {
        out.sample(labels, static_cast<double>(timing.busy_ns) / 1e9);
    });
    out.family("eti_worker_stalls", Kind::Counter, {}, "turns that took longer than 10 ms");
    each([&](const Labels& labels, const WorkerTiming::Reading& timing) {
        out.sample(labels, timing.stalls);
    });
    out.family("eti_packet_residence_seconds", Kind::Histogram, "seconds",
               "time between reading a burst and handing it on, one in 64 measured");
    each([&](const Labels& labels, const WorkerTiming::Reading& timing) {
        out.histogram(labels, WorkerTiming::kBoundsNs, timing.residence, timing.residence_ns);
    });
}

void commits(Writer& out, const CommitStatus& status) {
    out.family("eti_commits", Kind::Counter, {}, "commits, and those taken back by themselves");
    out.sample({{"result", "success"}}, status.counts.succeeded);
    out.sample({{"result", "failure"}}, status.counts.failed);
    out.sample({{"result", "rollback"}}, status.counts.rolled_back);
    out.only("eti_commit_confirmed_pending", Kind::Gauge, {}, "a commit waits for its confirmation",
             uint64_t{status.confirmed_pending});
}

void ports(Writer& out, const control::Status& status) {
    struct Family {
        std::string_view name;
        Kind kind;
        std::string_view unit;
        std::string_view help;
        uint64_t (*value)(const metadata::PortStatus&);
    };
    using Port = metadata::PortStatus;
    const std::array<Family, 5> families{{
        {"eti_rx_packets", Kind::Counter, "", "frames received",
         [](const Port& p) { return p.rx_packets; }},
        {"eti_tx_packets", Kind::Counter, "", "frames sent",
         [](const Port& p) { return p.tx_packets; }},
        {"eti_rx_bytes", Kind::Counter, "bytes", "bytes received",
         [](const Port& p) { return p.rx_bytes; }},
        {"eti_tx_bytes", Kind::Counter, "bytes", "bytes sent",
         [](const Port& p) { return p.tx_bytes; }},
        {"eti_port_up", Kind::Gauge, "", "the link is up",
         [](const Port& p) { return uint64_t{p.link_up}; }},
    }};
    for (const Family& family : families) {
        out.family(family.name, family.kind, family.unit, family.help);
        for (const Port& port : status.ports) {
            out.sample({{"port", port.interface}}, family.value(port));
        }
    }
    out.family("eti_drops", Kind::Counter, {}, "frames not forwarded");
    for (const Reason& row : kDropped) {
        out.sample({{"port", "all"}, {"reason", std::string(row.label)}},
                   counter(status, row.counter));
    }
    for (const Port& port : status.ports) {
        out.sample({{"port", port.interface}, {"reason", "rx-missed"}}, port.rx_missed);
    }
}

double seconds_of(Timestamp time) {
    return static_cast<double>(
               std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch())
                   .count()) /
           1e3;
}

void feeds(Writer& out, const control::Status& status) {
    const auto each = [&](const auto& visit) {
        for (const control::CategoryStatus& category : status.categories) {
            for (const uplink::FeedInfo& feed : category.feeds) {
                visit(category, feed);
            }
        }
    };
    out.family("eti_feed_version", Kind::Gauge, {},
               "version in force; absent when it is no number");
    each([&](const auto&, const uplink::FeedInfo& feed) {
        double version = 0;
        const char* end = feed.version.data() + feed.version.size();
        const auto [stopped, error] = std::from_chars(feed.version.data(), end, version);
        if (error == std::errc() && stopped == end) {
            out.sample({{"feed", feed.name}}, version);
        }
    });
    out.family("eti_feed_entries", Kind::Gauge, {}, "entries in force");
    each([&](const auto& category, const uplink::FeedInfo& feed) {
        out.sample({{"feed", feed.name}, {"hash", category.name == "CC" ? "sha1" : "none"}},
                   feed.objects);
    });
    out.family("eti_feed_updated_timestamp_seconds", Kind::Gauge, "seconds", "when it was taken");
    each([&](const auto&, const uplink::FeedInfo& feed) {
        out.sample({{"feed", feed.name}}, seconds_of(feed.updated));
    });
    out.family("eti_feed_expires_timestamp_seconds", Kind::Gauge, "seconds", "when it expires");
    each([&](const auto&, const uplink::FeedInfo& feed) {
        if (feed.expires != Timestamp{}) {
            out.sample({{"feed", feed.name}}, seconds_of(feed.expires));
        }
    });
    out.family("eti_feed_rejected", Kind::Counter, {}, "updates that were not taken");
    each([&](const auto&, const uplink::FeedInfo& feed) {
        constexpr std::array<const char*, uplink::kRefusals> kReasons{
            "signature", "rollback", "expired", "size", "truncated", "other"};
        for (std::size_t i = 0; i < kReasons.size(); ++i) {
            out.sample({{"feed", feed.name}, {"reason", kReasons[i]}}, feed.refusals[i]);
        }
    });
    out.only("eti_infected_hosts", Kind::Gauge, {}, "infected hosts in force",
             uint64_t{status.infected_hosts->size()});
}

void process(Writer& out, const control::Status& status) {
    const control::ProcessStatus& p = status.process;
    out.only("process_cpu_seconds", Kind::Counter, "seconds", "processor time used", p.cpu_seconds);
    out.only("process_resident_memory_bytes", Kind::Gauge, "bytes", "memory in use",
             p.resident_bytes);
    out.only("process_virtual_memory_bytes", Kind::Gauge, "bytes", "address space in use",
             p.virtual_bytes);
    out.only("process_open_fds", Kind::Gauge, {}, "descriptors in use", p.open_descriptors);
    out.only("process_max_fds", Kind::Gauge, {}, "descriptors there may be", p.most_descriptors);
    out.only("process_start_time_seconds", Kind::Gauge, "seconds", "when the daemon started",
             seconds_of(status.started));
}

}  // namespace

std::string render_metrics(const control::Status& status,
                           const std::optional<CommitStatus>& commit_status) {
    Writer out;
    out.family("eti_build", Kind::Info, {}, "the running version");
    out.sample({{"version", status.version}}, uint64_t{1});
    sessions(out, status);
    records(out, status);
    workers(out, status);
    ports(out, status);
    if (commit_status) {
        commits(out, *commit_status);
    }
    feeds(out, status);
    process(out, status);
    return out.finish();
}

}  // namespace eti::cli
