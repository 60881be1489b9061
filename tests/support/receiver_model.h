// What a Linux receiver keeps of overlapping TCP segments, written for clearness: positions are
// plain offsets, every segment keeps its own bytes. StreamHead must deliver the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eti::test {

class ReceiverModel {
  public:
    void accept(std::size_t start, std::span<const uint8_t> bytes) {
        if (start <= delivered.size()) {
            deliver({start, {bytes.begin(), bytes.end()}});
            while (!waiting_.empty() && waiting_.front().start <= delivered.size()) {
                deliver(waiting_.front());
                waiting_.erase(waiting_.begin());
            }
        } else if (!bytes.empty()) {
            wait({start, {bytes.begin(), bytes.end()}});
        }
    }
    bool has_gap() const { return !waiting_.empty(); }

    std::vector<uint8_t> delivered;

  private:
    struct Segment {
        std::size_t start = 0;
        std::vector<uint8_t> bytes;
        std::size_t end() const { return start + bytes.size(); }
    };

    void deliver(const Segment& segment) {
        if (delivered.size() < segment.end()) {
            const auto seen = static_cast<std::ptrdiff_t>(delivered.size() - segment.start);
            delivered.insert(delivered.end(), segment.bytes.begin() + seen, segment.bytes.end());
        }
    }

    void wait(Segment segment) {
        std::size_t place = 0;
        for (; place < waiting_.size() && waiting_[place].start <= segment.start; ++place) {
            Segment& older = waiting_[place];
            if (segment.end() <= older.end()) {
                return;
            }
            if (older.start == segment.start) {
                break;
            }
            if (older.end() == segment.start) {
                older.bytes.insert(older.bytes.end(), segment.bytes.begin(), segment.bytes.end());
                return;
            }
        }
        while (place < waiting_.size() && waiting_[place].end() <= segment.end()) {
            waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(place));
        }
        waiting_.insert(waiting_.begin() + static_cast<std::ptrdiff_t>(place), segment);
    }

    std::vector<Segment> waiting_;  // by start
};

}  // namespace eti::test
