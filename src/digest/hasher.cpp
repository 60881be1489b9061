// The low-level functions are deprecated in favour of EVP, which cannot start a hash without an
// allocation; see hasher.h.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "eti/digest/hasher.h"

#include "eti/base/check.h"

#include <openssl/md5.h>
#include <openssl/sha.h>

namespace eti::digest {

// The functions return 0 for a state they were not given, never for input.
Sha1Digest Hasher::sha1(std::span<const uint8_t> bytes) {
    Sha1Digest digest{};
    SHA_CTX state;
    SHA1_Init(&state);
    SHA1_Update(&state, bytes.data(), bytes.size());
    SHA1_Final(digest.data(), &state);
    return digest;
}

Sha256Digest Hasher::sha256(std::span<const uint8_t> bytes) {
    Sha256Digest digest{};
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, bytes.data(), bytes.size());
    SHA256_Final(digest.data(), &state);
    return digest;
}

Md5Digest Hasher::md5(std::span<const uint8_t> bytes) {
    Md5Digest digest{};
    MD5_CTX state;
    MD5_Init(&state);
    MD5_Update(&state, bytes.data(), bytes.size());
    MD5_Final(digest.data(), &state);
    return digest;
}

// No member has an initial value: memory is touched when a state is first used.
struct Sha1Pool::State {
    SHA_CTX context;
    bool with_sha256;
    SHA256_CTX longer;
};

Sha1Pool::Sha1Pool(uint32_t states)
    : states_(std::make_unique_for_overwrite<State[]>(states)), count_(states) {
    free_.reserve(states);
    for (uint32_t state = states; state > 0; --state) {
        free_.push_back(state - 1);
    }
}

Sha1Pool::~Sha1Pool() = default;

uint32_t Sha1Pool::begin(bool with_sha256) {
    if (free_.empty()) {
        return kNone;
    }
    const uint32_t state = free_.back();
    free_.pop_back();
    SHA1_Init(&states_[state].context);
    states_[state].with_sha256 = with_sha256;
    if (with_sha256) {
        SHA256_Init(&states_[state].longer);
    }
    return state;
}

void Sha1Pool::update(uint32_t state, std::span<const uint8_t> bytes) {
    ETI_ASSERT(state < count_);
    SHA1_Update(&states_[state].context, bytes.data(), bytes.size());
    if (states_[state].with_sha256) {
        SHA256_Update(&states_[state].longer, bytes.data(), bytes.size());
    }
}

std::optional<Sha256Digest> Sha1Pool::sha256(uint32_t state) {
    ETI_ASSERT(state < count_);
    if (!states_[state].with_sha256) {
        return std::nullopt;
    }
    Sha256Digest digest{};
    SHA256_Final(digest.data(), &states_[state].longer);
    return digest;
}

Sha1Digest Sha1Pool::finish(uint32_t state) {
    ETI_ASSERT(state < count_);
    Sha1Digest digest{};
    SHA1_Final(digest.data(), &states_[state].context);
    abandon(state);
    return digest;
}

void Sha1Pool::abandon(uint32_t state) {
    ETI_ASSERT(state < count_ && free_.size() < count_);
    free_.push_back(state);
}

}  // namespace eti::digest
