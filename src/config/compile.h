// The parts of a validated tree into the parts of Settings. Each throws ConfigError through
// Tree::fail for what the schema cannot say, and appends to settings.warnings.
#pragma once

#include "config/model.h"
#include "eti/config/settings.h"
#include "eti/policy/policy.h"

#include <cstdint>
#include <string>
#include <vector>

namespace eti::config {

Settings compile_settings(const Tree& tree);

// compile_wires needs both ports of a wire or none: without ports the wire is left out, and said.
void compile_wires(const Tree& tree, Settings& settings);
void compile_policies(const Tree& tree, Settings& settings);
// compile_tls_profile follows a reference to services ssl initiation profile.
TlsProfile compile_tls_profile(const Tree& tree, Node reference);
void compile_cloud(const Tree& tree, Settings& settings);
void compile_log_streams(const Tree& tree, Settings& settings);
void compile_limits(const Tree& tree, Settings& settings);
void compile_local_lists(const Tree& tree, Settings& settings);
void compile_exceptions(const Tree& tree, Settings& settings);
void compile_privacy(const Tree& tree, Settings& settings);

// compile_profile takes one entry of services security-intelligence profile.
policy::Profile compile_profile(Node profile, std::vector<std::string>& warnings);

// number reads a leaf the schema has checked to be a number in range; 0 when it is absent.
uint64_t number(Node leaf);

}  // namespace eti::config
