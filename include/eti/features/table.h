// What a session's vector holds: names, units and definitions, from features.def.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace eti::features {

// Trust is what the roots say of a chain, Client what else this client did, Hint what lists say of
// a name or an issuer, Site what this site saw before.
enum class Group : uint8_t { Conn, Records, Sni, Cert, Trust, Dns, Client, Hint, Site };

enum class Feature : uint8_t {
#define ETI_FEATURE(name, group, unit, definition) name,
#include "eti/features/features.def"
#undef ETI_FEATURE
};

struct FeatureText {
    std::string_view name;
    Group group;
    std::string_view unit;
    std::string_view definition;
};

#define ETI_FEATURE(name, group, unit, definition) +1
inline constexpr std::size_t kFeatureCount = 0
#include "eti/features/features.def"
    ;
#undef ETI_FEATURE

// Vector holds one float per row of the table; NaN: missing.
class Vector {
  public:
    Vector();
    float& operator[](Feature feature) { return values_[static_cast<std::size_t>(feature)]; }
    float operator[](Feature feature) const { return values_[static_cast<std::size_t>(feature)]; }
    std::span<const float, kFeatureCount> values() const { return values_; }

  private:
    std::array<float, kFeatureCount> values_;
};

std::span<const FeatureText, kFeatureCount> feature_table();
std::optional<Feature> feature_of(std::string_view name);
std::string_view name_of(Group group);
// documentation is docs/features.md.
std::string documentation();

}  // namespace eti::features
