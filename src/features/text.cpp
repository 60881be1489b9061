#include "features/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace eti::features {

float entropy(std::string_view text) {
    std::array<uint32_t, 256> counts{};
    for (const char c : text) {
        ++counts[static_cast<unsigned char>(c)];
    }
    double bits = 0;
    for (const uint32_t count : counts) {
        if (count > 0) {
            const double share = static_cast<double>(count) / static_cast<double>(text.size());
            bits -= share * std::log2(share);
        }
    }
    return static_cast<float>(bits);
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return out;
}

std::vector<std::string_view> labels_of(std::string_view name) {
    std::vector<std::string_view> labels;
    while (!name.empty()) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        if (dot > 0) {
            labels.push_back(name.substr(0, dot));
        }
        name.remove_prefix(std::min(dot + 1, name.size()));
    }
    return labels;
}

std::string_view second_level(std::string_view name) {
    const auto labels = labels_of(name);
    if (labels.size() < 2) {
        return labels.empty() ? std::string_view() : labels.front();
    }
    // co.uk, com.au: a second level of the registry's own, recognised by its length.
    const bool registry =
        labels.size() > 2 && labels.back().size() == 2 && labels[labels.size() - 2].size() <= 3;
    return labels[labels.size() - (registry ? 3 : 2)];
}

}  // namespace eti::features
