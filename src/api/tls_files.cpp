#include "eti/api/tls_files.h"

#include "eti/base/check.h"
#include "eti/net/ip_address.h"
#include "eti/store/private_file.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <filesystem>
#include <memory>

namespace eti::analysis {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr long kLifetimeSeconds = 3650L * 24 * 3600;

Key make_key() {
    Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    ETI_CHECK(key != nullptr);
    return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), &X509_EXTENSION_free);
    ETI_CHECK(extension != nullptr);
    ETI_CHECK(X509_add_ext(certificate, extension.get(), -1) == 1);
}

void set_name(X509_NAME* name, const std::string& common_name) {
    ETI_CHECK(X509_NAME_add_entry_by_txt(
                  name, "CN", MBSTRING_UTF8,
                  reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0) == 1);
}

Certificate make_certificate(EVP_PKEY* key, const std::string& common_name) {
    Certificate certificate(X509_new(), &X509_free);
    std::array<unsigned char, 16> serial{};
    ETI_CHECK(RAND_bytes(serial.data(), serial.size()) == 1);
    serial[0] = static_cast<unsigned char>(serial[0] & 0x7fU);  // RFC 5280 4.1.2.2: positive
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(
        BN_bin2bn(serial.data(), serial.size(), nullptr), &BN_free);
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
    X509_set_version(certificate.get(), X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);  // clocks differ a little
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kLifetimeSeconds);
    X509_set_pubkey(certificate.get(), key);
    set_name(X509_get_subject_name(certificate.get()), common_name);
    return certificate;
}

std::string alternative_names(const std::string& host) {
    std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
    if (host != "127.0.0.1" && host != "::1" && host != "localhost") {
        names += (net::parse_ip(host) ? ",IP:" : ",DNS:") + host;
    }
    return names;
}

std::string pem_of(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
    ETI_CHECK(PEM_write_bio_X509(bio.get(), certificate) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

std::string pem_of(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
    ETI_CHECK(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

}  // namespace

void make_tls_files(const std::string& directory, const std::string& host) {
    namespace fs = std::filesystem;
    if (fs::exists(directory + "/ca.pem") && fs::exists(directory + "/server.pem") &&
        fs::exists(directory + "/server.key")) {
        return;
    }
    const Key ca_key = make_key();
    const Certificate ca = make_certificate(ca_key.get(), "eti-analysis CA");
    X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
    add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
    ETI_CHECK(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0);

    const Key key = make_key();
    const Certificate server = make_certificate(key.get(), host);
    X509_set_issuer_name(server.get(), X509_get_subject_name(ca.get()));
    add_extension(server.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(server.get(), ca.get(), NID_ext_key_usage, "serverAuth");
    add_extension(server.get(), ca.get(), NID_subject_alt_name, alternative_names(host));
    add_extension(server.get(), ca.get(), NID_authority_key_identifier, "keyid");
    ETI_CHECK(X509_sign(server.get(), ca_key.get(), EVP_sha256()) > 0);

    // The CA's key is not kept: nobody can issue another certificate sensors would trust.
    write_file(directory + "/server.key", pem_of(key.get()), 0600);
    write_file(directory + "/server.pem", pem_of(server.get()), 0644);
    write_file(directory + "/ca.pem", pem_of(ca.get()), 0644);
}

}  // namespace eti::analysis
