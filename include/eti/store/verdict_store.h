// VerdictStore: the infected-host list. Every change has a version, a number that grows and starts
// at the store's creation time in seconds, so that a sensor that knew a lost store never mistakes
// another one for it. Realms share the counter, each sees its own entries.
//
// Guarantees: put and remove change an entry only if it is as the caller knows it (compare and
// set), and then the version grows; a watcher that asks with the last version it was told sees the
// last state of everything that changed since, each once and in the order of versions; what was
// removed is told as removed (a tombstone) to those who may still have it. A bounded number of
// tombstones is kept: a watcher that is too far behind, or ahead, gets the whole list.
//
// put, remove, expire: writer thread, inside its transaction. All others: any connection. Every
// function throws StorageError.
//
// Embedded, one writer never loses a comparison. Where several nodes score, they do: a caller that
// loses reads the entry again and decides anew. There a watcher may be pushed what changes tells.
#pragma once

#include "eti/store/keys.h"

#include <optional>
#include <string>
#include <vector>

namespace eti::analysis {

struct InfectedEntry {
    std::string ip;
    int64_t level = 0;
    std::string reason;
    int64_t since_us = 0;
    std::optional<int64_t> expires_us;
    int64_t version = 0;  // of its last change; put ignores it
};
inline constexpr int64_t kNotListed = 0;  // the version of a host without an entry

struct InfectedChanges {
    int64_t version = 0;  // to ask with next
    bool full = false;    // entries are the whole list; what is not there is not listed
    std::vector<InfectedEntry> entries;  // by version
    std::vector<std::string> removed;    // by version
};

class VerdictStore {
  public:
    virtual ~VerdictStore() = default;

    virtual int64_t version() const = 0;  // of the last change in any realm
    virtual std::optional<InfectedEntry> entry(Realm realm, const std::string& ip) const = 0;
    virtual InfectedChanges changes(Realm realm, int64_t since) const = 0;

    // put lists the host if its entry's version is expected (kNotListed: it is not listed);
    // remove takes it off the list if it is. They are false, and nothing changes, when it is not.
    virtual bool put(Realm realm, const InfectedEntry& entry, int64_t expected) = 0;
    virtual bool remove(Realm realm, const std::string& ip, int64_t expected) = 0;
    // expire removes the entries whose time has come, and forgets tombstones beyond the bound.
    virtual void expire(Timestamp now) = 0;
};

}  // namespace eti::analysis
