#include "eti/ingest/encoding.h"

#include "eti/base/check.h"
#include "eti/metadata/record_json.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <vector>

namespace eti::analysis {
namespace {

std::string digest_hex(const char* name, std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    std::size_t size = 0;
    ETI_CHECK(EVP_Q_digest(nullptr, name, nullptr, bytes.data(), bytes.size(), digest.data(),
                           &size) == 1);
    return metadata::to_hex({digest.data(), size});
}

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string sha1_hex(std::string_view bytes) {
    return digest_hex("SHA1", bytes);
}

std::string sha256_hex(std::string_view bytes) {
    return digest_hex("SHA256", bytes);
}

std::string base64_encode(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), as_bytes(bytes),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t digits = text.find_last_not_of('=') + 1;  // npos + 1 is 0: only padding
    const std::size_t padding = text.size() - digits;
    if (text.empty() || text.size() % 4 != 0 || padding > 2 ||
        text.substr(0, digits).find_first_not_of(kAlphabet) != std::string_view::npos) {
        return std::nullopt;
    }
    std::string bytes(text.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), as_bytes(text),
                                     static_cast<int>(text.size()));
    if (size < 0) {
        return std::nullopt;
    }
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

std::string random_hex(std::size_t bytes) {
    std::vector<unsigned char> random(bytes);
    ETI_CHECK(RAND_bytes(random.data(), static_cast<int>(bytes)) == 1);
    return metadata::to_hex(random);
}

}  // namespace eti::analysis
