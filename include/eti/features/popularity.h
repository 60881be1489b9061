// How popular a registered domain is, by a list of the operator's choice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace eti::features {

// Popularity never changes after construction; any thread. A list is text: one "rank,domain" a
// line, as Tranco and others publish them, the most popular first. About 60 bytes an entry.
class Popularity {
  public:
    static constexpr std::size_t kMaxEntries = 1'000'000;  // what comes behind is left out

    // Throws std::runtime_error with a sentence when the file cannot be read or holds no such line.
    explicit Popularity(const std::string& file);

    // rank is that of the name or the nearest domain above it that is listed; 0: none is.
    uint32_t rank(std::string_view name) const;
    std::size_t size() const { return ranks_.size(); }

  private:
    std::unordered_map<std::string, uint32_t> ranks_;
};

}  // namespace eti::features
