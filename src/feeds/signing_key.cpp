#include "eti/feeds/signing_key.h"

#include "eti/base/check.h"
#include "eti/ingest/encoding.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace eti::analysis {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return std::string(data, static_cast<std::size_t>(size));
}

std::string raw_public_key(EVP_PKEY* key) {
    std::array<unsigned char, 32> raw{};
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1 || size != raw.size()) {
        return {};
    }
    return std::string(raw.begin(), raw.end());
}

}  // namespace

SigningKey::SigningKey(Handle key) : key_(std::move(key)) {
    key_id_ = sha256_hex(raw_public_key(key_.get())).substr(0, 16);
}

SigningKey SigningKey::load(const std::string& file) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "r"),
                                                                 &std::fclose);
    if (!stream) {
        throw std::runtime_error("cannot read the feed key '" + file +
                                 "': check --feed-key and the file's permissions");
    }
    Handle key(PEM_read_PrivateKey(stream.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
        throw std::runtime_error("'" + file +
                                 "' is no Ed25519 private key in PEM form: make one "
                                 "with 'openssl genpkey -algorithm ed25519'");
    }
    return SigningKey(std::move(key));
}

SigningKey SigningKey::generate() {
    Handle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
    ETI_CHECK(key != nullptr);
    return SigningKey(std::move(key));
}

std::string SigningKey::sign(std::string_view message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    std::array<unsigned char, 64> signature{};
    std::size_t size = signature.size();
    ETI_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
    ETI_CHECK(EVP_DigestSign(context.get(), signature.data(), &size,
                             reinterpret_cast<const unsigned char*>(message.data()),
                             message.size()) == 1);
    return std::string(signature.begin(), signature.end());
}

std::string SigningKey::private_pem() const {
    const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
    ETI_CHECK(PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                       nullptr) == 1);
    return text_of(bio.get());
}

std::string SigningKey::public_pem() const {
    const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
    ETI_CHECK(PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
    return text_of(bio.get());
}

}  // namespace eti::analysis
