// HistoryStore: the sessions, and the pages that show them.
//
// Guarantees: a session is there once, by (sensor, id), however often and in whatever order its
// phases come: a later phase takes the place of an earlier one, an earlier one or the same one
// again changes nothing. A session stays where its first phase put it (client, server, start); what
// it counts as only grows. Once applied, the pages equal a recount of the sessions. Pages end where
// the limit says and their cursor goes on behind the last row, so that nothing is shown twice.
//
// find, insert and what concerns changes that wait: writer thread, inside its transaction. All
// others: any connection. Every function throws StorageError.
//
// Embedded, a session's row is written at once and the roll-ups behind the pages follow in groups.
// A store on several machines collects what is inserted and sends it as one block, made the same
// way when it is sent again, so that the repetition is dropped; its roll-ups follow by themselves.
#pragma once

#include "eti/store/server_pages.h"
#include "eti/store/sessions.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

struct HistorySession {
    SessionPlace place;
    const SessionRecord& record;  // borrowed for the call
    Contribution contribution;    // by this record alone
    std::string category;         // what the level's evidence says
};

struct ServersPage {
    std::vector<ServerRow> rows;
    std::optional<ServerCursor> next;
    int64_t total = 0;  // that match
    TimeRange range;
};
struct SessionsPage {
    std::vector<SessionRow> sessions;
    std::optional<SessionCursor> next;
};

class HistoryStore {
  public:
    virtual ~HistoryStore() = default;

    virtual std::optional<StoredSession> find(int64_t sensor, std::string_view id) const = 0;
    // insert stores the session over before, which find returned in this transaction, and returns
    // what is stored now: before itself when that is the later phase.
    virtual StoredSession insert(const HistorySession& session,
                                 const std::optional<StoredSession>& before) = 0;
    // raise gives a stored session a higher level, for category; a lower one changes nothing.
    virtual void raise(Realm realm, const StoredSession& session, uint8_t level,
                       const std::string& category) = 0;

    // Changes the pages do not show yet. A job that fails takes back what it added by the number
    // there was before it. keep makes them last with the transaction; apply shows them instead and
    // returns the servers that changed, see Rollups. reload goes back to what the store holds:
    // after a transaction was given up, and at the start.
    virtual std::size_t waiting() const = 0;
    virtual void take_back_to(std::size_t waiting) = 0;
    virtual void keep() = 0;
    virtual std::vector<ServerState> apply() = 0;
    virtual void reload() = 0;

    // servers throws FilterError when a condition matches too many servers to look at.
    virtual ServersPage servers(ServerQuery query) const = 0;
    virtual std::optional<ServerRow> server(Realm realm, const net::IpAddress& ip,
                                            const TimeRange& range) const = 0;
    virtual SessionsPage sessions(const SessionQuery& query) const = 0;
    // named has the sessions of all sensors with this id, at most ten.
    virtual std::vector<SessionRow> named(Realm realm, std::string_view id) const = 0;
};

}  // namespace eti::analysis
