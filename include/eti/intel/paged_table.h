// An immutable table in pages, so that the next version of a long list shares what did not change.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace eti::intel {

// PagedTable holds slots in the order of their keys. The top bits of a key's prefix choose its
// page, and the bits below them say where in the page to look first: with evenly spread prefixes a
// lookup reads the page's reference and one or two lines of the page; with any others it takes a
// logarithmic number of steps. Never changes after construction; any thread.
//
// A slot has a key(), ordered, and a static prefix(key) of 64 bits. Slots are ordered by prefix
// and then by key.
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
    static constexpr std::size_t kSlotsPerPage = 128;
    static constexpr unsigned kMostPageBits = 16;

    struct Page {
        std::shared_ptr<const Slot[]> slots;
        std::size_t size = 0;

        std::span<const Slot> span() const { return {slots.get(), size}; }
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

    static void order(std::vector<Slot>& slots);
    static Page page_with(std::span<const Slot> slots);
    static void merge(std::span<const Slot> held, std::span<const Slot> added,
                      std::span<const Key> removed, std::vector<Slot>& result);
    void cut(std::span<const Slot> ordered);
    void cut_again();

    std::vector<Page> pages_;  // 2^bits_, or none
    unsigned bits_ = 0;
    std::size_t size_ = 0;
};

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
typename PagedTable<Slot>::Page PagedTable<Slot>::page_with(std::span<const Slot> slots) {
    if (slots.empty()) {
        return {};
    }
    auto copies = std::make_shared_for_overwrite<Slot[]>(slots.size());
    std::copy(slots.begin(), slots.end(), copies.get());
    return {std::move(copies), slots.size()};
}

template <typename Slot>
void PagedTable<Slot>::cut(std::span<const Slot> ordered) {
    size_ = ordered.size();
    bits_ = bits_for(size_);
    pages_.clear();
    if (ordered.empty()) {
        return;
    }
    pages_.resize(std::size_t{1} << bits_);
    for (std::size_t begin = 0; begin < ordered.size();) {
        const std::size_t number = page_of(Slot::prefix(ordered[begin].key()));
        std::size_t end = begin + 1;
        while (end < ordered.size() && page_of(Slot::prefix(ordered[end].key())) == number) {
            ++end;
        }
        pages_[number] = page_with(ordered.subspan(begin, end - begin));
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
void PagedTable<Slot>::merge(std::span<const Slot> held, std::span<const Slot> added,
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
        merge(pages_[number].span(), {slot, last_slot}, {key, last_key}, slots);
        next.size_ += slots.size();
        next.size_ -= pages_[number].size;
        next.pages_[number] = page_with(slots);
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
    const Page& page = pages_[page_of(prefix)];
    if (page.size == 0) {
        return nullptr;
    }
    const Slot* slots = page.slots.get();
    const auto is_before = [&](const Slot& slot) {
        return before(Slot::prefix(slot.key()), slot.key(), prefix, key);
    };
    // Where the key would be if prefixes were spread evenly; it is there or a few slots away.
    const std::size_t guess = (prefix << bits_ >> 32) * page.size >> 32;
    std::size_t low = 0;
    std::size_t high = page.size;
    if (is_before(slots[guess])) {
        low = guess + 1;
        for (std::size_t step = 1; high - low > step; step *= 2) {
            if (!is_before(slots[low + step])) {
                high = low + step;
                break;
            }
            low += step + 1;
        }
    } else {
        high = guess;
        for (std::size_t step = 1; high - low > step; step *= 2) {
            if (is_before(slots[high - step])) {
                low = high - step + 1;
                break;
            }
            high -= step;
        }
    }
    const Slot* at = std::partition_point(slots + low, slots + high, is_before);
    return at != slots + page.size && at->key() == key ? at : nullptr;
}

template <typename Slot>
std::size_t PagedTable<Slot>::memory_bytes() const {
    constexpr std::size_t kPerAllocation = 32;  // counts of references, and the allocator's own
    std::size_t bytes = pages_.capacity() * sizeof(Page) + size_ * sizeof(Slot);
    for (const Page& page : pages_) {
        bytes += page.size == 0 ? 0 : kPerAllocation;
    }
    return bytes;
}

template <typename Slot>
template <typename Visit>
bool PagedTable<Slot>::each(Visit&& visit) const {
    for (const Page& page : pages_) {
        for (const Slot& slot : page.span()) {
            if (!visit(slot)) {
                return false;
            }
        }
    }
    return true;
}

template <typename Slot>
template <typename Visit>
void PagedTable<Slot>::each_missing(const PagedTable& other, Visit&& visit) const {
    const bool alike = pages_.size() == other.pages_.size();
    for (std::size_t i = 0; i < pages_.size(); ++i) {
        if (alike && pages_[i].slots == other.pages_[i].slots) {
            continue;
        }
        for (const Slot& slot : pages_[i].span()) {
            if (other.find(slot.key()) == nullptr) {
                visit(slot);
            }
        }
    }
}

}  // namespace eti::intel
