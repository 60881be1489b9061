// How changes are written to the roll-up log, and counts to their columns.
#pragma once

#include "eti/store/rollups.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

void put_change(std::string& out, const RollupChange& change);
bool take_change(std::string_view& in, RollupChange& change);

std::string pack_ports(const Ports& ports);
std::string pack_visibility(const VisibilityCounts& counts);
// count_port adds to the port's count; ports beyond kMaxPorts are counted together as port 0.
void count_port(Ports& ports, const Contribution& contribution, int64_t amount);

}  // namespace eti::analysis
