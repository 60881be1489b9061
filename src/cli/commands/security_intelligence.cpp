// show services security-intelligence ..., request services security-intelligence ...
#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/render.h"

namespace eti::cli {
namespace {

using control::CategoryStatus;
using uplink::FeedInfo;

// latest_feed returns the feed that was updated last, or null when none ever was.
const FeedInfo* latest_feed(const control::Status& status) {
    const FeedInfo* latest = nullptr;
    for (const CategoryStatus& category : status.categories) {
        for (const FeedInfo& feed : category.feeds) {
            if (feed.updated != Timestamp{} &&
                (latest == nullptr || feed.updated > latest->updated)) {
                latest = &feed;
            }
        }
    }
    return latest;
}

Reply show_update_status(const Invocation& invocation) {
    const control::Status& status = invocation.status;
    const FeedInfo* latest = latest_feed(status);
    const std::string connection = status.link.connected ? "Succeeded"
                                   : status.link.last_error.empty()
                                       ? "N/A"
                                       : "Failed: " + status.link.last_error;
    const std::string result = latest == nullptr ? "N/A" : or_unknown(latest->status);
    const std::string time = latest == nullptr ? "N/A" : local_time(latest->updated);
    return {
        Element::group(
            "secintel-update-status",
            {Element::leaf("current-action", "None"), Element::leaf("last-update-status", result),
             Element::leaf("last-connection-status", connection),
             Element::leaf("last-update-time", time)}),
        "Current action         :None\nLast update status     :" + result +
            "\nLast connection status :" + connection + "\nLast update time       :" + time + "\n"};
}

Reply show_statistics(const Invocation& invocation) {
    Reply reply{Element::group("secintel-statistics"), {}};
    std::string category;
    for (const control::ProfileStatistics& p :
         since(invocation.status.profiles, invocation.status.profiles_cleared)) {
        const std::string wanted = invocation.value("profile");
        if (invocation.has("profile") && p.profile != wanted) {
            continue;
        }
        if (p.category != category) {
            category = p.category;
            reply.text += "Category " + category + ":\n";
        }
        const uint64_t total = p.permitted + p.dropped + p.closed;
        reply.text += "  Profile " + p.profile +
                      ":\n    Total processed sessions: " + std::to_string(total) +
                      "\n    Permit sessions:          " + std::to_string(p.permitted) +
                      "\n    Block drop sessions:      " + std::to_string(p.dropped) +
                      "\n    Block close sessions:     " + std::to_string(p.closed) +
                      "\n    Close redirect sessions:  0\n";
        reply.tree.children.push_back(
            Element::group("secintel-statistics-entry",
                           {Element::leaf("secintel-statistics-category", p.category),
                            Element::leaf("secintel-statistics-profile", p.profile),
                            Element::leaf("secintel-statistics-total", total),
                            Element::leaf("secintel-statistics-permit", p.permitted),
                            Element::leaf("secintel-statistics-block-drop", p.dropped),
                            Element::leaf("secintel-statistics-block-close", p.closed),
                            Element::leaf("secintel-statistics-close-redirect", uint64_t{0}),
                            Element::leaf("secintel-statistics-rs-permit", uint64_t{0})}));
    }
    return reply;
}

Reply request_download(const Invocation& invocation) {
    if (const std::string why = invocation.backend.refresh_feeds(); !why.empty()) {
        throw CommandError(why);
    }
    const std::string result =
        "Please use command\n        \"request services security-intelligence download status\" "
        "to check download status";
    return {
        Element::group("secintel-download", {Element::leaf("secintel-download-result", result)}),
        result + "\n"};
}

Reply request_uninstall(const Invocation&) {
    throw CommandError(
        "feeds in force are not removed by a command: traffic would pass unjudged; delete services "
        "security-intelligence url or disable a category in the configuration");
}

Reply clear_statistics(const Invocation& invocation) {
    invocation.backend.clear_statistics(control::Cleared::SecurityIntelligence);
    return {Element::group("clear-secintel-statistics"), {}};
}

std::vector<std::string> profile_names(const control::Status& status) {
    std::vector<std::string> names;
    for (const control::ProfileStatistics& profile : status.profiles) {
        names.push_back(profile.profile);
    }
    return names;
}

constexpr std::string_view kUpdateShape =
    "secintel-update-status{current-action,last-update-status,last-connection-status,"
    "last-update-time}";

}  // namespace

std::vector<Command> security_intelligence_commands() {
    return {{"show services security-intelligence update status",
             "Show the last feed update",
             {},
             show_update_status,
             kUpdateShape,
             "get-secintel-update-status"},
            {"show services security-intelligence statistics",
             "Show what profiles did with listed sessions",
             {{"profile", "<profile>", "Show one profile", false, profile_names,
               "get-secintel-statistics-profile"}},
             show_statistics,
             "secintel-statistics{secintel-statistics-entry*{secintel-statistics-category,"
             "secintel-statistics-profile,secintel-statistics-total#,secintel-statistics-permit#,"
             "secintel-statistics-block-drop#,secintel-statistics-block-close#,"
             "secintel-statistics-close-redirect#,secintel-statistics-rs-permit#}}",
             "get-secintel-statistics"},
            {"clear services security-intelligence statistics",
             "Clear statistics of profiles",
             {},
             clear_statistics,
             "clear-secintel-statistics",
             "clear-secintel-statistics"},
            {"request services security-intelligence download",
             "Download feeds now",
             {},
             request_download,
             "secintel-download{secintel-download-result}",
             "request-secintel-download"},
            {"request services security-intelligence download status",
             "Show the last feed update",
             {},
             show_update_status,
             kUpdateShape,
             "request-secintel-download-status"},
            {"request services security-intelligence uninstall",
             "Remove downloaded feeds",
             {},
             request_uninstall,
             "secintel-uninstall",
             "request-secintel-uninstall"},
            {"request services security-intelligence uninstall status",
             "Show the removal of feeds",
             {},
             request_uninstall,
             "secintel-uninstall",
             "request-secintel-uninstall-status"}};
}

}  // namespace eti::cli
