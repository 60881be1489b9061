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
constexpr std::array<std::string_view, 2> kFamilies{"inet", "inet6"};

// A feed is named with or without its part number: Infected-Hosts/1.
bool is_feed(const AddressRow& row, const std::string& feed) {
    return row.feed == feed || row.feed.substr(0, row.feed.find('/')) == feed;
}

bool is_v6(const AddressRow& row) {
    return row.start.find(':') != std::string::npos;
}

net::IpAddress address_of(const Invocation& invocation, std::string_view option) {
    const std::string text = invocation.value(option);
    const auto address = net::parse_ip(text);
    if (!address) {
        throw CommandError("invalid value '" + text + "' in ip address: '" + text + "'");
    }
    return *address;
}

// one_of throws when an option's value is none of those that exist.
template <std::size_t N>
void one_of(const Invocation& invocation, std::string_view option,
            const std::array<std::string_view, N>& known) {
    const std::string value = invocation.value(option);
    if (!invocation.has(option) || std::find(known.begin(), known.end(), value) != known.end()) {
        return;
    }
    std::string names;
    for (const std::string_view name : known) {
        names += (names.empty() ? "" : ", ") + std::string(name);
    }
    throw CommandError(std::string(option) + " '" + value + "' does not exist; use one of " +
                       names);
}

void narrow(const Invocation& invocation, std::vector<AddressRow>& rows) {
    const auto keep = [&](std::string_view option, const auto& wanted) {
        if (invocation.has(option)) {
            std::erase_if(rows, [&](const AddressRow& row) { return !wanted(row); });
        }
    };
    keep("feed-name",
         [&](const AddressRow& row) { return is_feed(row, invocation.value("feed-name")); });
    keep("address-name",
         [&](const AddressRow& row) { return row.address == invocation.value("address-name"); });
    keep("family", [&](const AddressRow& row) {
        return is_v6(row) == (invocation.value("family") == "inet6");
    });
    // Entries that reach into what lies between the two.
    keep("ip-start", [&, first = invocation.has("ip-start") ? address_of(invocation, "ip-start")
                                                            : net::IpAddress{}](
                         const AddressRow& row) { return *net::parse_ip(row.end) >= first; });
    keep("ip-end",
         [&, last = invocation.has("ip-end") ? address_of(invocation, "ip-end") : net::IpAddress{}](
             const AddressRow& row) { return *net::parse_ip(row.start) <= last; });
    // Every entry of ours is in the default instance.
    keep("instance", [&](const AddressRow&) { return invocation.value("instance") == "default"; });
}

std::vector<AddressRow> select_rows(const Invocation& invocation) {
    const std::string category = invocation.value("category-name");
    one_of(invocation, "category-name", kCategories);
    one_of(invocation, "instance", kInstances);
    one_of(invocation, "family", kFamilies);
    std::vector<AddressRow> rows;
    if (category.empty() || category == "Infected-Hosts") {
        rows = rows_of(*invocation.status.infected_hosts);
    }
    if (category.empty() || category == "Whitelist") {
        const std::vector<AddressRow> allowed = rows_of(*invocation.status.allowlist);
        rows.insert(rows.end(), allowed.begin(), allowed.end());
    }
    narrow(invocation, rows);
    return rows;
}

Element footer(std::string_view instance, std::size_t count) {
    return Element::group("da-ip-entry-foot", {Element::leaf("da-inst-name", std::string(instance)),
                                               Element::leaf("da-total-count", uint64_t{count})});
}

