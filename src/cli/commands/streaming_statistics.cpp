// show|clear services security-metadata-streaming ... statistics
#include "cli/commands/commands.h"
#include "cli/render.h"
#include "eti/metadata/counter_names.h"

#include <array>
#include <cstdio>

namespace eti::cli {
namespace {

using control::CounterValue;
using control::StatisticsStatus;

// The columns at which the vendor's two blocks end.
constexpr std::size_t kSessionsEnd = 26;
constexpr std::size_t kRecordsEnd = 39;
constexpr std::size_t kDetailEnd = 48;
using metadata::counter_names::kEnded;

struct Row {
    std::string label;
    std::string element;
    uint64_t value = 0;
};

std::string block(const std::vector<Row>& rows, std::size_t end) {
    std::vector<LabelledNumber> numbers;
    numbers.reserve(rows.size());
    for (const Row& row : rows) {
        numbers.push_back({row.label, row.value});
    }
    return number_block(numbers, end);
}

Element group_of(std::string name, const std::vector<Row>& rows) {
    Element group = Element::group(std::move(name));
    for (const Row& row : rows) {
        group.children.push_back(Element::leaf(row.element, row.value));
    }
    return group;
}

void add_block(Reply& reply, std::string_view title, std::string element,
               const std::vector<Row>& rows) {
    reply.text += "\n" + std::string(title) + ":\n" + block(rows, kDetailEnd);
    reply.tree.children.push_back(group_of(std::move(element), rows));
}

// The rows that add up, then their sum and what is missing from the whole.
void close_ledger(std::vector<Row>& rows, uint64_t whole) {
    uint64_t sum = 0;
    for (const Row& row : rows) {
        sum += row.value;
    }
    rows.push_back({"  Sum:", "sum", sum});
    rows.push_back({"  Difference:", "difference", whole > sum ? whole - sum : sum - whole});
}

// Where every session is: a class for each that ended, the rest is under inspection.
void add_session_ledger(const StatisticsStatus& s, Reply& reply) {
    const uint64_t whole = s.sessions_inspected + s.sessions_whitelisted;
    std::vector<Row> rows{
        {"  Sessions whitelisted:", "sessions-whitelisted", s.sessions_whitelisted}};
    uint64_t ended = 0;
    for (const CounterValue& counter : s.counters) {
        if (counter.name.starts_with(kEnded)) {
            const std::string name = counter.name.substr(kEnded.size());
            rows.push_back(
                {"  Sessions ended, " + name + ":", "sessions-ended-" + name, counter.value});
            ended += counter.value;
        }
    }
    rows.push_back({"  Sessions open:", "sessions-open",
                    s.sessions_inspected > ended ? s.sessions_inspected - ended : 0});
    close_ledger(rows, whole);
    rows.insert(rows.begin(), {"  Sessions recognised:", "sessions-recognised", whole});
    reply.text += "\nSession ledger since the daemon's start:\n" + block(rows, kDetailEnd);
    Element ledger = Element::group("session-ledger");
    for (const Row& row : rows) {
        if (row.element.starts_with("sessions-ended-")) {
            ledger.children.push_back(Element::group(
                "sessions-ended", {Element::leaf("visibility", row.element.substr(15)),
                                   Element::leaf("sessions", row.value)}));
        } else {
            ledger.children.push_back(Element::leaf(row.element, row.value));
        }
    }
    reply.tree.children.push_back(std::move(ledger));
}

// Where every session's last record is: a session counts once, whatever its phases.
void add_submission_ledger(const control::Status& status, Reply& reply) {
    const StatisticsStatus& s = status.statistics;
    const control::SessionLedger& at = s.sessions;
    const uint64_t recognised = s.sessions_inspected + s.sessions_whitelisted;
    const uint64_t open = s.sessions_inspected > at.ended ? s.sessions_inspected - at.ended : 0;
    std::vector<Row> rows{
        {"  Sessions open:", "sessions-open", open},
        {"  Sessions whitelisted:", "sessions-whitelisted", s.sessions_whitelisted},
        {"  Sessions acknowledged:", "sessions-acknowledged", at.acknowledged},
        {"  Sessions waiting for a batch:", "sessions-batched", at.waiting},
        {"  Sessions in flight:", "sessions-in-flight", status.link.in_flight_sessions},
        {"  Sessions spooled:", "sessions-spooled", status.link.spooled_sessions},
        {"  Sessions lost, rejected:", "sessions-rejected", at.rejected},
        {"  Sessions lost, spool full:", "sessions-lost-spool", at.spool_full},
        {"  Sessions lost, spool corrupt:", "sessions-lost-corrupt", at.corrupt},
        {"  Sessions lost, ring full:", "sessions-lost-ring", at.ring_full}};
    close_ledger(rows, recognised + status.link.restored_sessions);
    rows.insert(rows.begin(), {{"  Sessions recognised:", "sessions-recognised", recognised},
                               {"  Sessions of earlier runs:", "sessions-restored",
                                status.link.restored_sessions}});
    add_block(reply, "Submission ledger in sessions", "submission-ledger", rows);
}

// Where every record is. Several records may speak of one session, a later one supersedes.
void add_record_ledger(const control::Status& status, Reply& reply) {
    const StatisticsStatus& s = status.statistics;
    const uint64_t whole = s.records_drained + s.records_ring_full + status.link.restored_records;
    std::vector<Row> rows{
        {"  Records acknowledged:", "records-acknowledged", s.records_acknowledged},
        {"  Records waiting for a batch:", "records-batched", s.records_batched},
        {"  Records in flight:", "records-in-flight", status.link.in_flight_records},
        {"  Records spooled:", "records-spooled", status.link.spooled_records},
        {"  Records lost, rejected:", "records-rejected", s.records_rejected},
        {"  Records lost, spool full:", "records-lost-spool", s.records_spool_full},
        {"  Records lost, spool corrupt:", "records-lost-corrupt", s.records_corrupt},
        {"  Records lost, ring full:", "records-lost-ring", s.records_ring_full}};
    close_ledger(rows, whole);
    rows.insert(rows.begin(),
                {{"  Records made:", "records-made", s.records_drained + s.records_ring_full},
                 {"  Records of earlier runs:", "records-restored", status.link.restored_records}});
    add_block(reply, "Record ledger since the daemon's start", "record-ledger", rows);
}

std::string percent(uint64_t part, uint64_t whole) {
    std::array<char, 32> text{};
    std::snprintf(
        text.data(), text.size(), "%5.1f %%",
        whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
    return text.data();
}

void add_visibility(const StatisticsStatus& s, Reply& reply) {
    uint64_t whole = 0;
    for (const CounterValue& counter : s.counters) {
        whole += counter.name.starts_with(kEnded) ? counter.value : 0;
    }
    reply.text += "\nVisibility of ended sessions:\n";
    Element group = Element::group("visibility-shares");
    for (const CounterValue& counter : s.counters) {
        if (!counter.name.starts_with(kEnded)) {
            continue;
        }
        const std::string name = counter.name.substr(kEnded.size());
        const std::string share = percent(counter.value, whole);
        std::string line = number_block({{"  " + name + ":", counter.value}}, kDetailEnd);
        line.pop_back();
        reply.text += line + "  " + share + "\n";
        group.children.push_back(Element::group(
            "visibility-share",
            {Element::leaf("visibility", name), Element::leaf("sessions", counter.value),
             Element::leaf("percent",
                           share.substr(share.find_first_not_of(' '),
                                        share.find(" %") - share.find_first_not_of(' ')))}));
    }
    reply.tree.children.push_back(std::move(group));
}

void add_counters(const StatisticsStatus& statistics, Reply& reply) {
    reply.text += "\nCounters:\n";
    for (const CounterValue& counter : statistics.counters) {
        reply.tree.children.push_back(Element::group(
            "dataplane-counter",
            {Element::leaf("name", counter.name), Element::leaf("value", counter.value),
             Element::leaf("description", counter.help)}));
        std::string line = number_block({{"  " + counter.name + ":", counter.value}}, kDetailEnd);
        line.pop_back();
        reply.text += line + "  " + counter.help + "\n";
    }
}

Reply show_statistics(const Invocation& invocation) {
    const StatisticsStatus s =
        since(invocation.status.statistics, invocation.status.streaming_cleared);
    const std::vector<Row> sessions{
        {"  Session inspected:", "session-inspected", s.sessions_inspected},
        {"  Session whitelisted:", "session-whitelisted", s.sessions_whitelisted},
        {"  Session detected:", "session-detected", s.sessions_detected}};
    const std::vector<Row> records{
        {"  Records submission success:", "records-submission-success", s.records_acknowledged},
        {"  Records submission failure:", "records-submission-failure", s.records_lost()}};
    Reply reply;
    reply.text =
        "Security Metadata Streaming session statistics:\n" + block(sessions, kSessionsEnd) +
        "\nSecurity Metadata Streaming submission statistics:\n" + block(records, kRecordsEnd);
    reply.tree = group_of("security-metadata-statistics", sessions);
    const Element second = group_of({}, records);
    reply.tree.children.insert(reply.tree.children.end(), second.children.begin(),
                               second.children.end());
    if (invocation.has("detail")) {
        add_session_ledger(invocation.status.statistics, reply);
        add_submission_ledger(invocation.status, reply);
        add_record_ledger(invocation.status, reply);
        add_visibility(s, reply);
        add_counters(s, reply);
    }
    return reply;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kDnsRows{
    {{"Cache hits", "cache-hits"},
     {"Cache misses", "cache-misses"},
     {"C2 sessions permitted", "c2-sessions-permitted"},
     {"C2 sessions dropped", "c2-sessions-dropped"},
     {"C2 sessions sinkholed", "c2-sessions-sinkholed"},
     {"Domain submission success", "domain-submission-success"},
     {"Domain submission failures", "domain-submission-failures"},
     {"Safe verdicts received", "safe-verdicts-received"},
     {"C2 verdicts received", "c2-verdicts-received"},
     {"DNS tunnels detected", "dns-tunnels-detected"},
     {"Latency fallback triggered", "latency-fallback-triggered"},
     {"Average latency", "average-latency"},
     {"Maximum latency", "maximum-latency"},
     {"Minimum latency", "minimum-latency"},
     {"Responses below 50 ms", "sub50ms-response"},
     {"Responses below 50 ms, percent", "sub50ms-response-percent"},
     {"Responses below 100 ms", "sub100ms-response"},
     {"Responses below 100 ms, percent", "sub100ms-response-percent"},
     {"Responses below 250 ms", "sub250ms-response"},
     {"Responses below 250 ms, percent", "sub250ms-response-percent"},
     {"Responses below 500 ms", "sub500ms-response"},
     {"Responses below 500 ms, percent", "sub500ms-response-percent"}}};

// DNS detections are accepted and not enforced: nothing is ever counted, and that is what is shown.
Reply show_dns_statistics(const Invocation&) {
    constexpr std::size_t kLatency = 11;  // the first row about latency
    std::vector<Row> rows;
    for (const auto& [label, element] : kDnsRows) {
        rows.push_back(
            {"  " + std::string(label) + ":", "sm-dns-statistics-" + std::string(element), 0});
    }
    const auto part = [&](std::size_t from, std::size_t to) {
        return block({rows.begin() + static_cast<std::ptrdiff_t>(from),
                      rows.begin() + static_cast<std::ptrdiff_t>(to)},
                     kRecordsEnd);
    };
    return {group_of("sm-dns-statistics", rows),
            "DNS session statistics:\n" + part(0, 5) + "\nDNS submission statistics:\n" +
                part(5, kLatency) + "\nLatency in milliseconds:\n" + part(kLatency, rows.size())};
}

Reply clear_statistics(const Invocation& invocation) {
    invocation.backend.clear_statistics(control::Cleared::MetadataStreaming);
    return {Element::group("clear-security-metadata-streaming-statistics"), {}};
}

Reply clear_dns_statistics(const Invocation&) {
    return {Element::group("clear-security-metadata-streaming-dns-statistics"), {}};
}

constexpr std::string_view kShape =
    "security-metadata-statistics{session-inspected#,session-whitelisted#,session-detected#,"
    "records-submission-success#,records-submission-failure#,"
    "session-ledger?{sessions-recognised#,sessions-whitelisted#,"
    "sessions-ended*{visibility,sessions#},sessions-open#,sum#,difference#},"
    "submission-ledger?{sessions-recognised#,sessions-restored#,sessions-open#,"
    "sessions-whitelisted#,sessions-acknowledged#,sessions-batched#,sessions-in-flight#,"
    "sessions-spooled#,sessions-rejected#,sessions-lost-spool#,sessions-lost-corrupt#,"
    "sessions-lost-ring#,sum#,difference#},"
    "record-ledger?{records-made#,records-restored#,records-acknowledged#,records-batched#,"
    "records-in-flight#,records-spooled#,records-rejected#,records-lost-spool#,"
    "records-lost-corrupt#,records-lost-ring#,sum#,difference#},"
    "visibility-shares?{visibility-share*{visibility,sessions#,percent}},"
    "dataplane-counter*?{name,value#,description}}";
constexpr std::string_view kDnsShape =
    "sm-dns-statistics{sm-dns-statistics-cache-hits#,sm-dns-statistics-cache-misses#,"
    "sm-dns-statistics-c2-sessions-permitted#,sm-dns-statistics-c2-sessions-dropped#,"
    "sm-dns-statistics-c2-sessions-sinkholed#,sm-dns-statistics-domain-submission-success#,"
    "sm-dns-statistics-domain-submission-failures#,sm-dns-statistics-safe-verdicts-received#,"
    "sm-dns-statistics-c2-verdicts-received#,sm-dns-statistics-dns-tunnels-detected#,"
    "sm-dns-statistics-latency-fallback-triggered#,sm-dns-statistics-average-latency#,"
    "sm-dns-statistics-maximum-latency#,sm-dns-statistics-minimum-latency#,"
    "sm-dns-statistics-sub50ms-response#,sm-dns-statistics-sub50ms-response-percent#,sm-dns-"
    "statistics-sub100ms-response#,sm-dns-statistics-sub100ms-response-percent#,"
    "sm-dns-statistics-sub250ms-response#,sm-dns-statistics-sub250ms-response-percent#,sm-dns-"
    "statistics-sub500ms-response#,sm-dns-statistics-sub500ms-response-percent#}";

}  // namespace

std::vector<Command> streaming_statistics_commands() {
    const std::vector<Option> options{
        {"detail", "", "Show ledgers, visibility and every counter with its meaning"}};
    constexpr std::string_view kShow = "Show statistics of inspected sessions";
    constexpr std::string_view kClear = "Clear statistics of inspected sessions";
    constexpr std::string_view kRpc = "get-security-metadata-statistics";
    constexpr std::string_view kClearRpc = "clear-security-metadata-streaming-statistics";
    return {{"show services security-metadata-streaming statistics", kShow, options,
             show_statistics, kShape, kRpc},
            {"show services security-metadata-streaming http statistics", kShow, options,
             show_statistics, kShape, kRpc},
            {"show services security-metadata-streaming dns statistics",
             "Show statistics of inspected DNS requests",
             {},
             show_dns_statistics,
             kDnsShape,
             "get-security-metadata-dns-statistics"},
            {"clear services security-metadata-streaming statistics",
             kClear,
             {},
             clear_statistics,
             "clear-security-metadata-streaming-statistics",
             kClearRpc},
            {"clear services security-metadata-streaming http statistics",
             kClear,
             {},
             clear_statistics,
             "clear-security-metadata-streaming-statistics",
             kClearRpc},
            {"clear services security-metadata-streaming dns statistics",
             "Clear statistics of inspected DNS requests",
             {},
             clear_dns_statistics,
             "clear-security-metadata-streaming-dns-statistics",
             "clear-security-metadata-streaming-dns-statistics"}};
}

}  // namespace eti::cli
