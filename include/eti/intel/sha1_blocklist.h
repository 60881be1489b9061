// The certificate blocklist: several lists of leaf digests, immutable, published whole.
#pragma once

#include "eti/intel/certificate_table.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eti::intel {

// Sha1Blocklist never changes after construction; find asks one table after the other, without
// allocation, any thread. With the same digest in several lists the first list wins, and where it
// loses the digest the next one does.
class Sha1Blocklist {
  public:
    struct Source {
        std::string feed;  // "cc_cert_sha1"
        std::vector<CertificateEntry> entries;
        std::vector<Sha256Entry> sha256_entries = {};

        bool operator==(const Source&) const = default;
    };
    struct List {
        std::string feed;
        std::shared_ptr<const CertificateTable> table;  // never null
    };
    struct Hit {
        ThreatLevel threat_level;
        std::string_view feed;    // borrows from the table
        std::string_view reason;  // borrows from the table
    };

    Sha1Blocklist() = default;  // matches nothing
    explicit Sha1Blocklist(std::span<const Source> sources);
    explicit Sha1Blocklist(std::vector<List> lists);

    bool contains(const Sha1Digest& sha1) const;
    // find returns false when the digest is not listed.
    bool find(const Sha1Digest& sha1, Hit& hit) const { return find_in(lists_, sha1, hit); }
    bool find(const Sha256Digest& sha256, Hit& hit) const { return find_in(lists_, sha256, hit); }
    bool has_sha256() const { return has_sha256_; }
    std::size_t size() const;  // distinct digests; goes through all lists but the first

    struct Entry {
        std::string_view kind;  // sha1, sha256
        std::string digest;     // lower-case hex
        Hit hit;
    };
    // list returns at most count entries of a feed from start on, in the table's own order.
    std::vector<Entry> list(std::string_view feed, std::size_t start, std::size_t count) const;

  private:
    template <typename Digest>
    static bool find_in(std::span<const List> lists, const Digest& digest, Hit& hit);
    // each_of visits what a list has and none before it, until visit(digest, hit) returns false.
    template <typename Visit>
    void each_of(std::size_t list, Visit&& visit) const;

    std::vector<List> lists_;  // without empty ones
    bool has_sha256_ = false;
};

// table_of makes a list of a source's entries.
Sha1Blocklist::List table_of(const Sha1Blocklist::Source& source);

template <typename Digest>
bool Sha1Blocklist::find_in(std::span<const List> lists, const Digest& digest, Hit& hit) {
    CertificateTable::Found found{};
    for (const List& list : lists) {
        if (list.table->find(digest, found)) {
            hit = {found.threat_level, list.feed, found.reason};
            return true;
        }
    }
    return false;
}

}  // namespace eti::intel
