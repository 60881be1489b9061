// Certificates by SHA-1: what they say, and what the roots say of their chains.
#pragma once

#include "eti/base/bounded_map.h"
#include "eti/metadata/record.h"
#include "eti/x509/chain_verifier.h"
#include "features/session.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace eti::features {

class Certificates {
  public:
    Certificates(std::shared_ptr<const x509::ChainVerifier> roots, std::size_t leaves,
                 std::size_t authorities, const KeyedHash& hash)
        : roots_(std::move(roots)), leaves_(leaves, hash), authorities_(authorities, hash) {}

    void learn(const Sha1Digest& sha1, std::span<const uint8_t> der);
    // show takes a session that shows its chain, find one that inherits a leaf. Valid until the
    // next call. A leaf is judged once, with the first chain shown: paths change more slowly than
    // that.
    CertificateView show(const metadata::Record& record, const metadata::CertificateSummary* leaf);
    CertificateView find(const Sha1Digest& sha1, const metadata::CertificateSummary* leaf);
    // knows tells whether its bytes were learned.
    bool knows(const Sha1Digest& sha1);

    uint64_t leaves_evicted() const { return leaves_.evicted(); }
    uint64_t authorities_evicted() const { return authorities_.evicted(); }

  private:
    struct Leaf {
        std::optional<Profile> profile;
        std::optional<x509::ChainVerdict> trust;
        uint8_t chain_length = 0;
        std::vector<uint8_t> der;  // until judged
    };

    static CertificateView view_of(const Leaf& leaf);
    Leaf& leaf_of(const Sha1Digest& sha1, const metadata::CertificateSummary* summary);
    void judge(Leaf& leaf, const metadata::Record& record);

    std::shared_ptr<const x509::ChainVerifier> roots_;
    BoundedMap<Sha1Digest, Leaf> leaves_;
    BoundedMap<Sha1Digest, std::vector<uint8_t>> authorities_;
};

}  // namespace eti::features
