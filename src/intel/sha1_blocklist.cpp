#include "eti/intel/sha1_blocklist.h"

#include "eti/base/hex.h"

#include <algorithm>
#include <utility>

namespace eti::intel {
namespace {

std::vector<Sha1Blocklist::List> tables_of(std::span<const Sha1Blocklist::Source> sources) {
    std::vector<Sha1Blocklist::List> lists;
    for (const Sha1Blocklist::Source& source : sources) {
        lists.push_back(table_of(source));
    }
    return lists;
}

}  // namespace

Sha1Blocklist::List table_of(const Sha1Blocklist::Source& source) {
    return {source.feed,
            std::make_shared<const CertificateTable>(source.entries, source.sha256_entries)};
}

Sha1Blocklist::Sha1Blocklist(std::span<const Source> sources) : Sha1Blocklist(tables_of(sources)) {}

Sha1Blocklist::Sha1Blocklist(std::vector<List> lists) : lists_(std::move(lists)) {
    std::erase_if(lists_, [](const List& list) { return list.table->size() == 0; });
    has_sha256_ = std::any_of(lists_.begin(), lists_.end(),
                              [](const List& list) { return list.table->has_sha256(); });
}

bool Sha1Blocklist::contains(const Sha1Digest& sha1) const {
    return std::any_of(lists_.begin(), lists_.end(),
                       [&](const List& list) { return list.table->contains(sha1); });
}

std::size_t Sha1Blocklist::size() const {
    std::size_t size = lists_.empty() ? 0 : lists_[0].table->size();
    for (std::size_t i = 1; i < lists_.size(); ++i) {
        each_of(i, [&](const auto&, const Hit&) {
            ++size;
            return true;
        });
    }
    return size;
}

template <typename Visit>
void Sha1Blocklist::each_of(std::size_t list, Visit&& visit) const {
    const std::span before(lists_.data(), list);
    lists_[list].table->each([&](const auto& digest, const CertificateTable::Found& found) {
        Hit hit{};
        return find_in(before, digest, hit) ||
               visit(digest, Hit{found.threat_level, lists_[list].feed, found.reason});
    });
}

std::vector<Sha1Blocklist::Entry> Sha1Blocklist::list(std::string_view feed, std::size_t start,
                                                      std::size_t count) const {
    std::vector<Entry> entries;
    const auto add = [&](const auto& digest, const Hit& hit) {
        if (start > 0) {
            --start;
            return true;
        }
        if (entries.size() < count) {
            entries.push_back({std::size(digest) == Sha1Digest().size() ? "sha1" : "sha256",
                               to_hex(digest), hit});
        }
        return entries.size() < count;
    };
    for (std::size_t i = 0; i < lists_.size(); ++i) {
        if (lists_[i].feed == feed) {
            each_of(i, add);
        }
    }
    return entries;
}

}  // namespace eti::intel
