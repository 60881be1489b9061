// AES-128 as packet protection uses it (RFC 9001 section 5): single blocks and opening of GCM.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct evp_cipher_ctx_st;  // of OpenSSL

namespace eti::digest {

// Aes128 takes a key with each call. Its contexts are fetched once: re-keying them allocates
// nothing and takes no lock. One per thread.
class Aes128 {
  public:
    static constexpr std::size_t kTagBytes = 16;
    using Key = std::array<uint8_t, 16>;
    using Nonce = std::array<uint8_t, 12>;
    using Block = std::array<uint8_t, 16>;

    Aes128();
    ~Aes128();
    Aes128(const Aes128&) = delete;
    Aes128& operator=(const Aes128&) = delete;

    Block encrypt_block(const Key& key, std::span<const uint8_t, 16> block);
    Block decrypt_block(const Key& key, std::span<const uint8_t, 16> block);
    // open decrypts what GCM sealed, the tag at its end, into plain, which must hold all but the
    // tag. False when the tag does not fit; plain is garbage then.
    [[nodiscard]] bool open(const Key& key, const Nonce& nonce, std::span<const uint8_t> header,
                            std::span<const uint8_t> sealed, std::span<uint8_t> plain);

  private:
    struct Contexts;
    static Block convert(evp_cipher_ctx_st* context, const Key& key,
                         std::span<const uint8_t, 16> block);
    std::unique_ptr<Contexts> contexts_;
};

}  // namespace eti::digest
