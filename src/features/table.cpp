#include "eti/features/table.h"

#include <limits>

namespace eti::features {
namespace {

constexpr std::array<FeatureText, kFeatureCount> kTable{{
#define ETI_FEATURE(name, group, unit, definition) {#name, Group::group, unit, definition},
#include "eti/features/features.def"
#undef ETI_FEATURE
}};

}  // namespace

Vector::Vector() {
    values_.fill(std::numeric_limits<float>::quiet_NaN());
}

std::span<const FeatureText, kFeatureCount> feature_table() {
    return kTable;
}

std::optional<Feature> feature_of(std::string_view name) {
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        if (kTable[i].name == name) {
            return static_cast<Feature>(i);
        }
    }
    return std::nullopt;
}

std::string_view name_of(Group group) {
    constexpr std::array<std::string_view, 9> kNames{"conn", "records", "sni",  "cert", "trust",
                                                     "dns",  "client",  "hint", "site"};
    return kNames[static_cast<std::size_t>(group)];
}

}  // namespace eti::features
