// What servers can be found by beside their own columns: certificates and fingerprints seen there.
#pragma once

#include "eti/store/keys.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

namespace eti::analysis {

// KnownKeys remembers hashes of keys that are in the store, so that what nearly every session
// repeats costs no statement. It forgets freely: a key it does not know is asked of the store.
class KnownKeys {
  public:
    explicit KnownKeys(std::size_t slots) : slots_(slots) {}
    bool contains(uint64_t hash) const { return slots_[hash % slots_.size()] == hash; }
    void add(uint64_t hash) { slots_[hash % slots_.size()] = hash; }
    void clear() { slots_.assign(slots_.size(), 0); }

  private:
    std::vector<uint64_t> slots_;
};

// key_hash is a cache's key, not a secret's.
uint64_t key_hash(Realm realm, const net::IpAddress& server,
                  std::initializer_list<std::string_view> parts);

// note_fact: sha1, sha256, ja3 or ja4 with its value was seen at the server. Writer thread.
void note_fact(Database& database, Realm realm, std::string_view kind, std::string_view value,
               const net::IpAddress& server);

// servers_with finds servers by a fact's value; with a prefix, by values that begin so. It is
// nothing when more than max servers have it. Any connection.
std::optional<std::vector<net::IpAddress>> servers_with(Database& database, Realm realm,
                                                        std::string_view kind,
                                                        std::string_view value, bool prefix,
                                                        std::size_t max);

}  // namespace eti::analysis
