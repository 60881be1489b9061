// Certificates made in memory, for tests.
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace eti::test {

enum class KeyKind { Rsa1024, Rsa2048, EcP256, Ed25519 };

// TestCertificate is a certificate with its private key.
struct TestCertificate {
    std::vector<uint8_t> der;
    std::shared_ptr<evp_pkey_st> key;
    std::shared_ptr<x509_st> x509;

    std::string certificate_pem() const;
    std::string key_pem() const;
};

// CertificateBuilder collects what a certificate says; self_signed and signed_by then make it.
// Both abort the test program with OpenSSL's reason when it cannot be made.
class CertificateBuilder {
  public:
    // subject appends an attribute: field is "CN", "O", ...; value is UTF-8 and may hold a NUL.
    CertificateBuilder& subject(std::string field, std::string_view value);
    CertificateBuilder& key(KeyKind kind);
    CertificateBuilder& key_of(const TestCertificate& other);  // the same name may be signed anew
    CertificateBuilder& serial(std::string hex);
    CertificateBuilder& valid(std::time_t from, std::time_t until);
    CertificateBuilder& dns(std::string_view name);  // may hold a NUL
    CertificateBuilder& ip(std::string_view bytes);  // network order
    CertificateBuilder& email(std::string_view address);
    CertificateBuilder& authority();  // may sign others

    TestCertificate self_signed() const;
    TestCertificate signed_by(const TestCertificate& issuer) const;

  private:
    struct Attribute {
        std::string field;
        std::string value;
    };
    struct AlternativeName {
        int type;
        std::string value;
    };
    TestCertificate make(const TestCertificate* issuer) const;

    std::vector<Attribute> subject_;
    std::vector<AlternativeName> names_;
    KeyKind key_ = KeyKind::EcP256;
    std::shared_ptr<evp_pkey_st> given_key_;
    std::string serial_ = "1";
    std::time_t from_ = 1700000000;   // 2023-11-14
    std::time_t until_ = 2000000000;  // 2033-05-18
    bool authority_ = false;
};

}  // namespace eti::test
