#include "eti/store/stores.h"

#include "store/sqlite_stores.h"

namespace eti::analysis {

Stores embedded_stores(Database& database, const ServerIndex* index, CountryOf country_of) {
    return {database, std::make_unique<SqliteRecordLog>(database),
            std::make_unique<SqliteVerdictStore>(database),
            std::make_unique<SqliteHistoryStore>(database, index, std::move(country_of)),
            std::make_unique<SqliteFeedStore>(database)};
}

}  // namespace eti::analysis
