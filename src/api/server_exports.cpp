#include "api/server_exports.h"

#include "eti/ingest/encoding.h"

#include <algorithm>
#include <array>

namespace eti::analysis {
namespace {

using nlohmann::json;

struct Column {
    std::string_view name;
    std::string_view label;
};
constexpr std::array<Column, 12> kColumns{{{"ip", "External Server IP"},
                                           {"hostname", "External Server Hostname"},
                                           {"level", "Highest Threat Level"},
                                           {"count", "Count"},
                                           {"country", "Country"},
                                           {"last_seen", "Last Seen"},
                                           {"category", "Category"},
                                           {"hosts", "Hosts"},
                                           {"blocked", "Blocked"},
                                           {"first_seen", "First Seen"},
                                           {"ports", "Ports"},
                                           {"visibility", "Visibility"}}};
constexpr std::size_t kDefaultColumns = 7;

std::string ports_text(const Ports& ports) {
    std::string text;
    for (const PortCount& port : ports) {
        text += (text.empty() ? "" : " ") + std::to_string(port.port) + "/" +
                std::string(kProtocolNames[port.protocol]);
    }
    return text;
}

std::string visibility_text(const VisibilityCounts& counts) {
    std::string text;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > 0) {
            text += (text.empty() ? "" : " ") + std::string(kVisibilityNames[i]) + ":" +
                    std::to_string(counts[i]);
        }
    }
    return text;
}

std::string cell(const ServerRow& row, std::size_t column) {
    const ServerState& state = row.state;
    const std::array<std::string, kColumns.size()> cells{net::to_string(state.ip),
                                                         state.name,
                                                         std::to_string(row.hit.level),
                                                         std::to_string(row.hit.attempts),
                                                         state.country,
                                                         time_text(state.last_us),
                                                         state.category,
                                                         std::to_string(row.hosts),
                                                         std::to_string(row.hit.blocked),
                                                         time_text(state.first_us),
                                                         ports_text(state.ports),
                                                         visibility_text(state.visibility)};
    return cells[column];
}

std::vector<std::size_t> asked_columns(const Request& request) {
    std::vector<std::size_t> columns;
    std::string rest = request.parameter("columns");
    if (rest.empty()) {
        for (std::size_t i = 0; i < kDefaultColumns; ++i) {
            columns.push_back(i);
        }
    }
    while (!rest.empty()) {
        const std::string name = rest.substr(0, rest.find(','));
        rest.erase(0, name.size() + 1);
        const auto found = std::find_if(kColumns.begin(), kColumns.end(),
                                        [&](const Column& each) { return each.name == name; });
        if (found == kColumns.end() || columns.size() == kColumns.size()) {
            throw RequestError(400, "'columns' has no '" + name + "'");
        }
        columns.push_back(static_cast<std::size_t>(found - kColumns.begin()));
    }
    return columns;
}

// The same server has the same id in every export.
std::string stix_id(std::string_view type, const std::string& name) {
    const std::string hash = sha256_hex("openeti " + std::string(type) + " " + name);
    return std::string(type) + "--" + hash.substr(0, 8) + "-" + hash.substr(8, 4) + "-5" +
           hash.substr(13, 3) + "-8" + hash.substr(17, 3) + "-" + hash.substr(20, 12);
}

json indicator(const ServerRow& row) {
    const ServerState& state = row.state;
    const std::string ip = net::to_string(state.ip);
    return {{"type", "indicator"},
            {"spec_version", "2.1"},
            {"id", stix_id("indicator", ip)},
            {"created", time_text(state.first_us)},
            {"modified", time_text(state.last_us)},
            {"name", state.name.empty() ? ip : state.name},
            {"description", state.category},
            {"pattern", std::string(state.ip.is_v4() ? "[ipv4-addr" : "[ipv6-addr") + ":value = '" +
                            ip + "']"},
            {"pattern_type", "stix"},
            {"valid_from", time_text(state.first_us)},
            {"confidence", row.hit.level * 10}};
}

}  // namespace

Response servers_csv(const Request& request, const std::vector<ServerRow>& rows) {
    const std::vector<std::size_t> columns = asked_columns(request);
    std::vector<std::string> cells;
    for (const std::size_t column : columns) {
        cells.emplace_back(kColumns[column].label);
    }
    std::string body = csv_line(cells);
    for (const ServerRow& row : rows) {
        cells.clear();
        for (const std::size_t column : columns) {
            cells.push_back(cell(row, column));
        }
        body += csv_line(cells);
    }
    return {200,
            "text/csv; charset=utf-8",
            std::move(body),
            {{"Content-Disposition", "attachment; filename=\"encrypted-traffic.csv\""}}};
}

Response servers_stix(const std::vector<ServerRow>& rows) {
    json objects = json::array();
    std::string all;
    for (const ServerRow& row : rows) {
        if (row.hit.level > 0) {  // an indicator says that something is wrong
            objects.push_back(indicator(row));
            all += objects.back()["id"].get_ref<const std::string&>();
        }
    }
    const json bundle{
        {"type", "bundle"}, {"id", stix_id("bundle", all)}, {"objects", std::move(objects)}};
    Response response = json_answer(bundle);
    response.content_type = "application/stix+json;version=2.1";
    return response;
}

Response filter_problem(const std::string& filter, const FilterError& error) {
    // Columns are bytes there, characters here: continuation bytes do not count.
    const std::string_view before = std::string_view(filter).substr(0, error.column() - 1);
    const auto characters =
        error.column() -
        static_cast<std::size_t>(std::count_if(before.begin(), before.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
        }));
    json document = json::parse(problem(400, error.what()).body);
    document["parameter"] = "filter";
    document["column"] = characters;
    Response response = json_answer(document, 400);
    response.content_type = "application/problem+json";
    return response;
}

}  // namespace eti::analysis
