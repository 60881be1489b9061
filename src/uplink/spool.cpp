#include "uplink/spool.h"

#include "eti/base/durable_file.h"
#include "uplink/spool_database.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>

namespace eti::uplink {
namespace {

// What a batch costs on disk: whole pages, so that the file stays within the limit too.
uint64_t cost_of(uint64_t body_bytes) {
    constexpr uint64_t kPage = 4096;
    constexpr uint64_t kRowOverhead = 256;
    return (body_bytes + kRowOverhead + kPage - 1) / kPage * kPage;
}

std::string in_memory_only(const std::string& path, const std::string& why,
                           const std::string& remedy) {
    return "batches cannot be kept in " + path + ": " + why +
           "; they wait in memory and a restart would lose them; " + remedy;
}

}  // namespace

Spool::Spool(std::string path, uint64_t limit_bytes)
    : path_(std::move(path)), limit_bytes_(limit_bytes) {}

Spool::~Spool() = default;

void Spool::open_database() {
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    if (!make_private_folder(folder)) {
        problem_ = in_memory_only(path_, std::strerror(errno),
                                  "make " + folder + " a folder the daemon may write");
        return;
    }
    load();
    if (database_ || !problem_.empty()) {
        return;
    }
    const std::string aside = path_ + ".damaged";
    std::remove((aside + "-wal").c_str());
    std::rename((path_ + "-wal").c_str(), (aside + "-wal").c_str());
    const bool moved = std::rename(path_.c_str(), aside.c_str()) == 0 && load();
    problem_ = moved ? path_ + " was damaged and is now " + aside +
                           "; a new one was begun and the batches of the old one are lost; "
                           "check that disk, then delete the old file"
                     : in_memory_only(path_, "it is damaged and cannot be replaced",
                                      "remove it and restart the daemon");
}

// load leaves database_ and problem_ empty when the file is damaged.
bool Spool::load() {
    auto database = std::make_unique<Database>();
    Items found;
    int code = database->open(path_);
    code = code == SQLITE_OK ? database->load(found) : code;
    if (code != SQLITE_OK) {
        if (!is_damage(code)) {
            problem_ = in_memory_only(path_, database->message(),
                                      "check its permissions, the free space and that no other "
                                      "daemon uses it, then restart");
        }
        return false;
    }
    database_ = std::move(database);
    items_ = std::move(found);
    return true;
}

void Spool::open() {
    open_database();
    for (auto& [id, item] : items_) {
        item.bytes = cost_of(item.bytes);
        bytes_ += item.bytes;
        records_ += item.records;
        sessions_ += item.sessions;
        next_id_ = id + 1;
    }
}

uint64_t Spool::room_on_disk() const {
    struct statvfs facts {};
    if (::statvfs(path_.c_str(), &facts) != 0) {
        return std::numeric_limits<uint64_t>::max();  // the write itself will tell
    }
    const uint64_t reserve = facts.f_blocks / 20;
    const uint64_t blocks = facts.f_bavail > reserve ? facts.f_bavail - reserve : 0;
    return blocks * facts.f_frsize + database_->free_bytes_inside();
}

bool Spool::store(std::span<const uint64_t> ids) {
    if (!database_) {
        return false;
    }
    uint64_t wanted = 0;
    for (const uint64_t id : ids) {
        wanted += items_.at(id).bytes;
    }
    if (wanted > room_on_disk()) {
        problem_ = in_memory_only(path_, "less than a twentieth of that disk is free",
                                  "free space there or lower the spool's limit");
        return false;
    }
    int code = database_->begin(true);
    for (auto id = ids.begin(); code == SQLITE_OK && id != ids.end(); ++id) {
        const Item& item = items_.at(*id);
        code = database_->insert(*id, item, item.body);
    }
    code = code == SQLITE_OK ? database_->commit() : code;
    if (code != SQLITE_OK) {
        problem_ = in_memory_only(path_, database_->message(), "free space on that disk");
        database_->roll_back();
        return false;
    }
    for (const uint64_t id : ids) {
        Item& item = items_.at(id);
        item.body = {};
        item.on_disk = true;
        memory_bytes_ -= item.bytes;
    }
    problem_.clear();
    return true;
}

void Spool::forget(uint64_t id) {
    const auto found = items_.find(id);
    bytes_ -= found->second.bytes;
    records_ -= found->second.records;
    sessions_ -= found->second.sessions;
    memory_bytes_ -= found->second.on_disk ? 0 : found->second.bytes;
    items_.erase(found);
}

bool Spool::drop_oldest(const std::set<uint64_t>& busy, bool only_memory, Added& result) {
    for (const auto& [id, item] : items_) {
        if (busy.contains(id) || (only_memory && item.on_disk)) {
            continue;
        }
        result.dropped.push_back(id);
        result.lost_records += item.records;
        result.lost_sessions += item.sessions;
        const uint64_t dropped = id;
        remove({&dropped, 1});
        return true;
    }
    return false;
}

Spool::Added Spool::add(std::vector<SpoolBatch> batches, const std::set<uint64_t>& busy) {
    Added result;
    const uint64_t first_new = next_id_;
    for (SpoolBatch& batch : batches) {
        const uint64_t bytes = cost_of(batch.body.size());
        items_.emplace(next_id_++, Item{std::move(batch.key), batch.records, bytes,
                                        std::move(batch.body), false, batch.sessions});
        bytes_ += bytes;
        memory_bytes_ += bytes;
        records_ += batch.records;
        sessions_ += batch.sessions;
    }
    while (bytes_ > limit_bytes_ && drop_oldest(busy, false, result)) {
    }
    for (auto item = items_.lower_bound(first_new); item != items_.end(); ++item) {
        result.ids.push_back(item->first);
    }
    if (store(result.ids) && memory_bytes_ > 0) {
        flush();
    }
    while (memory_bytes_ > kMostMemoryBytes && drop_oldest(busy, true, result)) {
    }
    std::erase_if(result.ids, [this](uint64_t id) { return !items_.contains(id); });
    std::erase_if(result.dropped, [&](uint64_t id) { return id >= first_new; });
    return result;
}

std::optional<std::string> Spool::body(uint64_t id) {
    const Item& item = items_.at(id);
    if (!item.on_disk) {
        return item.body;
    }
    std::string body;
    if (database_->read(id, item, body) != SQLITE_OK) {
        return std::nullopt;
    }
    return body;
}

void Spool::remove(std::span<const uint64_t> ids) {
    const bool opened = database_ && database_->begin(false) == SQLITE_OK;
    int code = SQLITE_OK;
    for (const uint64_t id : ids) {
        if (opened && code == SQLITE_OK && items_.at(id).on_disk) {
            code = database_->erase(id);
        }
        forget(id);
    }
    if (opened && (code != SQLITE_OK || database_->commit() != SQLITE_OK)) {
        database_->roll_back();
    }
}

void Spool::flush() {
    std::vector<uint64_t> waiting;
    for (const auto& [id, item] : items_) {
        if (!item.on_disk) {
            waiting.push_back(id);
        }
    }
    store(waiting);
}

}  // namespace eti::uplink
