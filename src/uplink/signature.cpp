#include "uplink/signature.h"

#include "eti/base/durable_file.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

namespace eti::uplink {
namespace {

constexpr std::size_t kMostKeyFileBytes = 16 * 1024;
constexpr std::size_t kRawKeyBytes = 32;  // RFC 8032 section 5.1.5

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::shared_ptr<EVP_PKEY> read_public_key(std::string_view pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    EVP_PKEY* key = memory ? PEM_read_bio_PUBKEY(memory.get(), nullptr, nullptr, nullptr) : nullptr;
    ERR_clear_error();
    return {key, &EVP_PKEY_free};
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(octets(bytes), bytes.size(), digest);
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(2 * sizeof digest);
    for (const unsigned char byte : digest) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

bool base64_decode(std::string_view text, std::vector<uint8_t>& bytes) {
    bytes.clear();
    if (text.empty() || text.size() % 4 != 0 || text.size() > 1U << 20 ||
        text.find_first_of(" \t\r\n") != std::string_view::npos) {
        return false;
    }
    bytes.resize(text.size() / 4 * 3);
    const int decoded = EVP_DecodeBlock(bytes.data(), octets(text), static_cast<int>(text.size()));
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    if (decoded < static_cast<int>(padding)) {
        bytes.clear();
        return false;
    }
    bytes.resize(static_cast<std::size_t>(decoded) - padding);
    return true;
}

std::string FeedKey::load(const std::string& path) {
    key_.reset();
    id_.clear();
    path_ = path;
    if (path.empty()) {
        return "no feed key is configured, so no feed can be trusted; "
               "use 'set services openeti feed public-key PATH'";
    }
    std::string pem;
    std::string problem;
    if (read_bounded(path, kMostKeyFileBytes, pem, problem) != ReadResult::Read) {
        return problem;
    }
    std::shared_ptr<EVP_PKEY> key = read_public_key(pem);
    std::array<unsigned char, kRawKeyBytes> raw{};
    std::size_t length = raw.size();
    if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &length) != 1) {
        ERR_clear_error();
        return path + " holds no Ed25519 public key in PEM; copy feed.pub from the service";
    }
    key_ = std::move(key);
    id_ = sha256_hex({reinterpret_cast<const char*>(raw.data()), length}).substr(0, 16);
    return {};
}

bool FeedKey::verifies(std::string_view message, const std::vector<uint8_t>& signature) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    const bool good =
        key_ && context &&
        EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
        EVP_DigestVerify(context.get(), signature.data(), signature.size(), octets(message),
                         message.size()) == 1;
    ERR_clear_error();
    return good;
}

}  // namespace eti::uplink
