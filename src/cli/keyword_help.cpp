#include "cli/keyword_help.h"

#include <algorithm>
#include <array>

namespace eti::cli {
namespace {

struct KeywordHelp {
    std::string_view keyword;
    std::string_view help;
};
constexpr std::array<KeywordHelp, 37> kKeywordHelp{{
    {"show", "Show system information"},
    {"help", "Provide help information"},
    {"set", "Set CLI properties"},
    {"start", "Start a shell"},
    {"cli", "Command-line interface settings"},
    {"request", "Make system-level requests"},
    {"clear", "Clear information in the system"},
    {"monitor", "Show information again and again"},
    {"interface", "Show interface information"},
    {"services", "Show services information"},
    {"security", "Show security information"},
    {"system", "Show system information"},
    {"interfaces", "Show interface information"},
    {"security-metadata-streaming", "Show security metadata streaming information"},
    {"security-intelligence", "Show security intelligence information"},
    {"advanced-anti-malware", "Show advanced anti-malware information"},
    {"dns-filtering", "Show DNS filtering information"},
    {"openeti", "Show what this product adds"},
    {"http", "Show metadata streaming of encrypted sessions"},
    {"dns", "Show metadata streaming of DNS requests"},
    {"category", "Show categories and their feeds"},
    {"update", "Show or start feed updates"},
    {"flow", "Show flow information"},
    {"forward-options", "Show forwarding options information"},
    {"download", "Download feeds"},
    {"uninstall", "Remove downloaded feeds"},
    {"dynamic-address", "Show dynamic address entries"},
    {"session", "Show sessions"},
    {"version", "Show the running version"},
    {"sec-profiling-feed", "Show feeds this device fills"},
    {"dynamic-filter", "Show dynamic filters"},
    {"data-connection", "Test the connection to the analysis service"},
    {"test", "Test the connection to the analysis service"},
    {"log", "Show security logs"},
    {"rollback", "Show earlier configurations"},
    {"redirect-file", "Change redirect files"},
    {"cache", "Show the DNS cache"},
}};

}  // namespace

std::string_view keyword_help(std::string_view keyword) {
    const auto* const row =
        std::find_if(kKeywordHelp.begin(), kKeywordHelp.end(),
                     [&](const auto& known) { return known.keyword == keyword; });
    return row == kKeywordHelp.end() ? std::string_view() : row->help;
}

bool names_another_system(std::string_view keyword) {
    return keyword == "logical-system" || keyword == "tenant" || keyword == "root-logical-system" ||
           keyword == "all-logical-systems-tenants";
}

}  // namespace eti::cli
