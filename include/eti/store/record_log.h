// RecordLog: the batches of records as they were posted, in the order they came. Realms share one
// order; a batch's realm stands with it.
//
// Guarantees: a (realm, key) is appended once, however often it is sent, and every repetition gets
// the first one's answer; positions grow with every append and are never used again; each group
// reads every batch behind its own position, whatever other groups do; what a group has not
// acknowledged it reads again, also after a restart. A key is remembered and a batch is kept for as
// long as retention keeps them: a group that falls further behind misses what has gone.
//
// append and acknowledge: writer thread, inside its transaction; batches are kept once that has
// committed. read: any connection. Every function throws StorageError.
//
// Embedded, the engine takes a batch in the transaction that appends it, so that nothing has to be
// read back. A log on several machines answers once enough of them hold the batch; its consumers
// take batches at least once and in the order of each sensor, not of all, and remember keys for a
// window of time only: the history's own idempotence covers the rest.
#pragma once

#include "eti/ingest/session_record.h"
#include "eti/store/keys.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

struct Appended {
    int64_t position = 0;  // from 1; 0: the batch holds no session, so nobody has to consume it
    std::string answer;    // the one given, or the one an earlier batch with this key got
    bool duplicate = false;
};

struct LoggedBatch {
    int64_t position = 0;
    Realm realm = kDefaultRealm;
    int64_t received_us = 0;
    std::string lines;  // as they were posted, not packed; empty when they are damaged
};

class RecordLog {
  public:
    virtual ~RecordLog() = default;

    // append keeps the batch's lines and, under its key, its answer. A duplicate changes nothing
    // and has no position. An empty key is never remembered.
    virtual Appended append(Realm realm, std::string_view key, const RecordBatch& batch,
                            std::string_view answer, Timestamp now) = 0;

    // read is at most limit batches behind what the group has acknowledged, in the order of their
    // positions. A group is there from its first acknowledgement on; before, it reads from the
    // start.
    virtual std::vector<LoggedBatch> read(std::string_view group, std::size_t limit) const = 0;

    // read_from is at most limit batches behind that position, whoever has read them.
    virtual std::vector<LoggedBatch> read_from(int64_t position, std::size_t limit) const = 0;
    // acknowledged is the group's position, 0 before its first; last_before that of the last batch
    // received before then, 0 when none is kept.
    virtual int64_t acknowledged(std::string_view group) const = 0;
    virtual int64_t last_before(Timestamp received) const = 0;

    // acknowledge: the group is done with everything up to and including position. A position
    // below an earlier one changes nothing.
    virtual void acknowledge(std::string_view group, int64_t position) = 0;
};

}  // namespace eti::analysis
