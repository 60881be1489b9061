#include "eti/base/hex.h"
#include "eti/intel/feed.h"
#include "eti/intel/feed_text.h"

#include <algorithm>
#include <utility>

namespace eti::intel {
namespace {

bool parse_address(std::string_view kind, std::string_view value, net::IpRange& range) {
    const bool has_slash = value.find('/') != std::string_view::npos;
    const bool has_dash = value.find('-') != std::string_view::npos;
    if (has_slash != (kind == "cidr") || has_dash != (kind == "range")) {
        return false;
    }
    const auto parsed = net::parse_ip_range(value);
    range = parsed.value_or(net::IpRange{});
    return parsed.has_value();
}

// parse_entry returns why the line is no entry, empty when it is one.
std::string parse_entry(std::string_view line, AllowlistEntry& entry) {
    const auto comma = line.find(',');
    if (comma == std::string_view::npos) {
        return "not 'kind,value': " + quoted(line);
    }
    const std::string kind = lower_case(trimmed(line.substr(0, comma)));
    const std::string_view value = trimmed(line.substr(comma + 1));
    if (kind == "ip" || kind == "range" || kind == "cidr") {
        entry.kind = AllowlistKind::Address;
        constexpr std::string_view kForms = " (ip a, range a-b or cidr a/n): ";
        return parse_address(kind, value, entry.range)
                   ? ""
                   : "not an address of kind " + kind + std::string(kForms) + quoted(value);
    }
    if (kind == "hostname") {
        entry.kind = AllowlistKind::Hostname;
        return parse_hostname(value, entry.hostname)
                   ? ""
                   : "not a host name or '.suffix': " + quoted(value);
    }
    if (kind == "sha1") {
        entry.kind = AllowlistKind::CertificateSha1;
        return from_hex(value, entry.sha1) ? "" : "not a SHA-1: " + quoted(value);
    }
    if (kind == "sha256") {
        entry.kind = AllowlistKind::CertificateSha256;
        return from_hex(value, entry.sha256) ? "" : "not a SHA-256: " + quoted(value);
    }
    return "kind " + quoted(kind) + " is none of ip, range, cidr, hostname, sha1, sha256";
}

}  // namespace

// An allowlist without entries is legal, unlike a blocklist: the operator deleted the last one.
AllowlistFeed parse_allowlist_feed(std::string_view text, const FeedLimits& limits) {
    AllowlistFeed feed;
    RowCount count(limits);
    feed.error = count.check_size(text);
    LineReader lines(text);
    std::string_view line;
    while (feed.error.empty() && lines.next(line)) {
        if (line.starts_with('#')) {
            count.comment(line);
            continue;
        }
        line = trimmed(line.substr(0, line.find('#')));
        if (line.empty()) {
            continue;
        }
        feed.error = count.add_row();
        AllowlistEntry entry;
        std::string why = parse_entry(line, entry);
        if (why.empty()) {
            feed.entries.push_back(std::move(entry));
        } else {
            reject(feed.rejected, feed.rejected_count, lines.number(), std::move(why));
        }
    }
    if (feed.error.empty()) {
        feed.error = count.check_end();
    }
    if (!feed.error.empty()) {
        feed.entries.clear();
    }
    return feed;
}

}  // namespace eti::intel
