// /v1/export/...: the lists for other enforcers. No protected and no allowlisted address leaves.
#include "eti/feeds/exports.h"

#include "eti/api/context.h"
#include "eti/api/manifest.h"
#include "eti/base/hex.h"
#include "eti/ingest/encoding.h"
#include "eti/intel/allowlist.h"
#include "eti/intel/feed.h"

#include <algorithm>
#include <map>

namespace eti::analysis {
namespace {

constexpr const char* kPlain = "text/plain; charset=utf-8";
constexpr const char* kPaths =
    "the lists are /v1/export/srx/FEED, /v1/export/srx/FEED.tgz, /v1/export/edl/FEED with FEED "
    "cc_ip, cc_ipv6 or infected_hosts; /v1/export/suricata/SET with SET cert-sha1, cert-sha256 or "
    "ip; and /v1/export/stix";

[[noreturn]] void no_such_list() {
    throw RequestError(404, kPaths);
}

// Outward keeps what must not leave.
class Outward {
  public:
    Outward(const ApiContext& context, Database& database)
        : protected_(context.protected_addresses) {
        std::string text = "# kind,value\n";
        for (const AllowlistRow& row : allowlist_rows(database)) {
            text += row.kind + "," + row.value + "\n";
        }
        allowlist_ = intel::Allowlist(intel::parse_allowlist_feed(text).entries);
    }

    bool may_leave(const FeedEntry& entry) const {
        if (const auto ip = net::parse_ip(entry.value)) {
            return !allowlist_.contains_address(*ip) &&
                   std::none_of(protected_.begin(), protected_.end(),
                                [&](const net::IpRange& range) { return range.contains(*ip); });
        }
        return std::none_of(allowlist_.entries().begin(), allowlist_.entries().end(),
                            [&](const intel::AllowlistEntry& allowed) {
                                return (allowed.kind == intel::AllowlistKind::CertificateSha1 &&
                                        to_hex(allowed.sha1) == entry.value) ||
                                       (allowed.kind == intel::AllowlistKind::CertificateSha256 &&
                                        to_hex(allowed.sha256) == entry.value);
                            });
    }

  private:
    const std::vector<net::IpRange>& protected_;
    intel::Allowlist allowlist_;
};

// Asked: what a list is made from, at one state of the store.
struct Asked {
    const ApiContext& context;
    const Stores& stores;
    const Request& request;

