// show services security-intelligence ..., request services security-intelligence ...
#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/render.h"

#include <algorithm>

namespace eti::cli {
namespace {

using control::CategoryStatus;
using uplink::FeedInfo;

std::string seconds_text(std::chrono::seconds seconds) {
    return std::to_string(seconds.count()) + "s";
}

// No expiry means no time to live: 0s.
std::chrono::seconds time_to_live(const FeedInfo& feed) {
    return feed.expires == Timestamp{}
               ? std::chrono::seconds(0)
               : std::chrono::duration_cast<std::chrono::seconds>(feed.expires - feed.created);
}

std::string or_unknown(const std::string& text) {
    return text.empty() ? "N/A" : text;
}

struct FeedField {
    std::string_view label;  // the vendor's, with its colon
    std::string_view element;
    std::string value;
};

std::vector<FeedField> fields_of(const FeedInfo& feed, Timestamp now) {
    const bool expired = feed.expires != Timestamp{} && now >= feed.expires;
    return {{"    logical-system:", "logical-system", "root-logical-system"},
            {"    Vrf name      :", "vrf-name", "N/A"},
            {"    Version       :", "version", or_unknown(feed.version)},
            {"    Objects number:", "objects-number", std::to_string(feed.objects)},
            {"    Create time   :", "create-time", local_time(feed.created)},
            {"    Update time   :", "update-time", local_time(feed.updated)},
            {"    Update status :", "update-status", or_unknown(feed.status)},
            {"    Expired       :", "expired", expired ? "Yes" : "No"},
            {"    Status        :", "status", feed.loaded ? "Active" : "Inactive"},
            {"    Options       :", "options", "N/A"}};
}

void add_feed(const FeedInfo& feed, Timestamp now, Element& category, std::string& text) {
    Element element = Element::group("feed", {Element::leaf("feed-name", feed.name)});
    text += "  Feed name       :" + feed.name + "\n";
    for (const FeedField& field : fields_of(feed, now)) {
        text += std::string(field.label) + field.value + "\n";
        element.children.push_back(Element::leaf(std::string(field.element), field.value));
    }
    category.children.push_back(std::move(element));
}

void add_category(const CategoryStatus& category, Timestamp now, Reply& reply) {
    // A category's interval and time to live are those of the feed that comes from the server.
    const FeedInfo first = category.feeds.empty() ? FeedInfo{} : category.feeds.front();
    const std::string status = category.enabled ? "Enable" : "Disable";
    const std::string interval = seconds_text(first.update_interval);
    const std::string ttl = seconds_text(time_to_live(first));
    reply.text += "Category name     :" + category.name +           //
                  "\n  Status          :" + status +                //
                  "\n  Description     :" + category.description +  //
                  "\n  Update interval :" + interval +              //
                  "\n  TTL             :" + ttl + "\n";
    Element element = Element::group(
        "category", {Element::leaf("category-name", category.name), Element::leaf("status", status),
                     Element::leaf("description", category.description),
                     Element::leaf("update-interval", interval), Element::leaf("ttl", ttl)});
    for (const FeedInfo& feed : category.feeds) {
        add_feed(feed, now, element, reply.text);
    }
    reply.tree.children.push_back(std::move(element));
}

Reply show_category_summary(const Invocation& invocation) {
    const std::string name = invocation.value("category-name");
    Reply reply{Element::group("secintel-category-summary"), {}};
    for (const CategoryStatus& category : invocation.status.categories) {
        if (!invocation.has("category-name") || category.name == name) {
            add_category(category, invocation.status.now, reply);
        }
    }
    if (reply.tree.children.empty()) {
        throw CommandError("category-name '" + name +
                           "' does not exist; show services security-intelligence category list "
                           "names them");
    }
    return reply;
}

Reply show_category_list(const Invocation& invocation) {
    Reply reply{Element::group("secintel-category-list"), {}};
    for (const CategoryStatus& category : invocation.status.categories) {
        reply.text += "Category name     :" + category.name +
                      "\n  Description     :" + category.description + "\n";
        reply.tree.children.push_back(
            Element::group("category", {Element::leaf("category-name", category.name),
                                        Element::leaf("description", category.description)}));
    }
    return reply;
}

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
    for (const control::ProfileStatistics& p : invocation.status.profiles) {
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
                            Element::leaf("secintel-statistics-close-redirect", uint64_t{0})}));
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

}  // namespace

std::vector<Command> security_intelligence_commands() {
    return {{"show services security-intelligence category summary",
             "Show categories with the state of their feeds",
             {{"category-name", "<category>", "Show one category"}},
             show_category_summary},
            {"show services security-intelligence category list",
             "Show the known categories",
             {},
             show_category_list},
            {"show services security-intelligence update status",
             "Show the last feed update",
             {},
             show_update_status},
            {"show services security-intelligence statistics",
             "Show what profiles did with listed sessions",
             {{"profile", "<profile>", "Show one profile"}},
             show_statistics},
            {"request services security-intelligence download",
             "Download feeds now",
             {},
             request_download},
            {"request services security-intelligence download status",
             "Show the last feed update",
             {},
             show_update_status}};
}

}  // namespace eti::cli
