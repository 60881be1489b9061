#include "eti/control/recent_sessions.h"

#include <algorithm>

namespace eti::control {

RecentSessions::RecentSessions(std::size_t capacity) : capacity_(capacity) {
    slots_.reserve(capacity);
    by_id_.reserve(capacity);
}

void RecentSessions::add(const metadata::Record& record, const metadata::CertificateSummary* leaf) {
    if (capacity_ == 0) {
        return;
    }
    const auto known = by_id_.find(record.id);
    std::size_t slot = known == by_id_.end() ? next_ : known->second;
    if (known == by_id_.end()) {
        if (slots_.size() < capacity_) {
            slot = slots_.size();
            slots_.emplace_back();
        } else {
            by_id_.erase(slots_[slot].record.id);
            next_ = (next_ + 1) % capacity_;
        }
        by_id_.emplace(record.id, slot);
    }
    slots_[slot].record = record;
    slots_[slot].subject = leaf == nullptr ? std::string() : leaf->subject;
    slots_[slot].issuer = leaf == nullptr ? std::string() : leaf->issuer;
    slots_[slot].sha256 = leaf == nullptr ? std::nullopt : std::optional(leaf->sha256);
}

const RecentSession* RecentSessions::find(uint64_t id) const {
    const auto known = by_id_.find(id);
    return known == by_id_.end() ? nullptr : &slots_[known->second];
}

void RecentSessions::newest_first(std::size_t limit,
                                  const std::function<void(const RecentSession&)>& visit) const {
    const std::size_t count = std::min(limit, slots_.size());
    for (std::size_t i = 1; i <= count; ++i) {
        visit(slots_[(next_ + slots_.size() - i) % slots_.size()]);
    }
}

}  // namespace eti::control
