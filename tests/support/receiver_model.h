// What StreamHead promises, written for clearness: one value per byte, the first that passed, and
// a segment that says otherwise is refused whole.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace eti::test {

class ReceiverModel {
  public:
    // accept returns false for a segment that contradicts.
    bool accept(std::size_t start, std::span<const uint8_t> bytes) {
        if (bytes_.size() < start + bytes.size()) {
            bytes_.resize(start + bytes.size());
        }
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const auto& seen = bytes_[start + i];
            if (start + i >= std::min(acknowledged, delivered.size()) && seen &&
                *seen != bytes[i]) {
                return false;
            }
        }
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            if (!bytes_[start + i]) {
                bytes_[start + i] = bytes[i];
                ++held_;
            }
        }
        while (delivered.size() < bytes_.size() && bytes_[delivered.size()]) {
            delivered.push_back(*bytes_[delivered.size()]);
        }
        return true;
    }
    bool has_gap() const { return held_ > delivered.size(); }

    std::size_t acknowledged = 0;
    std::vector<uint8_t> delivered;

  private:
    std::vector<std::optional<uint8_t>> bytes_;
    std::size_t held_ = 0;
};

}  // namespace eti::test