// The health of the feeds that fill the table. What the vendor has and we do not measure is left
// out rather than shown as nothing.
void add_health(const control::Status& status, Reply& reply) {
    for (const control::CategoryStatus& category : status.categories) {
        for (const uplink::FeedInfo& feed : category.feeds) {
            const std::string next =
                feed.updated == Timestamp{} || feed.update_interval.count() == 0
                    ? "N/A"
                    : local_time(feed.updated + feed.update_interval);
            reply.text +=
                "\nFeed                                       : " + category.name + " / " +
                feed.name +
                "\n    Total entries                          : " + std::to_string(feed.objects) +
                "\n    Total updates                          : " + std::to_string(feed.updates) +
                "\n    Errors                                 : " + std::to_string(feed.failures) +
                "\n    Last error                             : " + local_time(feed.failed) +
                "\n    Last update                            : " + local_time(feed.updated) +
                "\n    Last update status                     : " + or_unknown(feed.status) +
                "\n    Next update                            : " + next +
                "\n    Next expire                            : " + local_time(feed.expires) + "\n";
            reply.tree.children.push_back(Element::group(
                "da-feed", {Element::leaf("da-category-name", category.name),
                            Element::leaf("da-feed-name", feed.name),
                            Element::leaf("da-feed-entries", feed.objects),
                            Element::leaf("da-feed-total-updates", feed.updates),
                            Element::leaf("da-feed-errors", feed.failures),
                            Element::leaf("da-feed-last-error-time", local_time(feed.failed)),
                            Element::leaf("da-feed-last-update-time", local_time(feed.updated)),
                            Element::leaf("da-feed-last-update-status", or_unknown(feed.status)),
                            Element::leaf("da-feed-next-update-time", next),
                            Element::leaf("da-feed-next-expire-time", local_time(feed.expires))}));
        }
    }
}

Reply show_summary(const Invocation& invocation) {
    const std::vector<AddressRow> rows = select_rows(invocation);
    const auto v6 = static_cast<uint64_t>(std::count_if(rows.begin(), rows.end(), is_v6));
    Reply reply{Element::group("security-dynamic-address"), {}};
    for (const std::string_view instance : kInstances) {
        if (invocation.has("instance") && invocation.value("instance") != instance) {
            continue;
        }
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
    add_health(invocation.status, reply);
    return reply;
}

Reply show_dynamic_address(const Invocation& invocation) {
    const std::vector<AddressRow> rows = select_rows(invocation);
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

std::vector<std::string> address_names(const control::Status&) {
    return {address_id("Infected-Hosts"), address_id("eta_custom_whitelist")};
}

std::vector<std::string> category_names(const control::Status&) {
    return {kCategories.begin(), kCategories.end()};
}

Reply request_update(const Invocation& invocation) {
    const std::string name = invocation.value("address-name");
    const std::vector<std::string> known = address_names(invocation.status);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
        throw CommandError("address-name '" + name +
                           "' is filled by no feed; show security dynamic-address names them");
    }
    if (const std::string why = invocation.backend.refresh_feeds(); !why.empty()) {
        throw CommandError(why);
    }
    const std::string result =
        "Please use command\n        \"show security dynamic-address "
        "summary\" to check update status";
    return {Element::group("dynamic-address-update", {Element::leaf("result", result)}),
            result + "\n"};
}

}  // namespace

std::vector<Command> dynamic_address_commands() {
    const Option address{"address-name", "<address>", "Show the entries of one address", false,
                         address_names};
    const Option instance{"instance", "<instance>",
                          "Show one instance: default, geoip, advanced-anti-malware"};
    const std::vector<Option> filters{
        {"category-name", "<category>", "Show the entries of one category", false, category_names},
        {"feed-name", "<feed>", "Show the entries of one feed"},
        address,
        {"ip-start", "<address>", "Show entries from this address on"},
        {"ip-end", "<address>", "Show entries up to this address"},
        {"family", "<family>", "Show entries of one family: inet, inet6"},
        instance};
    return {{"show security dynamic-address", "Show dynamic address entries", filters,
             show_dynamic_address,
             "security-dynamic-address{da-ip-entry*{da-ip-entry-idx#,da-ip-start,da-ip-end,"
             "da-feed-name,da-name},da-ip-entry-foot{da-inst-name,da-total-count#}}",
             "get-security-dynamic-address"},
            {"show security dynamic-address summary",
             "Show the number of entries and the health of feeds",
             {instance, address},
             show_summary,
             "security-dynamic-address{da-instance*{da-instance-name,da-total-v4-count#,"
             "da-total-v4-feed-count#,da-total-v6-count#,da-total-v6-feed-count#},"
             "da-feed*{da-category-name,da-feed-name,da-feed-entries#,da-feed-total-updates#,"
             "da-feed-errors#,da-feed-last-error-time,da-feed-last-update-time,"
             "da-feed-last-update-status,da-feed-next-update-time,da-feed-next-expire-time}}",
             "get-security-dynamic-address-summary"},
            {"request security dynamic-address update",
             "Download the feeds behind an address now",
             {{"address-name", "<address>", "Address to update", true, address_names}},
             request_update,
             "dynamic-address-update{result}",
             "request-security-dynamic-address-update"}};
}

}  // namespace eti::cli
