// show services security-intelligence category ..., recommended-action, redirect-files, ...
#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/render.h"
#include "eti/metadata/record_json.h"

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

void add_category(const CategoryStatus& category, bool summary, Timestamp now, Reply& reply) {
    // A category's interval and time to live are those of the feed that comes from the server.
    const FeedInfo first = category.feeds.empty() ? FeedInfo{} : category.feeds.front();
    const std::string status = category.enabled ? "Enable" : "Disable";
    const std::string interval = seconds_text(first.update_interval);
    const std::string ttl = seconds_text(time_to_live(first));
    reply.text += "Category name     :" + category.name +
                  (summary ? "\n  Status          :" + status : "") +
                  "\n  Description     :" + category.description +
                  "\n  Update interval :" + interval + "\n  TTL             :" + ttl + "\n";
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
            add_category(category, true, invocation.status.now, reply);
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

// One line of the vendor's object list.
struct Object {
    std::string_view kind;
    std::string value;
    unsigned threat_level = 0;  // 0: none
};

std::vector<Object> objects_of(const control::Status& status, const std::string& category,
                               const std::string& feed, std::size_t start, std::size_t count) {
    std::vector<Object> objects;
    if (category == "CC") {
        for (const auto& entry : status.blocklist->list(feed, start, count)) {
            objects.push_back({entry.kind, entry.digest, entry.hit.threat_level});
        }
        return objects;
    }
    if (category == "Infected-Hosts") {
        for (const intel::InfectedHost& host : status.infected_hosts->entries()) {
            objects.push_back({"ip", net::to_string(host.ip), host.threat_level});
        }
    } else {
        for (const intel::AllowlistEntry& entry : status.allowlist->entries()) {
            objects.push_back(entry.kind == intel::AllowlistKind::Address
                                  ? Object{"ip", net::to_string(entry.range.first) + "-" +
                                                     net::to_string(entry.range.last)}
                              : entry.kind == intel::AllowlistKind::Hostname
                                  ? Object{"hostname", entry.hostname}
                              : entry.kind == intel::AllowlistKind::CertificateSha1
                                  ? Object{"sha1", metadata::to_hex(entry.sha1)}
                                  : Object{"sha256", metadata::to_hex(entry.sha256)});
        }
    }
    objects.erase(objects.begin(),
                  objects.begin() + static_cast<std::ptrdiff_t>(std::min(start, objects.size())));
    objects.resize(std::min(count, objects.size()));
    return objects;
}

Reply show_category_detail(const Invocation& invocation) {
    constexpr uint64_t kUsual = 100;
    constexpr uint64_t kMost = 100'000;
    const control::Status& status = invocation.status;
    const std::string category = invocation.value("category-name");
    const std::string feed = invocation.value("feed-name");
    const uint64_t first = std::max<uint64_t>(invocation.number("start", 1, kMost * kMost), 1);
    const uint64_t count = invocation.number("count", kUsual, kMost);
    for (CategoryStatus known : status.categories) {
        std::erase_if(known.feeds, [&](const FeedInfo& info) { return info.name != feed; });
        if (known.name != category || known.feeds.empty()) {
            continue;
        }
        Reply reply{Element::group("secintel-category-feed"), {}};
        add_category(known, false, status.now, reply);
        for (const Object& object : objects_of(status, category, feed, first - 1, count)) {
            const std::string level = object.threat_level == 0
                                          ? std::string()
                                          : " threat_level:" + std::to_string(object.threat_level);
            reply.text += "  { " + std::string(object.kind) + ":" + object.value + level + "}\n";
            reply.tree.children.push_back(Element::group(
                "object", {Element::leaf("kind", std::string(object.kind)),
                           Element::leaf("value", object.value),
                           Element::leaf("threat-level", uint64_t{object.threat_level})}));
        }
        return reply;
    }
    throw CommandError("category-name '" + category + "' has no feed '" + feed +
                       "'; show services security-intelligence category summary names them");
}

// What is done with a listed session when no profile says anything: docs/decisions, ruling on
// blocking. Below level 10 a hit is only logged.
Reply show_recommended_action(const Invocation& invocation) {
    Reply reply{Element::group("secintel-recommended-action"), {}};
    const auto add = [&](const std::string& category, const std::string& levels,
                         const std::string& action) {
        if (invocation.has("category-name") && invocation.value("category-name") != category) {
            return;
        }
        reply.text += "Category name     :" + category + "\n  Threat level    :" + levels +
                      "\n  Action          :" + action + "\n";
        reply.tree.children.push_back(Element::group(
            "category", {Element::leaf("category-name", category),
                         Element::leaf("threat-level", levels), Element::leaf("action", action)}));
    };
    add("CC", "10", "block close, log");
    add("CC", "1-9", "permit, log");
    add("Infected-Hosts", "1-10", "permit, no log; blocking needs a profile");
    return reply;
}

Reply show_redirect_files(const Invocation&) {
    return {Element::group("secintel-redirect-files"), "No redirect files\n"};
}

Reply show_sec_profiling(const Invocation&) {
    return {Element::group("secintel-post-status"), "No feed is filled by this device\n"};
}

Reply refuse_redirect_file(const Invocation&) {
    throw CommandError(
        "sessions are not redirected, they are closed or dropped; use action block "
        "close or block drop in the profile");
}

std::vector<std::string> category_names(const control::Status& status) {
    std::vector<std::string> names;
    for (const CategoryStatus& category : status.categories) {
        names.push_back(category.name);
    }
    return names;
}

std::vector<std::string> feed_names(const control::Status& status) {
    std::vector<std::string> names;
    for (const CategoryStatus& category : status.categories) {
        for (const FeedInfo& feed : category.feeds) {
            names.push_back(feed.name);
        }
    }
    return names;
}

constexpr std::string_view kFeedShape =
    "feed*{feed-name,logical-system,vrf-name,version,objects-number#,create-time,update-time,"
    "update-status,expired,status,options}";

}  // namespace

