#include "eti/ingest/password.h"

#include "eti/base/check.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace eti::analysis {

std::string password_hash(std::string_view password, std::string_view salt) {
    constexpr uint64_t kCost = 32'768;
    constexpr uint64_t kBlockSize = 8;
    constexpr uint64_t kMaxMemory = 64UL << 20;
    std::string hash(32, '\0');
    ETI_CHECK(EVP_PBE_scrypt(password.data(), password.size(),
                             reinterpret_cast<const unsigned char*>(salt.data()), salt.size(),
                             kCost, kBlockSize, 1, kMaxMemory,
                             reinterpret_cast<unsigned char*>(hash.data()), hash.size()) == 1);
    return hash;
}

bool same_bytes(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace eti::analysis
