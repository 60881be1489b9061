// The four stores in one SQLite file.
#pragma once

#include "eti/store/stores.h"

namespace eti::analysis {

class SqliteRecordLog : public RecordLog {
  public:
    explicit SqliteRecordLog(Database& database) : database_(database) {}
    Appended append(Realm realm, std::string_view key, const RecordBatch& batch,
                    std::string_view answer, Timestamp now) override;
    std::vector<LoggedBatch> read(std::string_view group, std::size_t limit) const override;
    std::vector<LoggedBatch> read_from(int64_t position, std::size_t limit) const override;
    int64_t acknowledged(std::string_view group) const override;
    int64_t last_before(Timestamp received) const override;
    void acknowledge(std::string_view group, int64_t position) override;

  private:
    Database& database_;
};

class SqliteVerdictStore : public VerdictStore {
  public:
    explicit SqliteVerdictStore(Database& database) : database_(database) {}
    int64_t version() const override;
    std::optional<InfectedEntry> entry(Realm realm, const std::string& ip) const override;
    InfectedChanges changes(Realm realm, int64_t since) const override;
    bool put(Realm realm, const InfectedEntry& entry, int64_t expected) override;
    bool remove(Realm realm, const std::string& ip, int64_t expected) override;
    void expire(Timestamp now) override;

  private:
    bool count_version(int64_t changed_rows);

    Database& database_;
};

class SqliteHistoryStore : public HistoryStore {
  public:
    SqliteHistoryStore(Database& database, const ServerIndex* index, CountryOf country_of)
        : database_(database), index_(index), rollups_(database, std::move(country_of)) {}
    std::optional<StoredSession> find(int64_t sensor, std::string_view id) const override;
    StoredSession insert(const HistorySession& session,
                         const std::optional<StoredSession>& before) override;
    void raise(Realm realm, const StoredSession& session, uint8_t level,
               const std::string& category) override;
    std::size_t waiting() const override { return rollups_.size(); }
    void take_back_to(std::size_t waiting) override { rollups_.truncate(waiting); }
    void keep() override { rollups_.log(); }
    std::vector<ServerState> apply() override { return rollups_.apply(); }
    void reload() override { rollups_.reload(); }
    ServersPage servers(ServerQuery query) const override;
    std::optional<ServerRow> server(Realm realm, const net::IpAddress& ip,
                                    const TimeRange& range) const override;
    SessionsPage sessions(const SessionQuery& query) const override;
    std::vector<SessionRow> named(Realm realm, std::string_view id) const override;

  private:
    Database& database_;
    const ServerIndex* index_;
    Rollups rollups_;
};

class SqliteFeedStore : public FeedStore {
  public:
    explicit SqliteFeedStore(Database& database) : database_(database) {}
    bool publish(FeedId feed, std::string_view body, std::size_t entries, const FeedCause& cause,
                 Timestamp now) override;
    std::vector<FeedRow> feeds() const override;
    std::optional<FeedRow> feed(FeedId feed) const override;
    std::string body(FeedId feed) const override;
    std::vector<FeedVersion> versions(FeedId feed) const override;
    std::optional<std::string> body_at(FeedId feed, const std::string& version) const override;
    std::optional<intel::FeedDelta> way(FeedId feed, const std::string& from,
                                        const std::string& to) const override;
    std::vector<FeedObject> objects(FeedId feed) const override;

  private:
    Database& database_;
};

}  // namespace eti::analysis