    FeedId feed(std::string_view name) const { return feed_seen_by(request.realm, name); }
};

std::vector<FeedEntry> entries_of(const Asked& asked, std::string_view feed, int64_t min_level) {
    const Outward outward(asked.context, asked.stores.database);
    const std::string body = asked.stores.feeds->body(asked.feed(feed));
    std::vector<FeedEntry> entries;
    for (const std::string_view line : intel::feed_lines(body)) {
        FeedEntry entry = read_feed_entry(feed, line);
        if (entry.level >= min_level && outward.may_leave(entry)) {
            entries.push_back(std::move(entry));
        }
    }
    return entries;
}

// tag_of changes when what the list is made from does.
std::string tag_of(const Asked& asked, const std::vector<std::string_view>& feeds) {
    std::string text = "2";
    for (const std::string& segment : asked.request.path) {
        text += "/" + segment;
    }
    text += "?" + asked.request.parameter("min-level");
    for (const std::string_view feed : feeds) {
        const auto row = asked.stores.feeds->feed(asked.feed(feed));
        text += "\n" + (row ? row->version + row->sha256 : std::string());
    }
    const auto allowlist = asked.stores.feeds->feed(kAllowlistFeed);
    text += "\n" + (allowlist ? allowlist->sha256 : std::string());
    for (const net::IpRange& range : asked.context.protected_addresses) {
        text += "\n" + net::to_string(range.first) + "-" + net::to_string(range.last);
    }
    return sha256_hex(text).substr(0, 32);
}

FeedRow address_feed(const Asked& asked, const std::string& name) {
    if (name != kServerFeed && name != kServer6Feed && name != kInfectedFeed) {
        no_such_list();
    }
    // A list nobody has filled yet is an empty one: a firewall asks for it before the first entry.
    FeedRow none;
    none.name = name;
    none.version = "0";
    return asked.stores.feeds->feed(asked.feed(name)).value_or(none);
}

Response get_srx(const Asked& asked) {
    std::string name = asked.request.path[3];
    const bool packed = name.ends_with(".tgz");
    if (packed) {
        name.resize(name.size() - 4);
    }
    const FeedRow feed = address_feed(asked, name);
    return with_tag(asked.request, tag_of(asked, {name}), packed ? "application/gzip" : kPlain,
                    [&] {
                        const std::string list = render_addresses(entries_of(asked, name, 0));
                        return packed ? tar_gz(name, list, feed.created_us / 1'000'000) : list;
                    });
}

Response get_edl(const Asked& asked) {
    const FeedRow feed = address_feed(asked, asked.request.path[3]);
    const int64_t min_level = number_parameter(asked.request, "min-level", 0, 0, 10);
    return with_tag(asked.request, tag_of(asked, {feed.name}), kPlain, [&] {
        return render_edl(entries_of(asked, feed.name, min_level), feed.name, feed.version);
    });
}

Response get_suricata(const Asked& asked) {
    static const std::map<std::string, SuricataSet, std::less<>> kSets{
        {"cert-sha1", SuricataSet::CertificateSha1},
        {"cert-sha256", SuricataSet::CertificateSha256},
        {"ip", SuricataSet::Address}};
    const auto set = kSets.find(asked.request.path[3]);
    if (set == kSets.end()) {
        no_such_list();
    }
    const std::vector<std::string_view> feeds =
        set->second == SuricataSet::Address
            ? std::vector<std::string_view>{kServerFeed, kServer6Feed}
            : std::vector<std::string_view>{kCertificateFeed};
    return with_tag(asked.request, tag_of(asked, feeds), kPlain, [&] {
        std::vector<FeedEntry> entries;
        for (const std::string_view feed : feeds) {
            auto some = entries_of(asked, feed, 0);
            std::move(some.begin(), some.end(), std::back_inserter(entries));
        }
        return render_suricata(entries, set->second);
    });
}

// add_indicators takes the entries in force and those withdrawn.
void add_indicators(const Asked& asked, std::string_view feed, const Outward& outward,
                    std::vector<StixIndicator>& indicators) {
    for (const FeedObject& object : asked.stores.feeds->objects(asked.feed(feed))) {
        StixIndicator indicator{feed,
                                read_feed_entry(feed, object.line),
                                object.created_us,
                                object.modified_us,
                                0,
                                object.withdrawn};
        if (outward.may_leave(indicator.entry)) {
            indicators.push_back(std::move(indicator));
        }
    }
}

Response get_stix(const Asked& asked) {
    const std::vector<std::string_view> feeds{kCertificateFeed, kServerFeed, kServer6Feed};
    return with_tag(asked.request, tag_of(asked, feeds), "application/stix+json;version=2.1", [&] {
        const Outward outward(asked.context, asked.stores.database);
        std::vector<StixIndicator> indicators;
        for (const std::string_view feed : feeds) {
            add_indicators(asked, feed, outward, indicators);
        }
        return render_stix(store_identity(asked.stores.database),
                           store_created_us(asked.stores.database), indicators);
    });
}

}  // namespace

Response get_export(ApiContext& context, Stores& stores, const Request& request) {
    const ReadSnapshot snapshot(stores.database);
    const Asked asked{context, stores, request};
    const std::string& kind = request.path[2];
    if (request.path.size() == 3 && kind == "stix") {
        return get_stix(asked);
    }
    if (request.path.size() == 4 && kind == "srx") {
        return get_srx(asked);
    }
    if (request.path.size() == 4 && kind == "edl") {
        return get_edl(asked);
    }
    if (request.path.size() == 4 && kind == "suricata") {
        return get_suricata(asked);
    }
    no_such_list();
}

}  // namespace eti::analysis
