// Which of many ranges holds a key, if any.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace eti::intel {

// RangeIndex never changes after construction. A lookup goes down a tree whose nodes are one cache
// line each; all but the lowest level are small enough to stay in a core's cache.
template <typename Key>
class RangeIndex {
  public:
    using Range = std::pair<Key, Key>;  // first and last, both included

    RangeIndex() = default;
    explicit RangeIndex(std::vector<Range> ranges);  // in any order; they may overlap

    bool contains(const Key& key) const;

  private:
    static constexpr std::size_t kFan = 64 / sizeof(Key);

    std::vector<Key> firsts_;
    // The lasts of the ranges, then the greatest of each node of the level before, up to one node.
    // Nodes are filled up with the greatest last.
    std::vector<std::vector<Key>> levels_;
};

template <typename Key>
RangeIndex<Key>::RangeIndex(std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end());
    std::vector<Key> level;
    for (const auto& [first, last] : ranges) {
        if (!level.empty() && first <= level.back()) {
            level.back() = std::max(level.back(), last);
        } else {
            firsts_.push_back(first);
            level.push_back(last);
        }
    }
    while (!level.empty()) {
        level.resize((level.size() + kFan - 1) / kFan * kFan, Key(level.back()));
        std::vector<Key> above;
        for (std::size_t i = kFan; level.size() > kFan && i <= level.size(); i += kFan) {
            above.push_back(level[i - 1]);
        }
        levels_.push_back(std::exchange(level, std::move(above)));
    }
}

template <typename Key>
bool RangeIndex<Key>::contains(const Key& key) const {
    if (levels_.empty() || levels_.back().back() < key) {
        return false;
    }
    std::size_t at = 0;
    for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
        const Key* node = level->data() + at * kFan;
        // Counted, not searched: no branch to be guessed wrong.
        std::size_t less = 0;
        for (std::size_t i = 0; i < kFan; ++i) {
            less += std::size_t{node[i] < key};
        }
        at = at * kFan + less;
    }
    return firsts_[at] <= key;
}

}  // namespace eti::intel
