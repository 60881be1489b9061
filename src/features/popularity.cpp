#include "eti/features/popularity.h"

#include "features/text.h"

#include <charconv>
#include <fstream>
#include <stdexcept>

namespace eti::features {

Popularity::Popularity(const std::string& file) {
    std::ifstream lines(file);
    for (std::string line; ranks_.size() < kMaxEntries && std::getline(lines, line);) {
        if (line.ends_with('\r')) {
            line.pop_back();
        }
        uint32_t rank = 0;
        const char* end = line.data() + line.size();
        const auto number = std::from_chars(line.data(), end, rank);
        if (number.ec == std::errc() && rank > 0 && number.ptr + 1 < end && *number.ptr == ',') {
            ranks_.try_emplace(lower({number.ptr + 1, end}), rank);
        }
    }
    if (ranks_.empty()) {
        throw std::runtime_error("no line 'rank,domain' can be read from '" + file + "'");
    }
}

uint32_t Popularity::rank(std::string_view name) const {
    // One label alone is a top-level domain and says nothing.
    for (std::string rest = lower(name); rest.find('.') != std::string::npos;
         rest.erase(0, rest.find('.') + 1)) {
        const auto found = ranks_.find(rest);
        if (found != ranks_.end()) {
            return found->second;
        }
    }
    return 0;
}

}  // namespace eti::features
