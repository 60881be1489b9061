// The tables of eti.db and how an older file becomes a current one.
#pragma once

#include "eti/store/sqlite.h"

namespace eti::analysis {

// migrate brings the file to the current schema in one transaction. It throws StorageError when
// the file was written by a newer version. now stamps a new file.
void migrate(Database& database, Timestamp now);
// migrate_to stops at an older schema, for tests; what schema 1 held comes with the newest one.
void migrate_to(Database& database, int64_t version, Timestamp now);

}  // namespace eti::analysis
