#include "eti/engine/feed_publisher.h"

#include "eti/ingest/encoding.h"
#include "eti/store/users.h"

#include <algorithm>
#include <map>

namespace eti::analysis {
namespace {

constexpr std::chrono::hours kMergeAgain{1};  // entries become too old by the day

std::string rejected_notice(const SourceReading& reading) {
    if (reading.rejected_count == 0 || reading.rejected.empty()) {
        return {};
    }
    return "; " + std::to_string(reading.rejected_count) + " lines left out, the first is line " +
           std::to_string(reading.rejected.front().line) + ": " + reading.rejected.front().why;
}

int64_t entries_after(const SourceReading& reading, const std::vector<SourcePart>& stored) {
    int64_t entries = 0;
    for (const SourcePart& part : reading.parts) {
        entries += part.entries;
    }
    for (const SourcePart& part : stored) {
        if (std::find(reading.kept.begin(), reading.kept.end(), part.part) != reading.kept.end()) {
            entries += part.entries;
        }
    }
    return entries;
}

std::string_view name_of(SourceReading::Result result) {
    switch (result) {
        case SourceReading::Result::New:
            return "ok";
        case SourceReading::Result::Unchanged:
            return "unchanged";
        case SourceReading::Result::Failed:
            return "failed";
        case SourceReading::Result::Refused:
            return "refused";
    }
    return "failed";
}

SourceRow row_of(Database& database, const SourceOptions& source) {
    for (SourceRow& row : source_rows(database)) {
        if (row.name == source.name) {
            row.location = source.shown();
            return row;
        }
    }
    SourceRow row;
    row.name = source.name;
    row.location = source.shown();
    return row;
}

std::string keeps(const FeedStore& feeds) {
    const auto feed = feeds.feed(kCertificateFeed);
    return feed ? "; version " + feed->version + " stays in force"
                : std::string("; no version is in force");
}

}  // namespace

void FeedPublisher::configure(std::vector<SourceOptions> sources, Timestamp now) {
    sources_ = std::move(sources);
    std::vector<std::string> names;
    for (const SourceOptions& source : sources_) {
        names.push_back(source.name);
        SourceRow row = row_of(database_, source);
        save_source(database_, row);
    }
    // Without any source what was published stays: the last good list outlives its file.
    if (keep_sources(database_, names) && !sources_.empty()) {
        publish_merged({"a source was removed", ""}, now);
    }
}

bool FeedPublisher::store_parts(const SourceOptions& source, const SourceReading& reading) {
    bool changed = false;
    std::map<std::string, std::string> stored;
    for (SourcePart& part : source_parts(database_, source.name)) {
        stored.emplace(std::move(part.part), std::move(part.body));
    }
    for (const SourcePart& part : reading.parts) {
        const auto before = stored.find(part.part);
        changed = changed || before == stored.end() || before->second != part.body;
        save_source_part(database_, source.name, part);
        stored.erase(part.part);
    }
    for (const std::string& part : reading.kept) {
        stored.erase(part);
    }
    for (const auto& [part, body] : stored) {
        remove_source_part(database_, source.name, part);
        changed = true;
    }
    return changed;
}

FeedPublisher::Taken FeedPublisher::take(const SourceOptions& source, const SourceReading& reading,
                                         Timestamp now) {
    SourceRow row = row_of(database_, source);
    row.fetched_us = to_micros(now);
    row.result = name_of(reading.result);
    row.why = reading.why;
    if (reading.result == SourceReading::Result::New) {
        const int64_t entries = entries_after(reading, source_parts(database_, source.name));
        if (entries * 2 < row.entries) {
            row.result = "refused";
            row.why = "its " + std::to_string(entries) + " entries are less than half of the " +
                      std::to_string(row.entries) + " it had";
        } else {
            row.entries = entries;
            row.rejected_count = static_cast<int64_t>(reading.rejected_count);
            row.rejected = reading.rejected;
            row.etag = reading.etag;
            row.last_modified = reading.last_modified;
        }
    }
    save_source(database_, row);
    if (!row.why.empty()) {
        return {true, row.why + keeps(*stores_.feeds)};
    }
    if (row.result != "ok" || !store_parts(source, reading) ||
        !publish_merged({"source " + source.name, ""}, now)) {
        return {false, "unchanged" + rejected_notice(reading)};
    }
    const auto feed = stores_.feeds->feed(kCertificateFeed);
    return {false, std::to_string(row.entries) + " entries" +
                       (feed ? "; " + feed->name + " is version " + feed->version + " with " +
                                   std::to_string(feed->entries) + " entries"
                             : std::string()) +
                       rejected_notice(reading)};
}

bool FeedPublisher::publish_merged(const FeedCause& cause, Timestamp now) {
    std::vector<SourceIndicators> sources;
    for (const SourceOptions& source : sources_) {
        SourceIndicators one{source.name, source.max_age, {}};
        for (const SourcePart& part : source_parts(database_, source.name)) {
            auto indicators = read_indicators(part.body);
            std::move(indicators.begin(), indicators.end(), std::back_inserter(one.indicators));
        }
        sources.push_back(std::move(one));
    }
    merged_ = now;
    const auto merged = merge_indicators(sources, now);
    MergedLists lists = published_lines(merged);
    bool published = false;
    const auto put = [&](std::string_view feed, std::vector<std::string> lines) {
        if (lines.empty() && !stores_.feeds->feed(feed)) {
            return;
        }
        const std::string digest = sha256_hex(intel::render_feed_body(feed_columns(feed), lines));
        // An operator's rollback stays until the sources say something new.
        if (digest != merged_digest(database_, feed)) {
            save_merged_digest(database_, feed, digest);
            published = publish(feed, std::move(lines), cause, now) || published;
        }
    };
    put(kCertificateFeed, std::move(lists.certificates));
    put(kServerFeed, std::move(lists.servers));
    put(kServer6Feed, std::move(lists.servers6));
    return published;
}

bool FeedPublisher::publish(FeedId feed, std::vector<std::string> lines, const FeedCause& cause,
                            Timestamp now) {
    std::size_t entries = 0;
    const std::string body =
        intel::render_feed_body(feed_columns(feed.name), std::move(lines), &entries);
    return stores_.feeds->publish(feed, body, entries, cause, now);
}

bool FeedPublisher::roll_back(FeedId feed, const std::string& version, const FeedCause& cause,
                              Timestamp now) {
    const auto body = stores_.feeds->body_at(feed, version);
    if (!body) {
        return false;
    }
    const auto lines = intel::feed_lines(*body);
    publish(feed, {lines.begin(), lines.end()}, cause, now);
    return true;
}

void FeedPublisher::publish_infected(Timestamp now) {
    const int64_t version = stores_.verdicts->version();
    if (version == infected_version_) {
        return;
    }
    infected_version_ = version;
    for (const Realm realm : all_realms(database_)) {
        const FeedId feed(kInfectedFeed, realm);
        std::vector<std::string> lines;
        for (const InfectedEntry& host : stores_.verdicts->changes(realm, 0).entries) {
            lines.push_back(host.ip + "," + std::to_string(host.level) + "," +
                            listing_text(host.since_us / 1'000'000) + "," +
                            listing_text(host.expires_us.value_or(0) / 1'000'000) + "," +
                            plain_text(host.reason));
        }
        if (!lines.empty() || stores_.feeds->feed(feed)) {
            publish(feed, std::move(lines), {"infected hosts", ""}, now);
        }
    }
}

void FeedPublisher::tick(Timestamp now) {
    publish_infected(now);
    const bool ages = std::any_of(sources_.begin(), sources_.end(),
                                  [](const auto& source) { return source.max_age.count() > 0; });
    if (ages && now - merged_ >= kMergeAgain) {
        publish_merged({"entries became too old", ""}, now);
    }
    for (const FeedRow& feed : stores_.feeds->feeds()) {
        if (now >= from_micros(feed.created_us) + kFeedLifetime / 2) {
            const FeedId id(feed.name, feed.realm);
            stores_.feeds->publish(id, stores_.feeds->body(id),
                                   static_cast<std::size_t>(feed.entries), {"renewed", ""}, now);
        }
    }
}

}  // namespace eti::analysis
