#include "eti/x509/certificate.h"

#include "eti/base/hex.h"
#include "x509/names.h"
#include "x509/openssl_pointers.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

namespace eti::x509 {
namespace {

using BigNumberPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;

void digest(const EVP_MD* kind, std::span<const uint8_t> der, std::span<uint8_t> out) {
    unsigned size = 0;
    EVP_Digest(der.data(), der.size(), out.data(), &size, kind, nullptr);
}

std::string serial_text(const X509* certificate) {
    const BigNumberPtr number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
    if (number == nullptr) {
        return {};
    }
    std::vector<uint8_t> bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
    BN_bn2bin(number.get(), bytes.data());
    std::string text = to_hex(bytes);
    text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
    if (text.empty()) {
        return "0";
    }
    return BN_is_negative(number.get()) != 0 ? "-" + text : text;
}

// time_text writes RFC 3339; ASN.1 times in certificates are UTC to the second (RFC 5280 4.1.2.5).
std::string time_text(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
        return {};
    }
    std::array<char, 96> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
                  parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    return text.data();
}

std::string object_text(const ASN1_OBJECT* object, bool short_name) {
    if (object == nullptr) {
        return {};
    }
    const int nid = OBJ_obj2nid(object);
    if (nid != NID_undef && short_name) {
        return OBJ_nid2sn(nid);
    }
    std::array<char, 128> text{};
    OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 0);
    return text.data();
}

std::string key_text(const X509* certificate, const EVP_PKEY* key) {
    switch (key == nullptr ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
            return "RSA";
        case EVP_PKEY_RSA_PSS:
            return "RSA-PSS";
        case EVP_PKEY_EC:
            return "EC";
        case EVP_PKEY_DSA:
            return "DSA";
        default:
            break;
    }
    // Ed25519 and the like, and keys OpenSSL does not know: what the algorithm is called.
    ASN1_OBJECT* algorithm = nullptr;
    X509_PUBKEY_get0_param(&algorithm, nullptr, nullptr, nullptr,
                           X509_get_X509_PUBKEY(certificate));
    return object_text(algorithm, true);
}

std::string signature_text(const X509* certificate) {
    const ASN1_OBJECT* algorithm = nullptr;
    X509_ALGOR_get0(&algorithm, nullptr, nullptr, X509_get0_tbs_sigalg(certificate));
    return object_text(algorithm, false);
}

// The names are compared first: most certificates differ there and need no signature check.
bool is_self_signed(X509* certificate, EVP_PKEY* key) {
    return key != nullptr &&
           X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) ==
               0 &&
           X509_verify(certificate, key) == 1;
}

bool names_its_issuer(const X509* certificate) {
    const std::unique_ptr<AUTHORITY_INFO_ACCESS, Freed<AUTHORITY_INFO_ACCESS_free>> access(
        static_cast<AUTHORITY_INFO_ACCESS*>(
            X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)));
    for (int i = 0; access != nullptr && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
        const ACCESS_DESCRIPTION* entry = sk_ACCESS_DESCRIPTION_value(access.get(), i);
        if (OBJ_obj2nid(entry->method) == NID_ad_ca_issuers) {
            return true;
        }
    }
    return false;
}

void fill(metadata::CertificateSummary& summary, X509* certificate) {
    EVP_PKEY* key = X509_get0_pubkey(certificate);
    summary.subject = name_text(X509_get_subject_name(certificate));
    summary.issuer = name_text(X509_get_issuer_name(certificate));
    summary.serial = serial_text(certificate);
    summary.not_before = time_text(X509_get0_notBefore(certificate));
    summary.not_after = time_text(X509_get0_notAfter(certificate));
    summary.key = key_text(certificate, key);
    summary.bits = key == nullptr ? 0 : static_cast<uint32_t>(EVP_PKEY_get_bits(key));
    summary.signature = signature_text(certificate);
    summary.san_truncated = alternative_names(certificate, summary.san);
    summary.self_signed = is_self_signed(certificate, key);
    summary.version = static_cast<uint8_t>(X509_get_version(certificate) + 1);
    summary.extensions = static_cast<uint16_t>(std::max(X509_get_ext_count(certificate), 0));
    summary.ca_issuers = names_its_issuer(certificate);
    summary.parsed = true;
}

}  // namespace

metadata::CertificateSummary summarize(std::span<const uint8_t> der) {
    metadata::CertificateSummary summary;
    summary.size = static_cast<uint32_t>(std::min<std::size_t>(der.size(), UINT32_MAX));
    digest(EVP_sha1(), der, summary.sha1);
    digest(EVP_sha256(), der, summary.sha256);
    if (const CertificatePtr certificate = parse(der)) {
        fill(summary, certificate.get());
    }
    ERR_clear_error();
    return summary;
}

}  // namespace eti::x509
