// The tables of feeds, numbered apart from the others.
#pragma once

#include "eti/store/sqlite.h"

namespace eti::analysis {

// migrate_feeds comes after migrate's other tables; it throws StorageError when the file was
// written by a newer version.
void migrate_feeds(Database& database, Timestamp now);

}  // namespace eti::analysis
