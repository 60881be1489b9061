#include "eti/api/metrics.h"

#include "eti/api/context.h"

#include <unistd.h>

#include <charconv>
#include <fstream>

namespace eti::analysis {
namespace {

std::string number_text(double value) {
    std::array<char, 32> text{};
    const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
    return std::string(text.data(), result.ptr);
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '\\' ? "\\\\" : c == '"' ? "\\\"" : c == '\n' ? "\\n" : std::string(1, c);
    }
    return out;
}

double count_of(Database& database, const char* sql) {
    Query row = database.query(sql);
    return row.next() ? static_cast<double>(row.integer(0)) : 0;
}

using Type = MetricsText::Type;

void write_http(MetricsText& text, const ApiContext& context) {
    const ApiMetrics& metrics = context.metrics;
    text.family("eti_analysis_http_requests", Type::Counter, "Requests answered.");
    for (const auto& [key, count] : metrics.requests) {
        text.sample({{"route", std::get<0>(key)},
                     {"method", std::get<1>(key)},
                     {"code", std::to_string(std::get<2>(key))}},
                    static_cast<double>(count));
    }
    text.family("eti_analysis_http_request_duration_seconds", Type::Histogram,
                "From the whole request to its answer.");
    for (const auto& [route, histogram] : metrics.durations) {
        text.histogram({{"route", route}}, histogram);
    }
    text.family("eti_analysis_http_connections", Type::Gauge, "Connections open.");
    text.sample({}, static_cast<double>(metrics.connections));
    text.family("eti_analysis_sse_clients", Type::Gauge, "Pages that follow the events.");
    text.sample({}, static_cast<double>(context.events.clients()));
    text.family("eti_analysis_auth_failures", Type::Counter, "Credentials refused.");
    for (const auto& [kind, count] : metrics.auth_failures) {
        text.sample({{"kind", kind}}, static_cast<double>(count));
    }
}

void write_ingest(MetricsText& text, const ApiContext& context) {
    const ApiMetrics& metrics = context.metrics;
    text.family("eti_analysis_batches", Type::Counter, "Batches of records by their result.");
    for (const auto& [result, count] : metrics.batches) {
        text.sample({{"result", result}}, static_cast<double>(count));
    }
    text.family("eti_analysis_records_accepted", Type::Counter, "Records stored.");
    text.sample({}, static_cast<double>(metrics.accepted));
    text.family("eti_analysis_records_rejected", Type::Counter, "Records left out.");
    for (const auto& [reason, count] : metrics.rejected) {
        text.sample({{"reason", reason}}, static_cast<double>(count));
    }
    text.family("eti_analysis_ingest_bytes", Type::Counter, "Bytes of records.");
    text.sample({{"stage", "wire"}}, static_cast<double>(metrics.wire_bytes));
    text.sample({{"stage", "decoded"}}, static_cast<double>(metrics.decoded_bytes));
    const WriterFigures figures = context.writer.figures();
    text.family("eti_analysis_commit_duration_seconds", Type::Histogram,
                "A group of batches, from its first statement to the disk's answer.");
    text.histogram({}, figures.commits);
    text.family("eti_analysis_retention_deleted", Type::Counter, "Rows whose retention ended.");
    text.sample({{"kind", "rows"}}, static_cast<double>(figures.pruned));
    text.family("eti_analysis_verdicts", Type::Counter, "Evidence found, by its source.");
    for (const auto& [source, count] : figures.verdicts) {
        text.sample({{"severity", source.second}, {"source", source.first}},
                    static_cast<double>(count));
    }
}

void write_behaviour(MetricsText& text, const ApiContext& context) {
    if (!context.behaviour) {
        return;
    }
    const BehaviourFigures figures = context.behaviour();
    text.family("eti_analysis_behaviour_sessions", Type::Counter,
                "Session records judged by behaviour, by what came of it.");
    text.sample({{"result", "usual"}}, static_cast<double>(figures.usual));
    text.sample({{"result", "suspicious"}}, static_cast<double>(figures.suspicious));
    text.sample({{"result", "harmless"}},
                static_cast<double>(figures.sessions - figures.suspicious - figures.usual));
    text.family("eti_analysis_behaviour_seconds", Type::Counter, "Seconds spent judging.");
    text.sample({}, figures.seconds);
    text.family("eti_analysis_behaviour_waiting", Type::Gauge,
                "1 while judging waits for the disk or the queue.");
    text.sample({}, figures.waiting ? 1 : 0);
}

void write_store(MetricsText& text, const ApiContext& context, const Stores& stores) {
    Database& database = stores.database;
    const auto gauge = [&](std::string_view name, std::string_view help, double value) {
        text.family(name, Type::Gauge, help);
        text.sample({}, value);
    };
    gauge("eti_analysis_infected_hosts", "Hosts on the infected-host list.",
          count_of(database, "SELECT count(*) FROM infected WHERE removed = 0"));
    gauge("eti_analysis_servers", "External servers stored.",
          static_cast<double>(context.index.size()));
    gauge("eti_analysis_hosts", "Internal hosts stored.",
          count_of(database, "SELECT count(*) FROM hosts"));
    gauge("eti_analysis_sessions_stored", "Sessions stored.",
          count_of(database, "SELECT coalesce(max(row) - min(row) + 1, 0) FROM sessions"));
    text.family("eti_analysis_storage_bytes", Type::Gauge, "Bytes in use.");
    text.sample({{"store", "sqlite"}},
                count_of(database,
                         "SELECT (p.page_count - f.freelist_count) * s.page_size FROM"
                         " pragma_page_count p, pragma_freelist_count f,"
                         " pragma_page_size s"));
    text.family("eti_analysis_storage_limit_bytes", Type::Gauge, "Bytes it may use.");
    text.sample({{"store", "sqlite"}}, static_cast<double>(context.max_store_bytes));
    text.family("eti_analysis_feed_entries", Type::Gauge, "Entries of a feed in force.");
    const auto feeds = feeds_seen_by(kEveryRealm, *stores.feeds);
    for (const FeedRow& feed : feeds) {
        text.sample({{"feed", feed.name}}, static_cast<double>(feed.entries));
    }
    text.family("eti_analysis_feed_updated_timestamp_seconds", Type::Gauge,
                "When the feed's version was made.");
    for (const FeedRow& feed : feeds) {
        text.sample({{"feed", feed.name}}, static_cast<double>(feed.created_us) / 1e6);
    }
    text.family("eti_analysis_sensor_last_seen_timestamp_seconds", Type::Gauge,
                "When the sensor's last batch came.");
    Query row =
        database.query("SELECT name, last_seen FROM sensors ORDER BY realm, name LIMIT 1000");
    while (row.next()) {
        text.sample({{"sensor", row.text(0)}}, static_cast<double>(row.integer(1)) / 1e6);
    }
}

void write_process(MetricsText& text) {
    // proc(5): the fields behind the name, which may hold blanks, start after the last ')'.
    std::ifstream file("/proc/self/stat");
    std::string stat;
    std::getline(file, stat);
    stat.erase(0, stat.rfind(')') + 2);
    std::vector<double> fields;
    for (std::size_t place = 0; place < stat.size();) {
        const std::size_t end = std::min(stat.find(' ', place), stat.size());
        double value = 0;
        std::from_chars(stat.data() + place, stat.data() + end, value);
        fields.push_back(value);
        place = end + 1;
    }
    if (fields.size() < 22) {
        return;
    }
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    text.family("process_cpu_seconds", Type::Counter, "User and system time.");
    text.sample({}, (fields[11] + fields[12]) / ticks);
    text.family("process_resident_memory_bytes", Type::Gauge, "Resident memory.");
    text.sample({}, fields[21] * static_cast<double>(::sysconf(_SC_PAGESIZE)));
}

}  // namespace

