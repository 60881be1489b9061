// show services security-metadata-streaming ... whitelist
#include "cli/address_table.h"
#include "cli/commands/commands.h"
#include "cli/render.h"
#include "eti/metadata/record_json.h"

namespace eti::cli {
namespace {

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

std::vector<Command> streaming_whitelist_commands() {
    const std::vector<Option> options{{"detail", "", "Show host names and certificates too"}};
    constexpr std::string_view kHelp = "Show servers that are never inspected";
    constexpr std::string_view kRpc = "get-security-metadata-streaming-whitelist";
    constexpr std::string_view kShape =
        "security-dynamic-address{da-ip-entry*{da-ip-entry-idx#,da-ip-start,da-ip-end,"
        "da-feed-name,da-name},whitelist-entry*?{kind,value,da-feed-name}}";
    return {{"show services security-metadata-streaming whitelist", kHelp, options, show_whitelist,
             kShape, kRpc},
            {"show services security-metadata-streaming http whitelist", kHelp, options,
             show_whitelist, kShape, kRpc}};
}

}  // namespace eti::cli
