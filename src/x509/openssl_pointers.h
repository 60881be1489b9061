// OpenSSL's objects, freed by their owners.
#pragma once

#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace eti::x509 {

inline constexpr std::size_t kMaxDerBytes = 1U << 20;

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};
using CertificatePtr = std::unique_ptr<X509, Freed<X509_free>>;

// parse refuses bytes behind the certificate, as TLS endpoints do.
inline CertificatePtr parse(std::span<const uint8_t> der) {
    if (der.empty() || der.size() > kMaxDerBytes) {
        return nullptr;
    }
    const unsigned char* at = der.data();
    CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    return at == der.data() + der.size() ? std::move(certificate) : nullptr;
}

}  // namespace eti::x509
