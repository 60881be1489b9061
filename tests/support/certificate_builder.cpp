#include "tests/support/certificate_builder.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace eti::test {
namespace {

void require(bool done, const char* what) {
    if (!done) {
        std::fprintf(stderr, "certificate builder: %s failed\n", what);
        ERR_print_errors_fp(stderr);
        std::abort();
    }
}

std::shared_ptr<EVP_PKEY> make_key(KeyKind kind) {
    EVP_PKEY* key = nullptr;
    switch (kind) {
        case KeyKind::Rsa1024:
            key = EVP_RSA_gen(1024);
            break;
        case KeyKind::Rsa2048:
            key = EVP_RSA_gen(2048);
            break;
        case KeyKind::EcP256:
            key = EVP_EC_gen("P-256");
            break;
        case KeyKind::Ed25519:
            key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
            break;
    }
    require(key != nullptr, "key generation");
    return {key, EVP_PKEY_free};
}

const unsigned char* bytes_of(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

ASN1_STRING* make_string(int type, const std::string& value) {
    ASN1_STRING* string = ASN1_STRING_type_new(type);
    require(string != nullptr &&
                ASN1_STRING_set(string, value.data(), static_cast<int>(value.size())) == 1,
            "string");
    return string;
}

void set_serial(X509* certificate, const std::string& hex) {
    BIGNUM* serial = nullptr;
    require(BN_hex2bn(&serial, hex.c_str()) > 0 &&
                BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)) != nullptr,
            "serial");
    BN_free(serial);
}

GENERAL_NAME* make_general_name(int type, const std::string& value) {
    GENERAL_NAME* name = GENERAL_NAME_new();
    require(name != nullptr, "general name");
    const int string_type = type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING;
    GENERAL_NAME_set0_value(name, type, make_string(string_type, value));
    return name;
}

void add_authority(X509* certificate) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, &context, NID_basic_constraints, "critical,CA:TRUE");
    require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "CA extension");
    X509_EXTENSION_free(extension);
}

void sign(X509* certificate, EVP_PKEY* key) {
    const bool hashes_itself = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
    require(X509_sign(certificate, key, hashes_itself ? nullptr : EVP_sha256()) > 0, "signature");
}

std::vector<uint8_t> encode(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    require(size > 0, "encoding");
    std::vector<uint8_t> bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

template <typename Write>
std::string pem(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
    require(bio != nullptr && write(bio.get()) == 1, "PEM");
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

std::string TestCertificate::certificate_pem() const {
    return pem([this](BIO* bio) { return PEM_write_bio_X509(bio, x509.get()); });
}

std::string TestCertificate::key_pem() const {
    return pem([this](BIO* bio) {
        return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

CertificateBuilder& CertificateBuilder::subject(std::string field, std::string_view value) {
    subject_.push_back({std::move(field), std::string(value)});
    return *this;
}

CertificateBuilder& CertificateBuilder::key(KeyKind kind) {
    key_ = kind;
    return *this;
}

CertificateBuilder& CertificateBuilder::key_of(const TestCertificate& other) {
    given_key_ = other.key;
    return *this;
}

CertificateBuilder& CertificateBuilder::serial(std::string hex) {
    serial_ = std::move(hex);
    return *this;
}

CertificateBuilder& CertificateBuilder::valid(std::time_t from, std::time_t until) {
    from_ = from;
    until_ = until;
    return *this;
}

CertificateBuilder& CertificateBuilder::dns(std::string_view name) {
    names_.push_back({GEN_DNS, std::string(name)});
    return *this;
}

CertificateBuilder& CertificateBuilder::ip(std::string_view bytes) {
    names_.push_back({GEN_IPADD, std::string(bytes)});
    return *this;
}

CertificateBuilder& CertificateBuilder::email(std::string_view address) {
    names_.push_back({GEN_EMAIL, std::string(address)});
    return *this;
}

CertificateBuilder& CertificateBuilder::authority() {
    authority_ = true;
    return *this;
}

TestCertificate CertificateBuilder::self_signed() const {
    return make(nullptr);
}

TestCertificate CertificateBuilder::signed_by(const TestCertificate& issuer) const {
    return make(&issuer);
}

TestCertificate CertificateBuilder::make(const TestCertificate* issuer) const {
    TestCertificate made;
    made.key = given_key_ != nullptr ? given_key_ : make_key(key_);
    made.x509.reset(X509_new(), X509_free);
    X509* certificate = made.x509.get();
    require(certificate != nullptr && X509_set_version(certificate, 2) == 1, "certificate");
    set_serial(certificate, serial_);
    require(ASN1_TIME_set(X509_getm_notBefore(certificate), from_) != nullptr &&
                ASN1_TIME_set(X509_getm_notAfter(certificate), until_) != nullptr,
            "validity");
    for (const Attribute& attribute : subject_) {
        require(
            X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), attribute.field.c_str(),
                                       MBSTRING_UTF8, bytes_of(attribute.value),
                                       static_cast<int>(attribute.value.size()), -1, 0) == 1,
            "subject");
    }
    const X509* signer = issuer == nullptr ? certificate : issuer->x509.get();
    require(X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1, "issuer");
    require(X509_set_pubkey(certificate, made.key.get()) == 1, "key");

    GENERAL_NAMES* names = GENERAL_NAMES_new();
    for (const AlternativeName& alternative : names_) {
        sk_GENERAL_NAME_push(names, make_general_name(alternative.type, alternative.value));
    }
    require(
        names_.empty() || X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0) == 1,
        "names");
    GENERAL_NAMES_free(names);
    if (authority_) {
        add_authority(certificate);
    }
    sign(certificate, issuer == nullptr ? made.key.get() : issuer->key.get());
    made.der = encode(certificate);
    return made;
}

}  // namespace eti::test
