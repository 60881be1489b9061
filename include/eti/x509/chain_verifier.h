// Does a chain lead to a root that is, or at the session's time was, trusted? By OpenSSL.
#pragma once

#include "eti/base/clock.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace eti::x509 {

// What one chain is worth. Times are seconds since 1970.
struct ChainVerdict {
    bool issuer_known = false;  // leads to a root, whatever the clock says
    int64_t from = 0;           // the chain verifies from here
    int64_t until = -1;         // to here, both included; from > until: at no time

    bool verifies(int64_t at) const { return issuer_known && from <= at && at <= until; }
};

// ChainVerifier holds the roots. Judging is const and may run on any thread; it takes a tenth of a
// millisecond, so callers remember verdicts by certificate. The names a certificate is for, and
// revocation, are not its business.
class ChainVerifier {
  public:
    // Debian's ca-certificates keeps the roots of today here.
    static constexpr const char* kDefaultBundle = "/etc/ssl/certs/ca-certificates.crt";
    // Roots that today's bundle no longer has still count in sessions before this time, 2021-01-01.
    static constexpr int64_t kRemovedRootsUntil = 1'609'459'200;

    // The bundle is PEM. A missing or empty one is an error: std::runtime_error with a sentence.
    explicit ChainVerifier(const std::string& bundle = kDefaultBundle);
    // of_system reads the default bundle; null when it is not there.
    static std::shared_ptr<ChainVerifier> of_system();
    // trust adds a site's own roots, PEM: std::runtime_error with a sentence when there are none.
    void trust(const std::string& bundle);
    ~ChainVerifier();
    ChainVerifier(const ChainVerifier&) = delete;
    ChainVerifier& operator=(const ChainVerifier&) = delete;

    // judge takes DER, the leaf first, the others in any order; at chooses between several paths.
    ChainVerdict judge(const std::vector<std::span<const uint8_t>>& chain, Timestamp at) const;

    std::size_t roots() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::x509
