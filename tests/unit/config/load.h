// One loader for all tests of the room, and texts many of them start from.
#pragma once

#include "eti/config/store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace eti::config::testing {

inline const std::string kYangDirectory = ETI_SOURCE_DIR "/config/yang";

inline const Loader& loader() {
    static const Loader instance(kYangDirectory);
    return instance;
}

// data_file answers a text of tests/data/config.
inline std::string data_file(const std::string& name) {
    std::ifstream file(ETI_SOURCE_DIR "/tests/data/config/" + name);
    EXPECT_TRUE(file.good()) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

// load answers the settings; a ConfigError reaches the test as its failure.
inline Settings load(std::string_view text) {
    return loader().load_text(text, "test.conf");
}

// error_of answers the error of a text, or nothing when it loads.
inline std::optional<ConfigError> error_of(std::string_view text) {
    try {
        load(text);
    } catch (const ConfigError& error) {
        return error;
    }
    return std::nullopt;
}

inline constexpr std::string_view kZones =
    "set security zones security-zone trust\n"
    "set security zones security-zone untrust\n";

// Two ports and their zones; no policy yet.
inline constexpr std::string_view kWire =
    "set vlans wire vlan-id 1\n"
    "set interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members wire\n"
    "set interfaces ge-0/0/1 unit 0 family ethernet-switching vlan members wire\n"
    "set interfaces ge-0/0/0 openeti port af-packet veth0\n"
    "set interfaces ge-0/0/1 openeti port af-packet veth1\n"
    "set security forwarding-options secure-wire W interface [ ge-0/0/0.0 ge-0/0/1.0 ]\n"
    "set security zones security-zone trust interfaces ge-0/0/0.0\n"
    "set security zones security-zone untrust interfaces ge-0/0/1.0\n";

inline constexpr std::string_view kMatchAny =
    "set security policies from-zone trust to-zone untrust policy p match source-address any\n"
    "set security policies from-zone trust to-zone untrust policy p match destination-address any\n"
    "set security policies from-zone trust to-zone untrust policy p match application any\n";

inline constexpr std::string_view kPermit =
    "set security policies from-zone trust to-zone untrust policy p then permit\n";

}  // namespace eti::config::testing
