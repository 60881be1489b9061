#include "cli/address_table.h"

#include "cli/render.h"

#include <array>
#include <cstdio>

namespace eti::cli {
namespace {

constexpr std::string_view kInfectedHosts = "Infected-Hosts";

// Lists that every device has stand under the ids by which the vendor's own samples know them.
struct KnownList {
    std::string_view name;
    std::string_view id;
};
constexpr std::array<KnownList, 2> kKnownLists{
    {{kInfectedHosts, "ID-fffc181a"}, {"eta_custom_whitelist", "ID-80001400"}}};

constexpr std::size_t kStartColumn = 8;
constexpr std::size_t kAddressWidth = 21;
constexpr std::size_t kFeedWidth = 17;

}  // namespace

std::string address_id(std::string_view list) {
    for (const KnownList& known : kKnownLists) {
        if (known.name == list) {
            return std::string(known.id);
        }
    }
    uint32_t hash = 2166136261U;
    for (const char c : list) {
        hash = (hash ^ static_cast<uint8_t>(c)) * 16777619U;
    }
    char text[16];
    std::snprintf(text, sizeof text, "ID-%08x", hash);
    return text;
}

std::vector<AddressRow> rows_of(const intel::InfectedHosts& hosts) {
    const std::string id = address_id(kInfectedHosts);
    std::vector<AddressRow> rows;
    for (const intel::InfectedHost& host : hosts.entries()) {
        const std::string ip = net::to_string(host.ip);
        rows.push_back({ip, ip, std::string(kInfectedHosts) + "/1", id});
    }
    return rows;
}

std::vector<AddressRow> rows_of(const intel::Allowlist& allowlist) {
    std::vector<AddressRow> rows;
    for (const intel::AllowlistEntry& entry : allowlist.entries()) {
        if (entry.kind == intel::AllowlistKind::Address) {
            rows.push_back({net::to_string(entry.range.first), net::to_string(entry.range.last),
                            entry.feed, address_id(entry.feed)});
        }
    }
    return rows;
}

std::string table_text(const std::vector<AddressRow>& rows) {
    const auto line = [](std::string_view number, const AddressRow& row) {
        return pad(number, kStartColumn) + pad(row.start, kAddressWidth) +
               pad(row.end, kAddressWidth) + pad(row.feed, kFeedWidth) + row.address + "\n";
    };
    std::string text = line("No.", {"IP-start", "IP-end", "Feed", "Address"});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        text += line(std::to_string(i + 1), rows[i]);
    }
    return text;
}

std::vector<Element> table_elements(const std::vector<AddressRow>& rows) {
    std::vector<Element> elements;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        elements.push_back(Element::group(
            "da-ip-entry",
            {Element::leaf("da-ip-entry-idx", uint64_t{i + 1}),
             Element::leaf("da-ip-start", rows[i].start), Element::leaf("da-ip-end", rows[i].end),
             Element::leaf("da-feed-name", rows[i].feed),
             Element::leaf("da-name", rows[i].address)}));
    }
    return elements;
}

}  // namespace eti::cli
