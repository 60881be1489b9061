// Summaries of the certificates seen since start, least recently used ones forgotten first.
#pragma once

#include "eti/metadata/certificate_summary.h"

#include <cstddef>
#include <cstring>
#include <list>
#include <unordered_map>

namespace eti::control {

struct CertificateCacheLimits {
    std::size_t entries = 65'536;
    std::size_t bytes = 128U << 20;  // estimated, texts included
};

class CertificateCache {
  public:
    explicit CertificateCache(CertificateCacheLimits limits = {}) : limits_(limits) {}

    // find returns null when the certificate is unknown; valid until the next insert.
    const metadata::CertificateSummary* find(const Sha1Digest& sha1);
    void insert(metadata::CertificateSummary summary);
    std::size_t size() const { return by_sha1_.size(); }

  private:
    struct Hash {  // the key is a digest already, its first bytes are as good as any hash
        std::size_t operator()(const Sha1Digest& sha1) const {
            std::size_t value = 0;
            std::memcpy(&value, sha1.data(), sizeof value);
            return value;
        }
    };
    using Order = std::list<metadata::CertificateSummary>;

    CertificateCacheLimits limits_;
    std::size_t bytes_ = 0;
    Order order_;  // most recently used first
    std::unordered_map<Sha1Digest, Order::iterator, Hash> by_sha1_;
};

}  // namespace eti::control
