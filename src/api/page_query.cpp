#include "api/page_query.h"

#include "eti/api/manifest.h"
#include "eti/ingest/encoding.h"
#include "eti/metadata/record_json.h"
#include "eti/store/packed.h"

#include <charconv>

namespace eti::analysis {
namespace {

[[noreturn]] void bad_cursor() {
    throw RequestError(400, "'cursor' must be 'next' of an earlier page of the same request");
}

nlohmann::json or_null(const std::string& text) {
    return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

}  // namespace

int64_t time_parameter(const Request& request, const std::string& name, int64_t fallback) {
    const std::string text = request.parameter(name);
    if (text.empty()) {
        return fallback;
    }
    const auto time = metadata::parse_time(text);
    if (!time) {
        throw RequestError(400, "'" + name + "' must be an RFC 3339 time");
    }
    return to_micros(Timestamp(*time));
}

std::string time_text(int64_t micros) {
    return metadata::format_time(from_micros(micros));
}

net::IpAddress address_in_path(const std::string& text) {
    const auto ip = net::parse_ip(text);
    if (!ip) {
        throw RequestError(404, "'" + text + "' is not an IP address");
    }
    return *ip;
}

AskedRange asked_range(const ApiContext& context, const Request& request, Window fallback) {
    const Timestamp now = context.now();
    if (!request.parameter("from").empty() || !request.parameter("to").empty()) {
        TimeRange range{time_parameter(request, "from", 0),
                        time_parameter(request, "to", to_micros(now))};
        if (range.from_us >= range.to_us) {
            throw RequestError(400, "'from' must be before 'to'");
        }
        range.from_us = std::max(range.from_us, to_micros(now) - kHistoryDays * kDayUs);
        range.to_us = std::max(range.to_us, range.from_us + 1);
        return {std::nullopt, snap(range, now)};
    }
    const std::string name = request.parameter("range");
    if (!name.empty() && name != "1d" && name != "1w" && name != "1m") {
        throw RequestError(400, "'range' must be 1d, 1w or 1m");
    }
    const Window window = name.empty()   ? fallback
                          : name == "1d" ? Window::Day
                          : name == "1w" ? Window::Week
                                         : Window::Month;
    return {window, context.index.range_of(window)};
}

nlohmann::json range_json(const TimeRange& range) {
    return {{"from", time_text(range.from_us)}, {"to", time_text(range.to_us)}};
}

nlohmann::json visibility_json(const VisibilityCounts& counts) {
    nlohmann::json json = nlohmann::json::object();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > 0) {
            json[std::string(kVisibilityNames[i])] = counts[i];
        }
    }
    return json;
}

nlohmann::json server_json(const ServerRow& row, const intel::Allowlist& allowlist) {
    const ServerState& state = row.state;
    nlohmann::json ports = nlohmann::json::array();
    for (const PortCount& port : state.ports) {
        if (port.count > 0) {
            ports.push_back({{"port", port.port},
                             {"protocol", kProtocolNames[port.protocol]},
                             {"count", port.count}});
        }
    }
    const std::string ip = net::to_string(state.ip);
    return {{"id", ip},
            {"ip", ip},
            {"hostname", or_null(state.name)},
            {"level", row.hit.level},
            {"highest_threat_level", row.hit.level},
            {"count", row.hit.attempts},
            {"blocked", row.hit.blocked},
            {"hosts", row.hosts},
            {"country", or_null(state.country)},
            {"country_name", nullptr},  // the page knows the names in its reader's language
            {"first_seen", time_text(state.first_us)},
            {"last_seen", time_text(state.last_us)},
            {"category", or_null(state.category)},
            {"ports", std::move(ports)},
            {"visibility", visibility_json(state.visibility)},
            {"spark", row.spark},
            {"false_positive", row.hit.false_positive},
            {"allowlisted", allowlist.contains_address(state.ip) ||
                                (!state.name.empty() && allowlist.contains_hostname(state.name))}};
}

std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (const std::string& cell : cells) {
        std::string text = cell;
        if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) {
            text.insert(0, 1, '\'');
        }
        if (text.find_first_of("\",\r\n") != std::string::npos) {
            std::string quoted = "\"";
            for (const char c : text) {
                quoted += c == '"' ? "\"\"" : std::string(1, c);
            }
            text = quoted + "\"";
        }
        line += (&cell == &cells.front() ? "" : ",") + text;
    }
    return line + "\r\n";
}

std::string seal_cursor(const std::vector<std::string>& fields) {
    std::string bytes;
    for (const std::string& field : fields) {
        put_text(bytes, field);
    }
    std::string text = base64_encode(bytes);
    // A query's text needs no escapes with these three replaced (RFC 4648 section 5).
    for (char& c : text) {
        c = c == '+' ? '-' : c == '/' ? '_' : c == '=' ? '.' : c;
    }
    return text;
}

std::optional<std::vector<std::string>> open_cursor(const std::string& sealed) {
    if (sealed.empty()) {
        return std::nullopt;
    }
    std::string text = sealed;
    for (char& c : text) {
        c = c == '-' ? '+' : c == '_' ? '/' : c == '.' ? '=' : c;
    }
    const auto bytes = base64_decode(text);
    if (!bytes) {
        bad_cursor();
    }
    std::vector<std::string> fields;
    std::string_view rest = *bytes;
    std::string field;
    while (take_text(rest, field)) {
        fields.push_back(field);
    }
    if (!rest.empty() || fields.empty()) {
        bad_cursor();
    }
    return fields;
}

int64_t cursor_number(const std::string& field) {
    int64_t number = 0;
    const auto result = std::from_chars(field.data(), field.data() + field.size(), number);
    if (result.ec != std::errc() || result.ptr != field.data() + field.size()) {
        bad_cursor();
    }
    return number;
}

}  // namespace eti::analysis
