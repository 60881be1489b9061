// Applies what the uplink brings: publishes tables, expires hosts, remembers each feed's state.
#pragma once

#include "eti/control/status.h"
#include "eti/control/worker_link.h"
#include "eti/uplink/messages.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace eti::control {

// FileIdentity tells whether a file is still the one that was read; null: there was none.
struct FileIdentity {
    uint64_t inode = 0;
    int64_t size = 0;
    int64_t changed_ns = 0;

    bool operator==(const FileIdentity&) const = default;
};

// VerdictHandler is the only writer of the blocklist, the infected hosts and the allowlist.
class VerdictHandler {
  public:
    using HostChanged = std::function<void(const intel::InfectedHost&, bool added)>;

    // Wanted is what the configuration says. Files and typed lists stand beside the feeds.
    struct Wanted {
        std::vector<std::string> certificate_files;
        bool certificate_feed = false;
        bool infected_hosts = false;
        std::vector<intel::Sha1Blocklist::Source> certificates = {};  // lists that are typed in
        std::vector<intel::AllowlistEntry> allowlist = {};
    };

    // Files are read now; problems with them are sentences in problems().
    VerdictHandler(PublishedTables tables, const Wanted& wanted, Timestamp now);

    // reconfigure reads again the files that changed, and empties the tables of feeds that are no
    // longer used. A file that was read before and no longer can be stays as it was.
    void reconfigure(const Wanted& wanted, Timestamp now);

    void apply(uplink::InfectedHostsUpdate update, const HostChanged& changed, Timestamp now);
    void apply(uplink::BlocklistUpdate update);
    void apply(uplink::AllowlistUpdate update);
    void apply(const uplink::FeedFailure& failure);
    // add lists a host that this device judged; the service's next list takes its place.
    void add(intel::InfectedHost host, const HostChanged& changed);
    // expire publishes a table without the hosts whose time is over.
    void expire(const HostChanged& changed, Timestamp now);

    // try_lists reads list files that are not in force; unreadable ones are left out.
    static std::vector<intel::Sha1Blocklist::List> try_lists(const std::vector<std::string>& paths);
    static std::string list_name(const std::string& path);  // as hits and feeds show it

    // feeds of the categories CC, Infected-Hosts and Whitelist.
    std::vector<uplink::FeedInfo> certificate_feeds() const;
    const uplink::FeedInfo& infected_hosts_feed() const { return infected_hosts_; }
    const uplink::FeedInfo& allowlist_feed() const { return allowlist_; }
    std::vector<uplink::FeedInfo> allowlist_feeds() const;
    const std::vector<std::string>& problems() const { return problems_; }

  private:
    struct LocalList {
        std::string path;
        FileIdentity identity;  // of the file when it was read
        uplink::FeedInfo info;
        intel::Sha1Blocklist::List list;
    };
    struct TypedList {
        uplink::FeedInfo info;
        intel::Sha1Blocklist::Source entries;
        intel::Sha1Blocklist::List list;
    };
    LocalList read_list(const std::string& path, Timestamp now);
    // read_lists answers whether any list differs from before.
    bool read_lists(const std::vector<std::string>& paths, Timestamp now);
    // publish_hosts tells which hosts came and went; next_expiry_ is the caller's.
    void publish_hosts(intel::InfectedHosts hosts, const HostChanged& changed);
    void note_expiry(const intel::InfectedHost& host);
    // take_typed answers whether any typed list differs from before.
    bool take_typed(const std::vector<intel::Sha1Blocklist::Source>& lists, Timestamp now);
    void take_allowlist(const std::vector<intel::AllowlistEntry>& entries, Timestamp now);
    void publish_blocklist();
    void publish_allowlist(std::vector<intel::AllowlistEntry> feed_entries);

    PublishedTables tables_;
    std::vector<LocalList> lists_;
    std::vector<TypedList> typed_;
    std::vector<intel::AllowlistEntry> local_allowlist_;
    uplink::FeedInfo local_allowlist_info_;
    uplink::FeedInfo certificates_;
    std::shared_ptr<const intel::CertificateTable> certificate_table_;  // null: no feed
    uplink::FeedInfo infected_hosts_;
    uplink::FeedInfo allowlist_;
    std::vector<std::string> problems_;
    Timestamp next_expiry_ = Timestamp::max();
};

}  // namespace eti::control
