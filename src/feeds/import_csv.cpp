#include "eti/feeds/import.h"
#include "eti/intel/feed_text.h"
#include "feeds/csv_columns.h"
#include "feeds/import_support.h"

#include <algorithm>

namespace eti::analysis {
namespace {

enum class RowResult : uint8_t { Taken, Ignored, NoValue, BadPort };

// read_by_header fills the value from the columns the header names.
RowResult read_by_header(const Columns& columns, const Fields& row, Indicator& found) {
    if (columns.has(Column::Type)) {
        return read_typed(columns.field(row, Column::Type), columns.field(row, Column::Value),
                          found)
                   ? RowResult::Taken
               : is_ignored_type(columns.field(row, Column::Type)) ? RowResult::Ignored
                                                                   : RowResult::NoValue;
    }
    if (read_certificate(columns.field(row, Column::Certificate), found) ||
        read_ja3(columns.field(row, Column::Ja3), found) ||
        read_ja4(columns.field(row, Column::Ja4), found)) {
        return RowResult::Taken;
    }
    if (read_server(columns.field(row, Column::Address), found)) {
        const std::string_view port = columns.field(row, Column::Port);
        if (!columns.has(Column::Port) || port.empty() || found.port != 0) {
            return RowResult::Taken;
        }
        found.port = read_port(port).value_or(0);
        return found.port == 0 ? RowResult::BadPort : RowResult::Taken;
    }
    return read_domain(columns.field(row, Column::Domain), found) ? RowResult::Taken
                                                                  : RowResult::NoValue;
}

// read_by_content looks for the value where no header says where it is; used is its field.
RowResult read_by_content(const Fields& row, Indicator& found, std::size_t& used) {
    for (used = 0; used < row.size(); ++used) {
        if (read_certificate(row[used], found)) {
            return RowResult::Taken;
        }
        if (read_server(row[used], found)) {
            const bool next_is_port = found.port == 0 && used + 1 < row.size();
            if (const auto port = next_is_port ? read_port(row[used + 1]) : std::nullopt) {
                found.port = *port;
            }
            return RowResult::Taken;
        }
        if (read_ja4(row[used], found) || (row.size() == 1 && read_domain(row[used], found))) {
            return RowResult::Taken;
        }
    }
    return RowResult::NoValue;
}

// describe adds date and reason: by header, else the first field that looks like one.
void describe(const Columns& columns, const Fields& row, std::size_t used, Indicator& found) {
    found.listed_s = listing_seconds(columns.field(row, Column::Date)).value_or(0);
    found.reason = plain_text(columns.field(row, Column::Reason));
    found.reference = plain_reference(columns.field(row, Column::Reference));
    found.level = level_of_confidence(columns.field(row, Column::Confidence));
    const bool is_port_known = found.port != 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const bool port = is_port_known && read_port(row[i]).has_value();
        if (i == used || row[i].empty() || port) {
            continue;
        }
        const auto seconds = listing_seconds(row[i]);
        if (seconds && row[i].size() >= 8 && found.listed_s == 0) {
            found.listed_s = *seconds;
        } else if (!seconds && found.reason.empty() && !columns.has(Column::Reason)) {
            Indicator value;
            found.reason = read_certificate(row[i], value) || read_server(row[i], value)
                               ? ""
                               : plain_text(row[i]);
        }
    }
}

// is_data is true for what no column is called: a row may well hold the word "domain".
bool is_data(std::string_view field) {
    Indicator value;
    return listing_seconds(field).has_value() || read_certificate(field, value) ||
           read_server(field, value);
}

class CsvImport {
  public:
    explicit CsvImport(const intel::FeedLimits& limits) : count_(limits) {}

    ImportedFeed read(std::string_view text) {
        feed_.error = count_.check_size(text);
        intel::LineReader lines(text);
        std::string_view line;
        while (feed_.error.empty() && lines.next(line)) {
            if (line.starts_with('#') || line.starts_with(';') || line.starts_with("//")) {
                comment(line);
            } else if (!line.empty() && !is_header(line)) {
                row(line, lines.number());
            }
        }
        if (feed_.error.empty()) {
            feed_.error = count_.check_end();
        }
        if (feed_.error.empty() && feed_.indicators.empty() && feed_.ignored == 0) {
            feed_.error = "the file holds nothing to match in " + std::to_string(lines.number()) +
                          " lines; check its address and download it again";
        }
        return finished(std::move(feed_));
    }

  private:
    // A header may be commented out; the last comment that names a value is it, prose is not.
    void comment(std::string_view line) {
        count_.comment(line);
        line.remove_prefix(std::min(line.find_first_not_of("#;/ "), line.size()));
        const Columns columns = Columns::of_header(intel::split_fields(line));
        if (columns.has_value()) {
            header_ = columns;
        }
    }

    bool is_header(std::string_view line) {
        const Fields fields = intel::split_fields(line);
        if (count_.rows() > 0 || std::any_of(fields.begin(), fields.end(), is_data)) {
            return false;
        }
        const Columns columns = Columns::of_header(fields);
        if (columns.has_value()) {
            header_ = columns;
        }
        return columns.has_value();
    }

    void row(std::string_view line, std::size_t number) {
        feed_.error = count_.add_row();
        if (!feed_.error.empty()) {
            return;
        }
        // A plain list may say why behind the value.
        if (line.find(',') == std::string_view::npos) {
            line = intel::trimmed(line.substr(0, line.find('#')));
        }
        const Fields fields = intel::split_fields(line);
        Indicator found;
        std::size_t used = fields.size();
        RowResult result = read_by_header(header_, fields, found);
        // What the row holds wins over the header: operators append rows in another order.
        if (result == RowResult::NoValue && !header_.has(Column::Type)) {
            result = read_by_content(fields, found, used);
        }
        if (result == RowResult::Taken) {
            describe(header_, fields, used, found);
            feed_.indicators.push_back(std::move(found));
        } else if (result == RowResult::Ignored) {
            ++feed_.ignored;
        } else {
            const char* what = result == RowResult::BadPort
                                   ? "the port is no number from 1 to 65535: "
                                   : "no certificate digest, address, fingerprint or domain: ";
            intel::reject(feed_.rejected, feed_.rejected_count, number, what + intel::quoted(line));
        }
    }

    intel::RowCount count_;
    Columns header_;
    ImportedFeed feed_;
};

}  // namespace

ImportedFeed import_csv(std::string_view text, const intel::FeedLimits& limits) {
    return CsvImport(limits).read(text);
}

}  // namespace eti::analysis
