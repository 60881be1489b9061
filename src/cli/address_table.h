// The dynamic-address table, which also shows the allowlist.
#pragma once

#include "cli/element.h"
#include "eti/intel/allowlist.h"
#include "eti/intel/infected_hosts.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::cli {

struct AddressRow {
    std::string start;
    std::string end;
    std::string feed;
    std::string address;  // ID-80001400
};

// address_id is ID- and 8 hex digits of the FNV-1a hash of the list's name: the same in every
// start.
std::string address_id(std::string_view list);

std::vector<AddressRow> rows_of(const intel::InfectedHosts& hosts);
std::vector<AddressRow> rows_of(const intel::Allowlist& allowlist);  // its addresses only

// table_text has the vendor's column starts 0, 8, 29, 50 and 67.
std::string table_text(const std::vector<AddressRow>& rows);
std::vector<Element> table_elements(const std::vector<AddressRow>& rows);

}  // namespace eti::cli
