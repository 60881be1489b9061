// What SQL alone cannot carry from one schema to the next.
#pragma once

#include "eti/store/sqlite.h"

namespace eti::analysis {

// carry_over_schema_1 moves the rows of the renamed tables of schema 1 into realm 1 of schema 2 and
// rebuilds the roll-ups from the stored records; the old tables are gone after it.
void carry_over_schema_1(Database& database);

// carry_over_lists packs what schema 3 kept one session or one host a row.
void carry_over_lists(Database& database);

}  // namespace eti::analysis
