#include "eti/base/hex.h"
#include "eti/intel/feed.h"
#include "eti/intel/feed_text.h"

#include <algorithm>
#include <initializer_list>
#include <type_traits>
#include <utility>

namespace eti::intel {
namespace {

constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);
constexpr std::size_t kMaxReason = 255;

struct Columns {
    std::size_t hash = kNoColumn;
    std::size_t reason = kNoColumn;
};

// Fields is one row, cut at its commas.
using Fields = std::vector<std::string_view>;

bool is_hash(std::string_view field) {
    Sha1Digest sha1{};
    Sha256Digest sha256{};
    return from_hex(field, sha1) || from_hex(field, sha256);
}

std::size_t column_named(const Fields& names, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (lower_case(names[i]).find(word) != std::string::npos) {
                return i;
            }
        }
    }
    return kNoColumn;
}

// columns_of reads a header line; hash stays kNoColumn when the line is none.
Columns columns_of(std::string_view line) {
    const Fields names = split_fields(line);
    if (std::any_of(names.begin(), names.end(), is_hash)) {
        return {};
    }
    return {column_named(names, {"sha1", "sha-1", "sha256", "sha-256", "fingerprint", "hash"}),
            column_named(names, {"reason", "malware", "category", "comment"})};
}

bool looks_like_date(std::string_view field) {
    return field.find_first_not_of("0123456789-/:. TZ") == std::string_view::npos;
}

// place finds the two columns of one row. What the row holds wins over the header, so that rows
// appended in another order are still read.
Columns place(const Fields& row, const Columns& header) {
    Columns found = header;
    if (header.hash >= row.size() || !is_hash(row[header.hash])) {
        const auto at = std::find_if(row.begin(), row.end(), is_hash);
        found.hash = at == row.end() ? kNoColumn : static_cast<std::size_t>(at - row.begin());
    }
    if (header.reason >= row.size() || found.reason == found.hash) {
        found.reason = kNoColumn;
        for (std::size_t i = 0; i < row.size() && found.reason == kNoColumn; ++i) {
            if (i != found.hash && !row[i].empty() && !looks_like_date(row[i])) {
                found.reason = i;
            }
        }
    }
    return found;
}

// CertificateFeedParser calls add(digest, reason) for each entry, with a digest of either kind.
template <typename Add>
class CertificateFeedParser {
  public:
    CertificateFeedParser(const FeedLimits& limits, Add add)
        : count_(limits), add_(std::move(add)) {}

    FeedReport parse(std::string_view text) {
        report_.error = count_.check_size(text);
        LineReader lines(text);
        std::string_view line;
        while (report_.error.empty() && lines.next(line)) {
            if (line.starts_with('#')) {
                comment(line);
            } else if (!line.empty() && !is_header(line)) {
                row(line, lines.number());
            }
        }
        if (report_.error.empty()) {
            report_.error = count_.check_end();
        }
        if (report_.error.empty() && count_.rows() == report_.rejected_count) {
            report_.error = "the file holds no certificate digest in " +
                            std::to_string(lines.number()) +
                            " lines; check its address and download it again";
        }
        return std::move(report_);
    }

  private:
    // The last comment that names a digest among several columns is the header; prose is not.
    void comment(std::string_view line) {
        count_.comment(line);
        const auto text = line.substr(std::min(line.find_first_not_of('#'), line.size()));
        const Columns columns = columns_of(text);
        if (columns.hash != kNoColumn && columns.reason != kNoColumn) {
            header_ = columns;
        }
    }

    bool is_header(std::string_view line) {
        if (count_.rows() > 0) {
            return false;
        }
        const Columns columns = columns_of(line);
        if (columns.hash == kNoColumn) {
            return false;
        }
        header_ = columns;
        return true;
    }

    void row(std::string_view line, std::size_t number) {
        report_.error = count_.add_row();
        if (!report_.error.empty()) {
            return;
        }
        const Fields fields = split_fields(line);
        const Columns columns = place(fields, header_);
        if (columns.hash == kNoColumn) {
            const bool known = header_.hash < fields.size();
            reject(report_.rejected, report_.rejected_count, number,
                   "not a SHA-1 or SHA-256: " + quoted(known ? fields[header_.hash] : line));
            return;
        }
        std::string_view reason;
        if (columns.reason != kNoColumn) {
            reason = fields[columns.reason].substr(0, kMaxReason);
        }
        Sha1Digest sha1{};
        Sha256Digest sha256{};
        if (from_hex(fields[columns.hash], sha1)) {
            add_(sha1, reason);
        } else if (from_hex(fields[columns.hash], sha256)) {
            add_(sha256, reason);
        }
    }

    RowCount count_;
    Add add_;
    Columns header_;
    FeedReport report_;
};

}  // namespace

CertificateFeed parse_certificate_feed(std::string_view text, const FeedLimits& limits) {
    CertificateFeed feed;
    const auto add = [&](const auto& digest, std::string_view reason) {
        if constexpr (std::is_same_v<decltype(digest), const Sha1Digest&>) {
            feed.entries.push_back({digest, kMaxThreatLevel, std::string(reason)});
        } else {
            feed.sha256_entries.push_back({digest, kMaxThreatLevel, std::string(reason)});
        }
    };
    static_cast<FeedReport&>(feed) = CertificateFeedParser(limits, add).parse(text);
    if (!feed.error.empty()) {
        feed.entries.clear();
        feed.sha256_entries.clear();
    }
    return feed;
}

CertificateTableFeed parse_certificate_table(std::string_view text, const FeedLimits& limits) {
    CertificateTableFeed feed;
    CertificateTable::Builder builder;
    const auto add = [&](const auto& digest, std::string_view reason) {
        builder.add(digest, kMaxThreatLevel, reason);
    };
    static_cast<FeedReport&>(feed) = CertificateFeedParser(limits, add).parse(text);
    if (feed.error.empty()) {
        feed.entries = builder.rows();
        feed.table = builder.build();
    }
    return feed;
}

}  // namespace eti::intel
