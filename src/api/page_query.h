// Parameters the page's requests share, and how rows become JSON and CSV.
#pragma once

#include "eti/api/context.h"
#include "eti/api/json_answer.h"
#include "eti/store/server_pages.h"

#include <optional>
#include <string>
#include <vector>

namespace eti::analysis {

// time_text is RFC 3339 UTC in microseconds.
std::string time_text(int64_t micros);
// ip_parameter throws RequestError 404: a path that names no address names nothing.
net::IpAddress address_in_path(const std::string& text);

// time_parameter is RFC 3339 in microseconds, fallback where it is absent; RequestError 400.
int64_t time_parameter(const Request& request, const std::string& name, int64_t fallback);

struct AskedRange {
    std::optional<Window> window;
    TimeRange range;
};
// asked_range reads range, from and to; RequestError 400.
AskedRange asked_range(const ApiContext& context, const Request& request, Window fallback);
nlohmann::json range_json(const TimeRange& range);

nlohmann::json server_json(const ServerRow& row, const intel::Allowlist& allowlist);
nlohmann::json visibility_json(const VisibilityCounts& counts);

// csv_line is RFC 4180; a cell a spreadsheet would take for a formula gets a leading '.
std::string csv_line(const std::vector<std::string>& cells);

// Cursors are opaque: the fields in base64. open_cursor is none for a text that is no cursor.
std::string seal_cursor(const std::vector<std::string>& fields);
std::optional<std::vector<std::string>> open_cursor(const std::string& text);
int64_t cursor_number(const std::string& field);  // RequestError 400

}  // namespace eti::analysis
