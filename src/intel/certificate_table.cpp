#include "eti/intel/certificate_table.h"

#include <utility>

namespace eti::intel {
void CertificateTable::Builder::add(const Sha1Digest& sha1, ThreatLevel threat_level,
                                    std::string_view reason) {
    sha1s_.push_back({sha1, reasons_.of(reason) & 0xffffffU, threat_level});
}

void CertificateTable::Builder::add(const Sha256Digest& sha256, ThreatLevel threat_level,
                                    std::string_view reason) {
    sha256s_.push_back({sha256, reasons_.of(reason) & 0xffffffU, threat_level});
}

CertificateTable CertificateTable::Builder::build() {
    CertificateTable table;
    table.sha1s_ = PagedTable(std::exchange(sha1s_, {}));
    table.sha256s_ = PagedTable(std::exchange(sha256s_, {}));
    table.reasons_ = std::exchange(reasons_, TextNumbers()).texts();
    return table;
}

CertificateTable::CertificateTable(std::span<const CertificateEntry> entries,
                                   std::span<const Sha256Entry> sha256_entries) {
    Builder builder;
    for (const CertificateEntry& entry : entries) {
        builder.add(entry.sha1, entry.threat_level, entry.reason);
    }
    for (const Sha256Entry& entry : sha256_entries) {
        builder.add(entry.sha256, entry.threat_level, entry.reason);
    }
    *this = builder.build();
}

CertificateTable CertificateTable::with(CertificateChange change) const {
    Builder builder;
    builder.reasons_ = TextNumbers(reasons_);
    for (const CertificateEntry& entry : change.added) {
        builder.add(entry.sha1, entry.threat_level, entry.reason);
    }
    for (const Sha256Entry& entry : change.added_sha256) {
        builder.add(entry.sha256, entry.threat_level, entry.reason);
    }
    CertificateTable next;
    next.sha1s_ = sha1s_.with(std::move(builder.sha1s_), std::move(change.removed));
    next.sha256s_ = sha256s_.with(std::move(builder.sha256s_), std::move(change.removed_sha256));
    next.reasons_ = builder.reasons_.texts();
    return worth_numbering_again(next.reasons_, next.size()) ? next.built_again() : next;
}

CertificateTable CertificateTable::built_again() const {
    Builder builder;
    each([&](const auto& digest, const Found& found) {
        builder.add(digest, found.threat_level, found.reason);
        return true;
    });
    return builder.build();
}

bool CertificateTable::find(const Sha1Digest& sha1, Found& found) const {
    const auto* slot = sha1s_.find(sha1);
    if (slot != nullptr) {
        found = found_in(*slot);
    }
    return slot != nullptr;
}

bool CertificateTable::find(const Sha256Digest& sha256, Found& found) const {
    const auto* slot = sha256s_.find(sha256);
    if (slot != nullptr) {
        found = found_in(*slot);
    }
    return slot != nullptr;
}

std::size_t CertificateTable::memory_bytes() const {
    return sha1s_.memory_bytes() + sha256s_.memory_bytes() + intel::memory_bytes(reasons_);
}

}  // namespace eti::intel
