#include "eti/x509/chain_verifier.h"

#include "x509/openssl_pointers.h"
#include "x509/removed_roots.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace eti::x509 {
namespace {

using StorePtr = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;

struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using StackPtr = std::unique_ptr<STACK_OF(X509), FreeStack>;

std::size_t add_roots(X509_STORE* store, BIO* pem) {
    std::size_t added = 0;
    while (const CertificatePtr root{PEM_read_bio_X509(pem, nullptr, nullptr, nullptr)}) {
        added += X509_STORE_add_cert(store, root.get()) == 1 ? 1U : 0U;
    }
    ERR_clear_error();  // the end of the file is one
    return added;
}

int64_t seconds_of(const ASN1_TIME* time, int64_t fallback) {
    std::tm parts{};
    return ASN1_TIME_to_tm(time, &parts) == 1 ? int64_t{::timegm(&parts)} : fallback;
}

// The time in which every certificate of the path is valid, as seconds.
ChainVerdict validity_of(const STACK_OF(X509) * path) {
    ChainVerdict verdict{true, std::numeric_limits<int64_t>::min(),
                         std::numeric_limits<int64_t>::max()};
    for (int i = 0; i < sk_X509_num(path); ++i) {
        const X509* certificate = sk_X509_value(path, i);
        verdict.from =
            std::max(verdict.from, seconds_of(X509_get0_notBefore(certificate), verdict.from));
        verdict.until =
            std::min(verdict.until, seconds_of(X509_get0_notAfter(certificate), verdict.until));
    }
    return verdict;
}

// Either at a time, or, without one, whatever the clock says.
std::optional<ChainVerdict> find_path(X509_STORE* roots, X509* leaf, STACK_OF(X509) * others,
                                      std::optional<int64_t> at) {
    const StoreContextPtr context(X509_STORE_CTX_new());
    if (context == nullptr || X509_STORE_CTX_init(context.get(), roots, leaf, others) != 1) {
        return std::nullopt;
    }
    X509_VERIFY_PARAM* how = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_auth_level(how, 0);  // old keys and digests were good in their time
    if (at) {
        X509_VERIFY_PARAM_set_time(how, static_cast<std::time_t>(*at));
    } else {
        X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_NO_CHECK_TIME);
    }
    if (X509_verify_cert(context.get()) != 1) {
        return std::nullopt;
    }
    return validity_of(X509_STORE_CTX_get0_chain(context.get()));
}

}  // namespace

struct ChainVerifier::Impl {
    StorePtr today{X509_STORE_new()};
    StorePtr once{X509_STORE_new()};  // today's roots and those removed since
    std::size_t roots = 0;
};

ChainVerifier::ChainVerifier(const std::string& bundle) : impl_(std::make_unique<Impl>()) {
    trust(bundle);
    const std::string_view removed = removed_roots();
    const BioPtr text(BIO_new_mem_buf(removed.data(), static_cast<int>(removed.size())));
    add_roots(impl_->once.get(), text.get());
}

std::shared_ptr<ChainVerifier> ChainVerifier::of_system() {
    try {
        return std::make_shared<ChainVerifier>();
    } catch (const std::runtime_error&) {
        return nullptr;
    }
}

void ChainVerifier::trust(const std::string& bundle) {
    std::size_t added = 0;
    for (X509_STORE* store : {impl_->today.get(), impl_->once.get()}) {
        const BioPtr file(BIO_new_file(bundle.c_str(), "r"));
        added = file == nullptr ? 0 : add_roots(store, file.get());
    }
    ERR_clear_error();
    if (added == 0) {
        throw std::runtime_error("no root certificate can be read from '" + bundle +
                                 "'; install ca-certificates or name another bundle");
    }
    impl_->roots += added;
}

ChainVerifier::~ChainVerifier() = default;

std::size_t ChainVerifier::roots() const {
    return impl_->roots;
}

ChainVerdict ChainVerifier::judge(const std::vector<std::span<const uint8_t>>& chain,
                                  Timestamp at) const {
    const CertificatePtr leaf = chain.empty() ? nullptr : parse(chain.front());
    const StackPtr others(sk_X509_new_null());
    for (std::size_t i = 1; leaf != nullptr && i < chain.size(); ++i) {
        if (CertificatePtr other = parse(chain[i])) {
            sk_X509_push(others.get(), other.release());
        }
    }
    ChainVerdict verdict;
    if (leaf != nullptr) {
        const int64_t second =
            std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
        X509_STORE* roots = second < kRemovedRootsUntil ? impl_->once.get() : impl_->today.get();
        if (const auto now = find_path(roots, leaf.get(), others.get(), second)) {
            verdict = *now;
        } else if (const auto ever = find_path(roots, leaf.get(), others.get(), std::nullopt)) {
            verdict = *ever;
        }
    }
    ERR_clear_error();
    return verdict;
}

}  // namespace eti::x509
