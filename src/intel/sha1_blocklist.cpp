#include "eti/intel/sha1_blocklist.h"

#include "intel/mix.h"

#include <map>
#include <utility>

namespace eti::intel {
namespace {

// Slot::text has 24 bits; some numbers are left for the feeds themselves.
constexpr std::size_t kMaxTexts = (1U << 24) - 4096;

}  // namespace

Sha1Blocklist::Sha1Blocklist(std::span<const Source> sources) {
    std::size_t entries = 0;
    for (const Source& source : sources) {
        entries += source.entries.size();
    }
    if (entries == 0) {
        return;
    }
    slots_.resize(slots_for(entries));
    std::map<std::pair<std::string_view, std::string_view>, uint32_t> numbers;
    const auto number_of = [&](std::string_view feed, std::string_view reason) {
        // A list with more distinct reasons than numbers keeps its entries and loses reasons.
        const auto key = std::pair(feed, texts_.size() < kMaxTexts ? reason : std::string_view());
        const auto [at, added] = numbers.try_emplace(key, static_cast<uint32_t>(texts_.size() + 1));
        if (added) {
            texts_.push_back({std::string(key.first), std::string(key.second)});
        }
        return at->second & 0xffffffU;
    };
    for (const Source& source : sources) {
        number_of(source.feed, {});
        for (const CertificateEntry& entry : source.entries) {
            std::size_t at = mix(entry.sha1) & (slots_.size() - 1);
            while (slots_[at].text != 0 && slots_[at].sha1 != entry.sha1) {
                at = (at + 1) & (slots_.size() - 1);
            }
            if (slots_[at].text == 0) {
                slots_[at].sha1 = entry.sha1;
                slots_[at].text = number_of(source.feed, entry.reason) & 0xffffffU;
                slots_[at].threat_level = entry.threat_level;
                ++size_;
            }
        }
    }
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
    const Text& text = texts_[slot->text - 1];
    hit = {static_cast<ThreatLevel>(slot->threat_level), text.feed, text.reason};
    return true;
}

std::vector<Sha1Blocklist::Entry> Sha1Blocklist::list(std::string_view feed, std::size_t start,
                                                      std::size_t count) const {
    std::vector<Entry> entries;
    for (const Slot& slot : slots_) {
        if (slot.text == 0 || texts_[slot.text - 1].feed != feed) {
            continue;
        }
        if (start > 0) {
            --start;
            continue;
        }
        if (entries.size() == count) {
            break;
        }
        const Text& text = texts_[slot.text - 1];
        entries.push_back(
            {slot.sha1, {static_cast<ThreatLevel>(slot.threat_level), text.feed, text.reason}});
    }
    return entries;
}

std::vector<CertificateEntry> Sha1Blocklist::entries_of(std::string_view feed) const {
    std::vector<CertificateEntry> entries;
    for (const Slot& slot : slots_) {
        if (slot.text != 0 && texts_[slot.text - 1].feed == feed) {
            entries.push_back({slot.sha1, static_cast<ThreatLevel>(slot.threat_level),
                               texts_[slot.text - 1].reason});
        }
    }
    return entries;
}

}  // namespace eti::intel
