// show|clear services dns-filtering cache
#include "cli/commands/commands.h"
#include "cli/render.h"

namespace eti::cli {
namespace {

// DNS detections and the sinkhole are accepted and not enforced: the cache is there and empty.
Reply show_cache(const Invocation&) {
    return {Element::group("dns-filtering-cache"), pad("Domain", 40) + pad("TTL", 10) +
                                                       pad("Prevalence", 12) + pad("Verdict", 10) +
                                                       "Hits\nTotal entries: 0\n"};
}

Reply show_summary(const Invocation&) {
    return {Element::group("dns-filtering-cache-summary",
                           {Element::leaf("dns-cache-total", uint64_t{0}),
                            Element::leaf("dns-cache-benign", uint64_t{0}),
                            Element::leaf("dns-cache-c2", uint64_t{0})}),
            "Total entries:  0\nBenign entries: 0\nC2 entries:     0\n"};
}

Reply clear_cache(const Invocation&) {
    return {Element::group("clear-dns-filtering-cache"), {}};
}

}  // namespace

std::vector<Command> dns_filtering_commands() {
    constexpr std::string_view kShape =
        "dns-filtering-cache{dns-cache-entry*{dns-cache-entry-name,dns-cache-ttl#,"
        "dns-cache-prevalence#,dns-cache-verdict,dns-cache-hitcount#}}";
    return {{"show services dns-filtering cache",
             "Show the DNS cache",
             {},
             show_cache,
             kShape,
             "get-dns-filtering-cache"},
            {"show services dns-filtering cache c2",
             "Show domains of command and control",
             {},
             show_cache,
             kShape,
             "get-dns-filtering-cache-c2"},
            {"show services dns-filtering cache benign",
             "Show harmless domains",
             {},
             show_cache,
             kShape,
             "get-dns-filtering-cache-benign"},
            {"show services dns-filtering cache summary",
             "Show the number of entries",
             {},
             show_summary,
             "dns-filtering-cache-summary{dns-cache-total#,dns-cache-benign#,dns-cache-c2#}",
             "get-dns-filtering-cache-summary"},
            {"clear services dns-filtering cache",
             "Clear the DNS cache",
             {{"fqdn", "<name>", "Clear one name"}},
             clear_cache,
             "clear-dns-filtering-cache",
             "clear-dns-filtering-cache"}};
}

}  // namespace eti::cli
