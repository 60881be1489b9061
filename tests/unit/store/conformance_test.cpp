// The four stores in one SQLite file do what every implementation of theirs must.
#include "eti/store/schema.h"
#include "eti/store/stores.h"
#include "tests/conformance/feed_store_conformance.h"
#include "tests/conformance/history_store_conformance.h"
#include "tests/conformance/record_log_conformance.h"
#include "tests/conformance/verdict_store_conformance.h"

namespace eti::analysis::test {
namespace {

class SqlitePlace {
  public:
    SqlitePlace() { open(); }

    RecordLog& log() { return *stores_->records; }
    VerdictStore& verdicts() { return *stores_->verdicts; }
    HistoryStore& history() { return *stores_->history; }
    FeedStore& feeds() { return *stores_->feeds; }

    void reopen() {
        stores_.reset();
        database_.reset();
        open();
    }
    template <typename Change>
    void write(Change change) {
        database_->script("BEGIN IMMEDIATE");
        change();
        history().keep();
        database_->script("COMMIT");
    }
    template <typename Change>
    void give_up(Change change) {
        database_->script("BEGIN IMMEDIATE");
        change();
        database_->script("ROLLBACK");
        history().reload();
    }
    void settle() {
        std::vector<ServerState> changed;
        write([&] { changed = history().apply(); });
        index_->update(changed, {});
    }
    int64_t sensor(Realm realm, const std::string& name) {
        return sensor_id(*database_, realm, name, kNoon);
    }

  private:
    void open() {
        database_.emplace(folder_.path("eti.db"), Database::Access::ReadWrite);
        migrate(*database_, kNoon);
        index_.emplace();
        index_->load(*database_, kNoon);
        stores_.emplace(embedded_stores(*database_, &*index_));
        history().reload();
    }

    TemporaryFolder folder_;
    std::optional<Database> database_;
    std::optional<ServerIndex> index_;
    std::optional<Stores> stores_;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, RecordLogConformance, SqlitePlace);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, VerdictStoreConformance, SqlitePlace);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, HistoryStoreConformance, SqlitePlace);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, FeedStoreConformance, SqlitePlace);

}  // namespace eti::analysis::test
