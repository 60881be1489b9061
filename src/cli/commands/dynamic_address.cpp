// show security dynamic-address ...
#include "cli/address_table.h"
#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/render.h"

#include <algorithm>
#include <array>

namespace eti::cli {
namespace {

constexpr std::array<std::string_view, 8> kCategories{
    "IPFilter", "GeoIP", "CC", "JWAS", "Blacklist", "Whitelist", "Infected-Hosts", "SecProfiling"};
constexpr std::array<std::string_view, 3> kInstances{"default", "geoip", "advanced-anti-malware"};

// A feed is named with or without its part number: Infected-Hosts/1.
bool is_feed(const AddressRow& row, const std::string& feed) {
    return row.feed == feed || row.feed.substr(0, row.feed.find('/')) == feed;
}

std::vector<AddressRow> select_rows(const Invocation& invocation) {
    const std::string category = invocation.value("category-name");
    if (invocation.has("category-name") &&
        std::find(kCategories.begin(), kCategories.end(), category) == kCategories.end()) {
        std::string names;
        for (const std::string_view name : kCategories) {
            names += (names.empty() ? "" : ", ") + std::string(name);
        }
        throw CommandError("category-name '" + category + "' does not exist; use one of " + names);
    }
    std::vector<AddressRow> rows;
    if (category.empty() || category == "Infected-Hosts") {
        rows = rows_of(*invocation.status.infected_hosts);
    }
    if (category.empty() || category == "Whitelist") {
        const std::vector<AddressRow> allowed = rows_of(*invocation.status.allowlist);
        rows.insert(rows.end(), allowed.begin(), allowed.end());
    }
    if (const std::string feed = invocation.value("feed-name"); invocation.has("feed-name")) {
        std::erase_if(rows, [&](const AddressRow& row) { return !is_feed(row, feed); });
    }
    return rows;
}

Element footer(std::string_view instance, std::size_t count) {
    return Element::group("da-ip-entry-foot", {Element::leaf("da-inst-name", std::string(instance)),
                                               Element::leaf("da-total-count", uint64_t{count})});
}

Reply show_summary(const std::vector<AddressRow>& rows) {
    const auto is_v6 = [](const AddressRow& row) {
        return row.start.find(':') != std::string::npos;
    };
    const auto v6 = static_cast<uint64_t>(std::count_if(rows.begin(), rows.end(), is_v6));
    Reply reply{Element::group("security-dynamic-address"), {}};
    for (const std::string_view instance : kInstances) {
        const bool ours = instance == "default";
        const uint64_t count4 = ours ? rows.size() - v6 : 0;
        const uint64_t count6 = ours ? v6 : 0;
        // Every entry of ours comes from a feed.
        const std::string four = std::to_string(count4);
        const std::string six = std::to_string(count6);
        reply.text += (reply.text.empty() ? "" : "\n") +
                      ("Instance Name                              : " + std::string(instance)) +
                      "\n    Total number of IPv4 entries           : " + four +
                      "\n    Total number of IPv4 entries from feed : " + four +
                      "\n    Total number of IPv6 entries           : " + six +
                      "\n    Total number of IPv6 entries from feed : " + six + "\n";
        reply.tree.children.push_back(
            Element::group("da-instance", {Element::leaf("da-instance-name", std::string(instance)),
                                           Element::leaf("da-total-v4-count", count4),
                                           Element::leaf("da-total-v4-feed-count", count4),
                                           Element::leaf("da-total-v6-count", count6),
                                           Element::leaf("da-total-v6-feed-count", count6)}));
    }
    return reply;
}

Reply show_dynamic_address(const Invocation& invocation) {
    const std::vector<AddressRow> rows = select_rows(invocation);
    if (invocation.has("summary")) {
        return show_summary(rows);
    }
    Reply reply{Element::group("security-dynamic-address"), {}};
    if (invocation.wants_tree) {
        reply.tree.children = table_elements(rows);
    } else {
        reply.text = table_text(rows);
    }
    reply.tree.children.push_back(footer("default", rows.size()));
    reply.text +=
        "\nInstance default Total number of matching entries: " + std::to_string(rows.size()) +
        "\n";
    return reply;
}

}  // namespace

std::vector<Command> dynamic_address_commands() {
    return {{"show security dynamic-address",
             "Show dynamic address entries",
             {{"category-name", "<category>", "Show the entries of one category"},
              {"feed-name", "<feed>", "Show the entries of one feed"},
              {"summary", "", "Show the number of entries"}},
             show_dynamic_address}};
}

}  // namespace eti::cli
