// show services security-metadata-streaming ...
#include "cli/address_table.h"
#include "cli/commands/commands.h"
#include "cli/render.h"
#include "eti/metadata/record_json.h"

namespace eti::cli {
namespace {

// The columns at which the vendor's two blocks end.
constexpr std::size_t kSessionsEnd = 26;
constexpr std::size_t kRecordsEnd = 39;
constexpr std::size_t kDetailEnd = 48;

std::string session_blocks(const control::StatisticsStatus& statistics) {
    return "Security Metadata Streaming session statistics:\n" +
           number_block({{"  Session inspected:", statistics.sessions_inspected},
                         {"  Session whitelisted:", statistics.sessions_whitelisted},
                         {"  Session detected:", statistics.sessions_detected}},
                        kSessionsEnd) +
           "\nSecurity Metadata Streaming submission statistics:\n" +
           number_block({{"  Records submission success:", statistics.records_acknowledged},
                         {"  Records submission failure:", statistics.records_lost()}},
                        kRecordsEnd);
}

// Where every record taken over from the workers is; an extension of ours.
void add_ledger(const control::Status& status, Reply& reply) {
    const control::StatisticsStatus& s = status.statistics;
    const std::vector<LabelledNumber> rows{{"Records acknowledged:", s.records_acknowledged},
                                           {"Records waiting for a batch:", s.records_batched},
                                           {"Records in flight:", status.link.in_flight_records},
                                           {"Records spooled:", status.link.spooled_records},
                                           {"Records lost, rejected:", s.records_rejected},
                                           {"Records lost, spool full:", s.records_spool_full},
                                           {"Records lost, spool corrupt:", s.records_corrupt},
                                           {"Records lost, ring full:", s.records_ring_full}};
    const std::vector<std::string> names{
        "records-acknowledged", "records-batched",    "records-in-flight",    "records-spooled",
        "records-rejected",     "records-lost-spool", "records-lost-corrupt", "records-lost-ring"};
    reply.text += "\nSecurity Metadata Streaming record ledger:\n";
    std::vector<std::string> labels;
    Element ledger = Element::group("record-ledger");
    std::vector<LabelledNumber> indented;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        labels.push_back("  " + std::string(rows[i].label));
        ledger.children.push_back(Element::leaf(names[i], rows[i].value));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        indented.push_back({labels[i], rows[i].value});
    }
    reply.text += number_block(indented, kDetailEnd);
    reply.tree.children.push_back(std::move(ledger));
}

void add_counters(const control::Status& status, Reply& reply) {
    reply.text += "\nDataplane counters:\n";
    std::vector<std::string> labels;
    for (const control::CounterValue& counter : status.statistics.counters) {
        labels.push_back("  " + counter.name + ":");
        reply.tree.children.push_back(Element::group(
            "dataplane-counter",
            {Element::leaf("name", counter.name), Element::leaf("value", counter.value),
             Element::leaf("description", counter.help)}));
    }
    std::vector<LabelledNumber> rows;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        rows.push_back({labels[i], status.statistics.counters[i].value});
    }
    reply.text += number_block(rows, kDetailEnd);
}

Reply show_statistics(const Invocation& invocation) {
    const control::StatisticsStatus& s = invocation.status.statistics;
    Reply reply;
    reply.text = session_blocks(s);
    reply.tree =
        Element::group("security-metadata-statistics",
                       {Element::leaf("session-inspected", s.sessions_inspected),
                        Element::leaf("session-whitelisted", s.sessions_whitelisted),
                        Element::leaf("session-detected", s.sessions_detected),
                        Element::leaf("records-submission-success", s.records_acknowledged),
                        Element::leaf("records-submission-failure", s.records_lost())});
    if (invocation.has("detail")) {
        add_ledger(invocation.status, reply);
        add_counters(invocation.status, reply);
    }
    return reply;
}

struct NamedEntry {
    std::string kind;
    std::string value;
    std::string feed;
};

std::vector<NamedEntry> named_entries(const intel::Allowlist& allowlist) {
    std::vector<NamedEntry> named;
    for (const intel::AllowlistEntry& entry : allowlist.entries()) {
        switch (entry.kind) {
            case intel::AllowlistKind::Address:
                break;
            case intel::AllowlistKind::Hostname:
                named.push_back({"hostname", entry.hostname, entry.feed});
                break;
            case intel::AllowlistKind::CertificateSha1:
                named.push_back({"sha1", metadata::to_hex(entry.sha1), entry.feed});
                break;
            case intel::AllowlistKind::CertificateSha256:
                named.push_back({"sha256", metadata::to_hex(entry.sha256), entry.feed});
                break;
        }
    }
    return named;
}

// Entries that are not addresses have no place in the vendor's table.
void add_named_entries(const intel::Allowlist& allowlist, Reply& reply) {
    constexpr std::size_t kKind = 8;
    constexpr std::size_t kValue = 29;
    constexpr std::size_t kFeed = 50;
    const auto line = [](std::string_view number, const NamedEntry& entry) {
        return pad(number, kKind) + pad(entry.kind, kValue - kKind) +
               pad(entry.feed, kFeed - kValue) + entry.value + "\n";
    };
    reply.text += "\n" + line("No.", {"Kind", "Value", "Feed"});
    std::size_t number = 0;
    for (const NamedEntry& entry : named_entries(allowlist)) {
        reply.text += line(std::to_string(++number), entry);
        reply.tree.children.push_back(
            Element::group("whitelist-entry",
                           {Element::leaf("kind", entry.kind), Element::leaf("value", entry.value),
                            Element::leaf("da-feed-name", entry.feed)}));
    }
}

Reply show_whitelist(const Invocation& invocation) {
    const intel::Allowlist& allowlist = *invocation.status.allowlist;
    const std::vector<AddressRow> rows = rows_of(allowlist);
    Reply reply{Element::group("security-dynamic-address", table_elements(rows)), table_text(rows)};
    if (invocation.has("detail")) {
        add_named_entries(allowlist, reply);
    }
    return reply;
}

}  // namespace

std::vector<Command> metadata_streaming_commands() {
    const std::vector<Option> statistics_options{
        {"detail", "", "Show the record ledger and every counter"}};
    const std::vector<Option> whitelist_options{
        {"detail", "", "Show host names and certificates too"}};
    constexpr std::string_view kStatistics = "Show statistics of inspected sessions";
    constexpr std::string_view kWhitelist = "Show servers that are never inspected";
    return {{"show services security-metadata-streaming statistics", kStatistics,
             statistics_options, show_statistics},
            {"show services security-metadata-streaming http statistics", kStatistics,
             statistics_options, show_statistics},
            {"show services security-metadata-streaming whitelist", kWhitelist, whitelist_options,
             show_whitelist},
            {"show services security-metadata-streaming http whitelist", kWhitelist,
             whitelist_options, show_whitelist}};
}

}  // namespace eti::cli
