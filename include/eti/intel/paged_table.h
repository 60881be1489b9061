// An immutable table in pages, so that the next version of a long list shares what did not change.
#pragma once

#include "eti/intel/page_memory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace eti::intel {

// PagedTable holds slots in the order of their keys. The top bits of a key's prefix choose its
// page, and the bits below them its place there. A page has a sixth more places than slots, so a
// slot stands at its place or a few further on: with evenly spread prefixes a lookup reads a small
// directory and one or two neighbouring lines of the page, with any others it takes a logarithmic
// number of steps. Never changes after construction; any thread.
//
// A slot is plain data with a key(), ordered, a static prefix(key) of 64 bits, and used(), which is
// false for Slot{} only. Slots are ordered by prefix and then by key.
template <typename Slot>
class PagedTable {
  public:
    using Key = std::decay_t<decltype(std::declval<const Slot&>().key())>;

    PagedTable() = default;
    // Of several slots with one key the first stays.
    explicit PagedTable(std::vector<Slot> slots) {
        order(slots);
        cut(slots);
    }

    // with makes the table without the removed keys and then with the added slots, which replace
    // those of the same key. Pages in which nothing changes are shared.
    PagedTable with(std::vector<Slot> added, std::vector<Key> removed) const;

    // find returns null when the key is not there.
    const Slot* find(const Key& key) const;
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    std::size_t memory_bytes() const;

    // each visits all slots in order until visit returns false, and returns whether it never did.
    template <typename Visit>
    bool each(Visit&& visit) const;
    // each_missing visits the slots whose keys other lacks; it skips what both share.
    template <typename Visit>
    void each_missing(const PagedTable& other, Visit&& visit) const;

  private:
    static_assert(std::is_trivially_copyable_v<Slot>);

    static constexpr std::size_t kSlotsPerPage = 128;
    static constexpr unsigned kMostPageBits = 16;
    static constexpr std::size_t kMostPlaces = std::numeric_limits<uint16_t>::max();
    static constexpr std::size_t kWorthHugePages = 4 * PageMemory::kChunkBytes;
    // A lookup goes on slot by slot for so long: with evenly spread prefixes hardly any key is
    // further from its place.
    static constexpr unsigned kNear = 32;

    // A page's places: what stands at one before its own slot repeats that slot, so that all are in
    // order, and what follows the last slot is unused.
    struct Page {
        std::shared_ptr<const Slot[]> slots;
        uint32_t length = 0;
        uint32_t size = 0;  // distinct slots

        // each visits the slots in order until visit returns false, and returns whether it did not.
        template <typename Visit>
        bool each(Visit&& visit) const;
    };

    static bool before(uint64_t prefix, const Key& key, uint64_t other_prefix, const Key& other) {
        return prefix != other_prefix ? prefix < other_prefix : key < other;
    }
    static bool before(const Key& key, const Key& other) {
        return before(Slot::prefix(key), key, Slot::prefix(other), other);
    }
    static unsigned bits_for(std::size_t slots) {
        unsigned bits = 0;
        while (bits < kMostPageBits && slots >> bits > kSlotsPerPage) {
            ++bits;
        }
        return bits;
    }
    std::size_t page_of(uint64_t prefix) const { return prefix >> 1 >> (63 - bits_); }
    std::size_t place_of(uint64_t prefix, std::size_t places) const {
        return (prefix << bits_ >> 32) * places >> 32;
    }

    static void order(std::vector<Slot>& slots);
    static void merge(const std::vector<Slot>& held, std::span<const Slot> added,
                      std::span<const Key> removed, std::vector<Slot>& result);
    void set_page(std::size_t number, std::span<const Slot> slots);
    void cut(std::span<const Slot> ordered);
    void cut_again();

    // What lookups read of the pages, 2^bits_ or none: 10 bytes each, so that a core's cache keeps
    // them.
    std::vector<const Slot*> first_;
    std::vector<uint16_t> places_;
    std::vector<Page> pages_;
    std::shared_ptr<PageMemory> memory_;  // null: short enough for the usual memory
    unsigned bits_ = 0;
    std::size_t size_ = 0;
};

