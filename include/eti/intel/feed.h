// Reading feeds: the forms of BEHAVIOUR section 3 that carry certificates, and our allowlist.
// A bad line is left out and named; a truncated or emptied file is refused as a whole.
#pragma once

#include "eti/intel/allowlist.h"
#include "eti/intel/certificate_table.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::intel {

struct RejectedLine {
    std::size_t line = 0;  // from 1
    std::string why;       // "not a SHA-1: 'abc'"
};

struct FeedReport {
    std::vector<RejectedLine> rejected;  // at most kMaxRejectedLines are kept
    std::size_t rejected_count = 0;
    std::string error;  // not empty: the file as a whole must not be used, and why
};
struct CertificateFeed : FeedReport {
    std::vector<CertificateEntry> entries;
    std::vector<Sha256Entry> sha256_entries;
};
// CertificateTableFeed is the same for lists of millions: no text for each entry.
struct CertificateTableFeed : FeedReport {
    CertificateTable table;
    std::size_t entries = 0;  // some may share a digest; of those the table has the first
};
struct AllowlistFeed : FeedReport {
    std::vector<AllowlistEntry> entries;
};

struct FeedLimits {
    // Enough for max_entries in each form we read: 41 bytes a line with SHA-1s only, 65 with
    // SHA-256s, about 75 in SSLBL's CSV. A list's text is in memory while it is read.
    std::size_t max_bytes = 1U << 30;
    std::size_t max_entries = 10'000'000;
};
inline constexpr std::size_t kMaxRejectedLines = 1000;

// parse_certificate_feed reads SSLBL CSV in its variants (CRLF or LF, byte order mark, any column
// order, header commented or not) and plain lists of one SHA-1 or SHA-256 per line, any case,
// with or without colons. Fewer rows than "# END (N) entries" declares, no such line under the
// SSLBL banner, or no entry at all is an error; more rows than declared are legal.
CertificateFeed parse_certificate_feed(std::string_view text, const FeedLimits& limits = {});
CertificateTableFeed parse_certificate_table(std::string_view text, const FeedLimits& limits = {});

// parse_allowlist_feed reads our own form, one "kind,value" per line with kind ip, range, cidr,
// hostname, sha1 or sha256; '#' starts a comment. A list without entries is legal here, a file
// without bytes is not.
AllowlistFeed parse_allowlist_feed(std::string_view text, const FeedLimits& limits = {});

}  // namespace eti::intel
