// Signed feeds: manifest, body, checks, store, then publish.
#pragma once

#include "eti/base/mailbox.h"
#include "eti/uplink/uplink.h"
#include "uplink/backoff.h"
#include "uplink/feed_check.h"
#include "uplink/http_client.h"
#include "uplink/link_state.h"
#include "uplink/metadata_uploader.h"

#include <deque>
#include <map>
#include <optional>
#include <string>

namespace eti::uplink {

// FeedUpdater asks for the manifest every update interval and then for each feed that changed,
// one after the other. A feed that fails a check leaves the last good one in force. For one thread.
class FeedUpdater {
  public:
    static constexpr std::chrono::seconds kShortestInterval{30};
    static constexpr std::chrono::seconds kLongestInterval{24 * 3600};
    static constexpr std::chrono::seconds kUsualInterval{300};  // before a manifest names one

    FeedUpdater(const Options& options, HttpClient& http, LinkState& link, Mailbox<Event>& events,
                Random random);

    void open();     // reads the stored feeds; load_stored_state has reported any damage
    void refresh();  // asks at once, or once more when a round is under way
    void run(SteadyTime now);
    std::optional<SteadyTime> due() const;

  private:
    struct Held {
        ManifestEntry entry;
        std::string etag;
        bool want_whole = false;  // a delta did not fit
        // What control was told last, if it was a list of certificates.
        std::optional<BlocklistUpdate> blocklist = {};
    };
    bool wanted(const std::string& name) const;
    HttpRequest request_for(const std::string& path) const;
    void ask_for_manifest();
    void on_manifest(const HttpRequest& request, const HttpResponse& response);
    void consider(const Manifest& manifest, ManifestEntry entry);
    void fetch_next();
    void on_feed(const HttpRequest& request, HttpResponse response);
    void renew(const ManifestEntry& entry);
    // patch makes the body out of a delta and the stored one; empty text, or why it cannot.
    std::string patch(const ManifestEntry& entry, const intel::FeedDelta& delta,
                      std::string& body) const;
    // accept takes a feed as it is, or as the delta made it of what is held.
    void accept(HeldFeed feed, const intel::FeedDelta* delta = nullptr);
    void unreachable(std::string why, const HttpResponse& response);
    void refuse(const std::string& name, Refusal kind, std::string reason);
    void end_round();

    const Options& options_;
    HttpClient& http_;
    LinkState& link_;
    Mailbox<Event>& events_;
    Random random_;
    Backoff backoff_;
    FeedKey key_;
    std::string key_id_;  // as the manifest said
    std::map<std::string, Held> held_;
    std::deque<ManifestEntry> to_fetch_;  // the first one is under way
    bool busy_ = false;
    bool again_ = false;
    std::chrono::seconds interval_ = kUsualInterval;
    SteadyTime next_{};
};

}  // namespace eti::uplink
