// Hashes through OpenSSL's low-level interface: plain state structures, no allocation ever. EVP of
// OpenSSL 3.0 allocates a new state at each EVP_DigestInit_ex2, even on the same context.
#pragma once

#include "eti/base/digest_types.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace eti::digest {

// Hasher hashes whole inputs. One per thread.
class Hasher {
  public:
    Hasher() = default;
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;

    Sha1Digest sha1(std::span<const uint8_t> bytes);
    Sha256Digest sha256(std::span<const uint8_t> bytes);
    Md5Digest md5(std::span<const uint8_t> bytes);
};

// Sha1Pool keeps running SHA-1 states, and SHA-256 where asked for, of certificates that arrive in
// pieces. One per worker.
class Sha1Pool {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;

    explicit Sha1Pool(uint32_t states);
    ~Sha1Pool();
    Sha1Pool(const Sha1Pool&) = delete;
    Sha1Pool& operator=(const Sha1Pool&) = delete;

    uint32_t begin(bool with_sha256 = false);  // kNone when all states are in use
    void update(uint32_t state, std::span<const uint8_t> bytes);
    Sha1Digest finish(uint32_t state);  // and gives the state back
    // sha256 is the other digest of the same bytes, if begin asked for it; call before finish.
    std::optional<Sha256Digest> sha256(uint32_t state);
    void abandon(uint32_t state);  // gives it back unused
    uint32_t in_use() const { return count_ - static_cast<uint32_t>(free_.size()); }

  private:
    struct State;
    std::unique_ptr<State[]> states_;
    std::vector<uint32_t> free_;  // capacity reserved at start
    uint32_t count_ = 0;
};

}  // namespace eti::digest
