// The certificates of one list: digests, levels and why they are listed.
#pragma once

#include "eti/base/digest_types.h"
#include "eti/intel/paged_table.h"
#include "eti/intel/text_numbers.h"
#include "eti/intel/threat_level.h"
#include "eti/wire/load.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eti::intel {

struct CertificateEntry {
    Sha1Digest sha1{};
    ThreatLevel threat_level = kMaxThreatLevel;
    std::string reason;  // the feed's listing reason, "Dridex C&C"; becomes the category

    bool operator==(const CertificateEntry&) const = default;
};
struct Sha256Entry {
    Sha256Digest sha256{};
    ThreatLevel threat_level = kMaxThreatLevel;
    std::string reason;

    bool operator==(const Sha256Entry&) const = default;
};

// CertificateChange leads from one version of a list to the next: what is removed goes first.
struct CertificateChange {
    std::vector<CertificateEntry> added;
    std::vector<Sha256Entry> added_sha256 = {};
    std::vector<Sha1Digest> removed = {};
    std::vector<Sha256Digest> removed_sha256 = {};
};

// CertificateTable never changes after construction; find does not allocate, any thread. Each
// reason is kept once, and the next version shares reasons and all pages that stay as they are.
class CertificateTable {
  public:
    struct Found {
        ThreatLevel threat_level;
        std::string_view reason;  // borrows from the table
    };
    class Builder;

    CertificateTable() = default;
    // Of several entries with one digest the first stays.
    explicit CertificateTable(std::span<const CertificateEntry> entries,
                              std::span<const Sha256Entry> sha256_entries = {});

    CertificateTable with(CertificateChange change) const;

    // find returns false when the digest is not listed.
    bool find(const Sha1Digest& sha1, Found& found) const;
    bool find(const Sha256Digest& sha256, Found& found) const;
    bool contains(const Sha1Digest& sha1) const { return sha1s_.find(sha1) != nullptr; }
    bool has_sha256() const { return !sha256s_.empty(); }
    std::size_t size() const { return sha1s_.size() + sha256s_.size(); }
    std::size_t memory_bytes() const;

    // each visits SHA-1s and then SHA-256s in order, until visit(digest, found) returns false.
    template <typename Visit>
    void each(Visit&& visit) const {
        const auto show = [&](const auto& slot) { return visit(slot.digest, found_in(slot)); };
        if (sha1s_.each(show)) {
            sha256s_.each(show);
        }
    }

  private:
    template <typename Digest>
    struct Slot {
        Digest digest{};
        uint32_t reason : 24 = 0;  // number in reasons_
        uint32_t threat_level : 8 = 0;

        bool used() const { return reason != 0; }
        const Digest& key() const { return digest; }
        static uint64_t prefix(const Digest& digest) { return wire::load<uint64_t>(digest.data()); }
    };
    using Sha1Slot = Slot<Sha1Digest>;
    using Sha256Slot = Slot<Sha256Digest>;
    static_assert(sizeof(Sha1Slot) == 24);

    template <typename AnySlot>
    Found found_in(const AnySlot& slot) const {
        return {static_cast<ThreatLevel>(slot.threat_level), text_of(*reasons_, slot.reason)};
    }
    CertificateTable built_again() const;

    PagedTable<Sha1Slot> sha1s_;
    PagedTable<Sha256Slot> sha256s_;
    std::shared_ptr<const Texts> reasons_;
};

// Builder makes a table out of rows, without a text for each.
class CertificateTable::Builder {
  public:
    void add(const Sha1Digest& sha1, ThreatLevel threat_level, std::string_view reason);
    void add(const Sha256Digest& sha256, ThreatLevel threat_level, std::string_view reason);
    std::size_t rows() const { return sha1s_.size() + sha256s_.size(); }
    CertificateTable build();  // leaves the builder empty

  private:
    friend class CertificateTable;
    TextNumbers reasons_;
    std::vector<Sha1Slot> sha1s_;
    std::vector<Sha256Slot> sha256s_;
};

}  // namespace eti::intel