void MetricsText::family(std::string_view name, Type type, std::string_view help) {
    name_ = name;
    type_ = type;
    static constexpr std::array<std::string_view, 4> kTypes{"counter", "gauge", "info",
                                                            "histogram"};
    // The older text knows no info, and names a counter as its sample.
    const bool older = !open_metrics_;
    const std::string shown = name_ + (older && type == Type::Counter ? "_total"
                                       : older && type == Type::Info  ? "_info"
                                                                      : "");
    const std::string_view word = older && type == Type::Info
                                      ? std::string_view("gauge")
                                      : kTypes[static_cast<std::size_t>(type)];
    text_ += "# TYPE " + shown + " " + std::string(word) + "\n";
    for (const std::string_view unit : {"seconds", "bytes"}) {
        if (open_metrics_ && name_.ends_with("_" + std::string(unit))) {
            text_ += "# UNIT " + shown + " " + std::string(unit) + "\n";
        }
    }
    text_ += "# HELP " + shown + " " + std::string(help) + "\n";
}

void MetricsText::line(std::string_view suffix, const Labels& labels, double value) {
    text_ += name_ + std::string(suffix);
    for (const auto& label : labels) {
        text_ += (&label == &labels.front() ? "{" : ",") + std::string(label.first) + "=\"" +
                 escaped(label.second) + "\"";
    }
    text_ += (labels.empty() ? " " : "} ") + number_text(value) + "\n";
}

void MetricsText::sample(const Labels& labels, double value) {
    line(type_ == Type::Counter ? "_total" : type_ == Type::Info ? "_info" : "", labels, value);
}

void MetricsText::histogram(const Labels& labels, const Histogram& histogram) {
    Labels with_bound = labels;
    with_bound.emplace_back("le", "");
    for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
        std::string bound = number_text(Histogram::kBounds[i]);
        with_bound.back().second = bound.find('.') == std::string::npos ? bound + ".0" : bound;
        line("_bucket", with_bound, static_cast<double>(histogram.bucket(i)));
    }
    with_bound.back().second = "+Inf";
    line("_bucket", with_bound, static_cast<double>(histogram.count()));
    line("_sum", labels, histogram.sum());
    line("_count", labels, static_cast<double>(histogram.count()));
}

std::string MetricsText::finish() {
    return text_ + (open_metrics_ ? "# EOF\n" : "");
}

Response get_metrics(ApiContext& context, Stores& stores, const Request& request) {
    const bool open_metrics =
        request.header("accept").find("application/openmetrics-text") != std::string::npos;
    MetricsText text(open_metrics);
    text.family("eti_analysis_build", Type::Info, "The program.");
    text.sample({{"version", context.version}}, 1);
    write_http(text, context);
    write_ingest(text, context);
    write_behaviour(text, context);
    write_store(text, context, stores);
    write_process(text);
    return {200,
            open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                         : "text/plain; version=0.0.4; charset=utf-8",
            text.finish(),
            {}};
}

}  // namespace eti::analysis
