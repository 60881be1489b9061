// The certificate blocklist: an immutable table of leaf digests, published whole.
#pragma once

#include "eti/base/digest_types.h"
#include "eti/intel/threat_level.h"

#include <cstdint>
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

// Sha1Blocklist never changes after construction; find is one hash probe, no allocation, any
// thread. With the same digest in several lists the first list wins.
class Sha1Blocklist {
  public:
    struct Source {
        std::string feed;  // "cc_cert_sha1"
        std::vector<CertificateEntry> entries;
        std::vector<Sha256Entry> sha256_entries = {};

        bool operator==(const Source&) const = default;
    };
    struct Hit {
        ThreatLevel threat_level;
        std::string_view feed;    // borrows from the table
        std::string_view reason;  // borrows from the table
    };

    Sha1Blocklist() = default;  // matches nothing
    explicit Sha1Blocklist(std::span<const Source> sources);

    bool contains(const Sha1Digest& sha1) const { return slot_of(sha1) != nullptr; }
    // find returns false when the digest is not listed.
    bool find(const Sha1Digest& sha1, Hit& hit) const;
    bool find(const Sha256Digest& sha256, Hit& hit) const;
    bool has_sha256() const { return !longer_.empty(); }
    std::size_t size() const { return size_ + longer_.size(); }
    // entries_of gives back what one feed put into the table, in any order.
    Source entries_of(std::string_view feed) const;

    struct Entry {
        std::string_view kind;  // sha1, sha256
        std::string digest;     // lower-case hex
        Hit hit;
    };
    // list returns at most count entries of a feed from start on, in the table's own order.
    std::vector<Entry> list(std::string_view feed, std::size_t start, std::size_t count) const;

  private:
    struct Slot {  // 24 bytes; text 0 means empty
        Sha1Digest sha1{};
        uint32_t text : 24 = 0;  // index into texts_ plus one
        uint32_t threat_level : 8 = 0;
    };
    struct Text {
        std::string feed;
        std::string reason;
    };
    struct Longer {  // most lists hold none: ordered, found by halving
        Sha256Digest sha256{};
        uint32_t text = 0;
        ThreatLevel threat_level = 0;
    };
    class Filler;
    const Slot* slot_of(const Sha1Digest& sha1) const;
    Hit hit_of(uint32_t text, unsigned threat_level) const;

    std::vector<Slot> slots_;  // open addressing, power of two, at most half full
    std::vector<Longer> longer_;
    std::vector<Text> texts_;  // distinct (feed, reason) pairs
    std::size_t size_ = 0;
};

}  // namespace eti::intel