template <typename Slot>
template <typename Visit>
bool PagedTable<Slot>::Page::each(Visit&& visit) const {
    const std::span<const Slot> all(slots.get(), length);
    for (std::size_t i = 0; i < length && all[i].used(); ++i) {
        // Prefixes first: nearly all differ there, and a whole digest takes a call to compare.
        const bool repeated = all[i + 1].used() &&
                              Slot::prefix(all[i + 1].key()) == Slot::prefix(all[i].key()) &&
                              all[i + 1].key() == all[i].key();
        if (!repeated && !visit(all[i])) {
            return false;
        }
    }
    return true;
}

template <typename Slot>
void PagedTable<Slot>::order(std::vector<Slot>& slots) {
    const auto less = [](const Slot& a, const Slot& b) { return before(a.key(), b.key()); };
    if (!std::is_sorted(slots.begin(), slots.end(), less)) {
        std::stable_sort(slots.begin(), slots.end(), less);
    }
    const auto same = [](const Slot& a, const Slot& b) { return a.key() == b.key(); };
    slots.erase(std::unique(slots.begin(), slots.end(), same), slots.end());
}

template <typename Slot>
void PagedTable<Slot>::set_page(std::size_t number, std::span<const Slot> slots) {
    static constexpr Slot kUnused{};
    if (slots.empty()) {
        pages_[number] = {};
        first_[number] = &kUnused;
        places_[number] = 1;
        return;
    }
    const std::size_t places = std::min(slots.size() + slots.size() / 6 + 1, kMostPlaces);
    const auto place = [&](const Slot& slot) { return place_of(Slot::prefix(slot.key()), places); };
    std::size_t next = 0;
    for (const Slot& slot : slots) {
        next = std::max(place(slot), next) + 1;
    }
    // An unused one at the end, where every lookup ends at the latest.
    const std::size_t length = std::max(next, places) + 1;
    auto copies = page_of_slots<Slot>(memory_, length);
    Slot* at = copies.get();
    for (const Slot& slot : slots) {
        const Slot* own = copies.get() + place(slot);
        do {
            *at++ = slot;
        } while (at <= own);
    }
    std::uninitialized_fill(at, copies.get() + length, kUnused);
    first_[number] = copies.get();
    places_[number] = static_cast<uint16_t>(places);
    pages_[number] = {std::move(copies), static_cast<uint32_t>(length),
                      static_cast<uint32_t>(slots.size())};
}

template <typename Slot>
void PagedTable<Slot>::cut(std::span<const Slot> ordered) {
    size_ = ordered.size();
    bits_ = bits_for(size_);
    const std::size_t count = ordered.empty() ? 0 : std::size_t{1} << bits_;
    memory_ = size_ * sizeof(Slot) < kWorthHugePages ? nullptr : std::make_shared<PageMemory>();
    pages_.assign(count, {});
    first_.assign(count, nullptr);
    places_.assign(count, 0);
    std::size_t begin = 0;
    for (std::size_t number = 0; number < count; ++number) {
        std::size_t end = begin;
        while (end < ordered.size() && page_of(Slot::prefix(ordered[end].key())) == number) {
            ++end;
        }
        set_page(number, ordered.subspan(begin, end - begin));
        begin = end;
    }
}

template <typename Slot>
void PagedTable<Slot>::cut_again() {
    std::vector<Slot> slots;
    slots.reserve(size_);
    each([&](const Slot& slot) {
        slots.push_back(slot);
        return true;
    });
    cut(slots);
}

template <typename Slot>
void PagedTable<Slot>::merge(const std::vector<Slot>& held, std::span<const Slot> added,
                             std::span<const Key> removed, std::vector<Slot>& result) {
    result.clear();
    auto from = held.begin();
    // take_until takes what stands before key, and leaves out what key itself had.
    const auto take_until = [&](const Key& key) {
        const auto at = std::partition_point(
            from, held.end(), [&](const Slot& slot) { return before(slot.key(), key); });
        result.insert(result.end(), from, at);
        from = at != held.end() && at->key() == key ? std::next(at) : at;
    };
    auto next = added.begin();
    auto gone = removed.begin();
    while (next != added.end() || gone != removed.end()) {
        if (next == added.end() || (gone != removed.end() && before(*gone, next->key()))) {
            take_until(*gone++);
        } else {
            take_until(next->key());
            result.push_back(*next++);
        }
    }
    result.insert(result.end(), from, held.end());
}

