// The four stores over one connection: what the service keeps may be kept elsewhere by giving other
// implementations here.
#pragma once

#include "eti/store/feed_store.h"
#include "eti/store/history_store.h"
#include "eti/store/record_log.h"
#include "eti/store/verdict_store.h"

#include <memory>

namespace eti::analysis {

// Stores belong to the thread their Database belongs to, and go before it.
struct Stores {
    Database& database;  // for what is behind none of the four
    std::unique_ptr<RecordLog> records;
    std::unique_ptr<VerdictStore> verdicts;
    std::unique_ptr<HistoryStore> history;
    std::unique_ptr<FeedStore> feeds;
};

// embedded_stores keeps everything in the database's file, so that one transaction covers all four.
// index is what the servers' page is found by; without one there is no such page. country_of is
// asked for the servers' countries; empty: they stay unknown.
Stores embedded_stores(Database& database, const ServerIndex* index = nullptr,
                       CountryOf country_of = {});

}  // namespace eti::analysis
