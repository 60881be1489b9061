// A map that forgets the entry touched longest ago when it is full. Every operation is O(1).
#pragma once

#include "eti/base/check.h"
#include "eti/base/keyed_hash.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

namespace eti {

template <typename Key, typename Value>
class BoundedMap {
  public:
    BoundedMap(std::size_t limit, const KeyedHash& hash) : limit_(limit), entries_(0, hash) {
        ETI_CHECK(limit > 0);
    }

    // find returns null when there is none; valid until the next touch or erase.
    Value* find(const Key& key) {
        const auto found = entries_.find(key);
        return found == entries_.end() ? nullptr : &found->second.value;
    }
    // touch finds or makes the entry and makes it the youngest.
    Value& touch(const Key& key) {
        const auto [entry, made] = entries_.try_emplace(key);
        if (!made) {
            order_.splice(order_.begin(), order_, entry->second.place);
            return entry->second.value;
        }
        order_.push_front(&entry->first);
        entry->second.place = order_.begin();
        if (entries_.size() > limit_) {
            ++evicted_;
            erase(*order_.back());
        }
        return entry->second.value;
    }
    // oldest is the value touched longest ago, or null.
    const Value* oldest() const {
        return order_.empty() ? nullptr : &entries_.find(*order_.back())->second.value;
    }
    void erase_oldest() { erase(*order_.back()); }
    void erase(const Key& key) {
        const auto entry = entries_.find(key);
        if (entry != entries_.end()) {
            order_.erase(entry->second.place);
            entries_.erase(entry);
        }
    }

    // for_each visits key and value of every entry, the youngest first.
    template <typename Visit>
    void for_each(Visit visit) const {
        for (const Key* key : order_) {
            visit(*key, entries_.find(*key)->second.value);
        }
    }
    std::size_t size() const { return entries_.size(); }
    uint64_t evicted() const { return evicted_; }

  private:
    struct Entry {
        Value value{};
        typename std::list<const Key*>::iterator place{};
    };

    std::size_t limit_;
    uint64_t evicted_ = 0;
    std::list<const Key*> order_;  // youngest first; the keys are the map's
    std::unordered_map<Key, Entry, KeyedHash> entries_;
};

}  // namespace eti