template <typename Slot>
PagedTable<Slot> PagedTable<Slot>::with(std::vector<Slot> added, std::vector<Key> removed) const {
    order(added);
    if (pages_.empty()) {
        return PagedTable(std::move(added));
    }
    std::sort(removed.begin(), removed.end(),
              [](const Key& a, const Key& b) { return before(a, b); });
    PagedTable next = *this;
    std::vector<Slot> held;
    std::vector<Slot> slots;
    auto slot = added.begin();
    auto key = removed.begin();
    while (slot != added.end() || key != removed.end()) {
        std::size_t number = pages_.size();
        if (slot != added.end()) {
            number = page_of(Slot::prefix(slot->key()));
        }
        if (key != removed.end()) {
            number = std::min(number, page_of(Slot::prefix(*key)));
        }
        const auto last_slot = std::find_if(slot, added.end(), [&](const Slot& other) {
            return page_of(Slot::prefix(other.key())) != number;
        });
        const auto last_key = std::find_if(key, removed.end(), [&](const Key& other) {
            return page_of(Slot::prefix(other)) != number;
        });
        held.clear();
        pages_[number].each([&](const Slot& each) {
            held.push_back(each);
            return true;
        });
        merge(held, {slot, last_slot}, {key, last_key}, slots);
        next.size_ += slots.size();
        next.size_ -= pages_[number].size;
        next.set_page(number, slots);
        slot = last_slot;
        key = last_key;
    }
    // Pages may hold half or twice as much as they should before all are cut again.
    const unsigned bits = bits_for(next.size_);
    if (bits > bits_ + 1 || bits + 1 < bits_) {
        next.cut_again();
    }
    return next;
}

template <typename Slot>
const Slot* PagedTable<Slot>::find(const Key& key) const {
    if (pages_.empty()) {
        return nullptr;
    }
    const uint64_t prefix = Slot::prefix(key);
    const std::size_t number = page_of(prefix);
    const Slot* at = first_[number] + place_of(prefix, places_[number]);
    const auto is_before = [&](const Slot& slot) {
        return slot.used() && before(Slot::prefix(slot.key()), slot.key(), prefix, key);
    };
    for (unsigned i = 0; i < kNear; ++i) {
        if (!is_before(*at)) {
            return at->used() && at->key() == key ? at : nullptr;
        }
        ++at;
    }
    const Page& page = pages_[number];
    at = std::partition_point(at, page.slots.get() + page.length - 1, is_before);
    return at->used() && at->key() == key ? at : nullptr;
}

template <typename Slot>
std::size_t PagedTable<Slot>::memory_bytes() const {
    constexpr std::size_t kPerPage = 64;  // counts of references and whose memory it is
    std::size_t bytes = pages_.capacity() * (sizeof(Page) + sizeof(const Slot*) + sizeof(uint16_t));
    for (const Page& page : pages_) {
        bytes += page.size == 0 ? 0 : PageMemory::rounded(page.length * sizeof(Slot)) + kPerPage;
    }
    return bytes;
}

template <typename Slot>
template <typename Visit>
bool PagedTable<Slot>::each(Visit&& visit) const {
    return std::all_of(pages_.begin(), pages_.end(),
                       [&](const Page& page) { return page.each(visit); });
}

template <typename Slot>
template <typename Visit>
void PagedTable<Slot>::each_missing(const PagedTable& other, Visit&& visit) const {
    const bool alike = pages_.size() == other.pages_.size();
    for (std::size_t i = 0; i < pages_.size(); ++i) {
        if (alike && pages_[i].slots == other.pages_[i].slots) {
            continue;
        }
        pages_[i].each([&](const Slot& slot) {
            if (other.find(slot.key()) == nullptr) {
                visit(slot);
            }
            return true;
        });
    }
}

}  // namespace eti::intel
