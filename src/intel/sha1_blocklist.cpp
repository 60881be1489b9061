#include "eti/intel/sha1_blocklist.h"

#include "eti/base/hex.h"
#include "intel/mix.h"

#include <algorithm>
#include <map>
#include <utility>

namespace eti::intel {
namespace {

// Slot::text has 24 bits; some numbers are left for the feeds themselves.
constexpr std::size_t kMaxTexts = (1U << 24) - 4096;

template <typename Entries>
auto lower_bound_of(Entries& entries, const Sha256Digest& sha256) {
    return std::lower_bound(
        entries.begin(), entries.end(), sha256,
        [](const auto& entry, const Sha256Digest& digest) { return entry.sha256 < digest; });
}

}  // namespace

// Filler puts the lists into a table, one after the other.
class Sha1Blocklist::Filler {
  public:
    explicit Filler(Sha1Blocklist& table) : table_(table) {}

    void add(const Source& source) {
        number_of(source.feed, {});
        for (const CertificateEntry& entry : source.entries) {
            add(source.feed, entry);
        }
        for (const Sha256Entry& entry : source.sha256_entries) {
            table_.longer_.push_back(
                {entry.sha256, number_of(source.feed, entry.reason), entry.threat_level});
        }
    }

    // The first list wins: it was put in first, and equal ones stay in their order.
    void order_longer() {
        const auto same = [](const Longer& a, const Longer& b) { return a.sha256 == b.sha256; };
        std::stable_sort(table_.longer_.begin(), table_.longer_.end(),
                         [](const Longer& a, const Longer& b) { return a.sha256 < b.sha256; });
        table_.longer_.erase(std::unique(table_.longer_.begin(), table_.longer_.end(), same),
                             table_.longer_.end());
    }

  private:
    void add(std::string_view feed, const CertificateEntry& entry) {
        auto& slots = table_.slots_;
        std::size_t at = mix(entry.sha1) & (slots.size() - 1);
        while (slots[at].text != 0 && slots[at].sha1 != entry.sha1) {
            at = (at + 1) & (slots.size() - 1);
        }
        if (slots[at].text == 0) {
            slots[at].sha1 = entry.sha1;
            slots[at].text = number_of(feed, entry.reason) & 0xffffffU;
            slots[at].threat_level = entry.threat_level;
            ++table_.size_;
        }
    }

    // A list with more distinct reasons than numbers keeps its entries and loses reasons.
    uint32_t number_of(std::string_view feed, std::string_view reason) {
        auto& texts = table_.texts_;
        const auto key = std::pair(feed, texts.size() < kMaxTexts ? reason : std::string_view());
        const auto [at, added] = numbers_.try_emplace(key, static_cast<uint32_t>(texts.size() + 1));
        if (added) {
            texts.push_back({std::string(key.first), std::string(key.second)});
        }
        return at->second;
    }

    Sha1Blocklist& table_;
    std::map<std::pair<std::string_view, std::string_view>, uint32_t> numbers_;
};

Sha1Blocklist::Sha1Blocklist(std::span<const Source> sources) {
    std::size_t entries = 0;
    std::size_t longer = 0;
    for (const Source& source : sources) {
        entries += source.entries.size();
        longer += source.sha256_entries.size();
    }
    if (entries > 0) {
        slots_.resize(slots_for(entries));
    }
    longer_.reserve(longer);
    Filler filler(*this);
    for (const Source& source : sources) {
        filler.add(source);
    }
    filler.order_longer();
}

const Sha1Blocklist::Slot* Sha1Blocklist::slot_of(const Sha1Digest& sha1) const {
    if (slots_.empty()) {
        return nullptr;
    }
    std::size_t at = mix(sha1) & (slots_.size() - 1);
    while (slots_[at].text != 0) {
        if (slots_[at].sha1 == sha1) {
            return &slots_[at];
        }
        at = (at + 1) & (slots_.size() - 1);
    }
    return nullptr;
}

bool Sha1Blocklist::find(const Sha1Digest& sha1, Hit& hit) const {
    const Slot* slot = slot_of(sha1);
    if (slot == nullptr) {
        return false;
    }
    hit = hit_of(slot->text, slot->threat_level);
    return true;
}

bool Sha1Blocklist::find(const Sha256Digest& sha256, Hit& hit) const {
    const auto at = lower_bound_of(longer_, sha256);
    if (at == longer_.end() || at->sha256 != sha256) {
        return false;
    }
    hit = hit_of(at->text, at->threat_level);
    return true;
}

Sha1Blocklist::Hit Sha1Blocklist::hit_of(uint32_t text, unsigned threat_level) const {
    return {static_cast<ThreatLevel>(threat_level), texts_[text - 1].feed, texts_[text - 1].reason};
}

std::vector<Sha1Blocklist::Entry> Sha1Blocklist::list(std::string_view feed, std::size_t start,
                                                      std::size_t count) const {
    std::vector<Entry> entries;
    // add answers false when there are enough.
    const auto add = [&](std::string_view kind, std::span<const uint8_t> digest, const Hit& hit) {
        if (hit.feed != feed) {
            return true;
        }
        if (start > 0) {
            --start;
            return true;
        }
        if (entries.size() < count) {
            entries.push_back({kind, to_hex(digest), hit});
        }
        return entries.size() < count;
    };
    for (const Slot& slot : slots_) {
        if (slot.text != 0 && !add("sha1", slot.sha1, hit_of(slot.text, slot.threat_level))) {
            return entries;
        }
    }
    for (const Longer& longer : longer_) {
        if (!add("sha256", longer.sha256, hit_of(longer.text, longer.threat_level))) {
            return entries;
        }
    }
    return entries;
}

Sha1Blocklist::Source Sha1Blocklist::entries_of(std::string_view feed) const {
    Source source{std::string(feed), {}};
    for (const Slot& slot : slots_) {
        if (slot.text != 0 && texts_[slot.text - 1].feed == feed) {
            source.entries.push_back({slot.sha1, static_cast<ThreatLevel>(slot.threat_level),
                                      texts_[slot.text - 1].reason});
        }
    }
    for (const Longer& longer : longer_) {
        if (texts_[longer.text - 1].feed == feed) {
            source.sha256_entries.push_back(
                {longer.sha256, longer.threat_level, texts_[longer.text - 1].reason});
        }
    }
    return source;
}

}  // namespace eti::intel