std::vector<Command> security_intelligence_feed_commands() {
    static const std::string summary_shape =
        "secintel-category-summary{category*{category-name,status,description,update-interval,"
        "ttl," +
        std::string(kFeedShape) + "}}";
    static const std::string detail_shape =
        "secintel-category-feed{category*{category-name,status,description,update-interval,ttl," +
        std::string(kFeedShape) + "},object*{kind,value,threat-level#}}";
    const Option category{"category-name", "<category>", "Show one category", false,
                          category_names};
    return {{"show services security-intelligence category list",
             "Show the known categories",
             {},
             show_category_list,
             "secintel-category-list{category*{category-name,description}}",
             "get-secintel-category-list"},
            {"show services security-intelligence category summary",
             "Show categories with the state of their feeds",
             {category},
             show_category_summary,
             summary_shape,
             "get-secintel-category-summary"},
            {"show services security-intelligence category detail",
             "Show the objects of a feed",
             {{"category-name", "<category>", "Category of the feed", true, category_names},
              {"feed-name", "<feed>", "Name of the feed", true, feed_names},
              {"start", "<start>", "Number of the first object to show"},
              {"count", "<count>", "Number of objects to show"}},
             show_category_detail,
             detail_shape,
             "get-secintel-category-feed"},
            {"show services security-intelligence recommended-action",
             "Show what is done when no profile decides",
             {category},
             show_recommended_action,
             "secintel-recommended-action{category*{category-name,threat-level,action}}",
             "get-secintel-recommended-action"},
            {"show services security-intelligence redirect-files",
             "Show redirect files",
             {},
             show_redirect_files,
             "secintel-redirect-files",
             "get-secintel-redirect-files"},
            {"show services security-intelligence sec-profiling-feed status",
             "Show feeds this device fills",
             {},
             show_sec_profiling,
             "secintel-post-status",
             "get-secintel-post-status"},
            {"request services security-intelligence redirect-file add",
             "Add a redirect file",
             {{"", "<file>", "File name", true}},
             refuse_redirect_file,
             "secintel-redirect",
             "request-secintel-redirect-add"},
            {"request services security-intelligence redirect-file delete",
             "Delete a redirect file",
             {{"", "<file>", "File name", true}},
             refuse_redirect_file,
             "secintel-redirect",
             "request-secintel-redirect-delete"}};
}

}  // namespace eti::cli
