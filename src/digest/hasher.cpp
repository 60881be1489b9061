#include "eti/digest/hasher.h"

#include "eti/base/check.h"

#include <openssl/evp.h>

#include <new>
#include <stdexcept>
#include <string>

namespace eti::digest {
namespace {

struct FreeAlgorithm {
    void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
};
using Algorithm = std::unique_ptr<EVP_MD, FreeAlgorithm>;

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// Fetching searches the providers under a lock: done once, at start-up.
Algorithm fetch(const char* name) {
    Algorithm algorithm(EVP_MD_fetch(nullptr, name, nullptr));
    if (!algorithm) {
        throw std::runtime_error("digest: OpenSSL offers no " + std::string(name) +
                                 "; load its default provider in openssl.cnf");
    }
    return algorithm;
}

// A context keeps its own reference to the algorithm and the memory of its state: starting it
// again allocates nothing.
Context make_context(const Algorithm& algorithm) {
    Context context(EVP_MD_CTX_new());
    if (!context || EVP_DigestInit_ex2(context.get(), algorithm.get(), nullptr) != 1) {
        throw std::bad_alloc();
    }
    return context;
}

// These fail only for want of memory or a wrong context, and neither is possible here.
void restart(EVP_MD_CTX* context) {
    const int done = EVP_DigestInit_ex2(context, nullptr, nullptr);
    ETI_CHECK(done == 1);
}

void update(EVP_MD_CTX* context, std::span<const uint8_t> bytes) {
    const int done = EVP_DigestUpdate(context, bytes.data(), bytes.size());
    ETI_CHECK(done == 1);
}

template <typename Digest>
Digest finish(EVP_MD_CTX* context) {
    Digest digest{};
    unsigned size = 0;
    const int done = EVP_DigestFinal_ex(context, digest.data(), &size);
    ETI_CHECK(done == 1 && size == digest.size());
    return digest;
}

template <typename Digest>
Digest hash(EVP_MD_CTX* context, std::span<const uint8_t> bytes) {
    restart(context);
    update(context, bytes);
    return finish<Digest>(context);
}

}  // namespace

struct Hasher::Contexts {
    Context sha1 = make_context(fetch("SHA1"));
    Context sha256 = make_context(fetch("SHA256"));
    Context md5 = make_context(fetch("MD5"));
};

Hasher::Hasher() : contexts_(std::make_unique<Contexts>()) {}
Hasher::~Hasher() = default;

Sha1Digest Hasher::sha1(std::span<const uint8_t> bytes) {
    return hash<Sha1Digest>(contexts_->sha1.get(), bytes);
}

Sha256Digest Hasher::sha256(std::span<const uint8_t> bytes) {
    return hash<Sha256Digest>(contexts_->sha256.get(), bytes);
}

Md5Digest Hasher::md5(std::span<const uint8_t> bytes) {
    return hash<Md5Digest>(contexts_->md5.get(), bytes);
}

Sha1Pool::Sha1Pool(uint32_t states) {
    const Algorithm sha1 = fetch("SHA1");
    contexts_.reserve(states);
    free_.reserve(states);
    for (uint32_t state = 0; state < states; ++state) {
        contexts_.push_back(make_context(sha1).release());
        free_.push_back(states - 1 - state);
    }
}

Sha1Pool::~Sha1Pool() {
    for (EVP_MD_CTX* context : contexts_) {
        EVP_MD_CTX_free(context);
    }
}

uint32_t Sha1Pool::begin() {
    if (free_.empty()) {
        return kNone;
    }
    const uint32_t state = free_.back();
    free_.pop_back();
    restart(contexts_[state]);
    return state;
}

void Sha1Pool::update(uint32_t state, std::span<const uint8_t> bytes) {
    digest::update(contexts_[state], bytes);
}

Sha1Digest Sha1Pool::finish(uint32_t state) {
    abandon(state);
    return digest::finish<Sha1Digest>(contexts_[state]);
}

void Sha1Pool::abandon(uint32_t state) {
    ETI_ASSERT(state < contexts_.size() && free_.size() < contexts_.size());
    free_.push_back(state);
}

}  // namespace eti::digest
