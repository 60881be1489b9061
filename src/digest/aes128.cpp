#include "eti/digest/aes128.h"

#include "eti/base/check.h"

#include <openssl/evp.h>

#include <algorithm>

namespace eti::digest {
namespace {

struct Free {
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER, Free>;
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

// The context keeps the cipher alive. Which way it works is part of the first initialisation.
Context make_context(const char* name, bool encrypt) {
    const Cipher cipher(EVP_CIPHER_fetch(nullptr, name, nullptr));
    ETI_CHECK(cipher != nullptr);
    Context context(EVP_CIPHER_CTX_new());
    ETI_CHECK(context != nullptr);
    ETI_CHECK(EVP_CipherInit_ex2(context.get(), cipher.get(), nullptr, nullptr, encrypt ? 1 : 0,
                                 nullptr) == 1);
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    return context;
}

constexpr int kKeepDirection = -1;

}  // namespace

struct Aes128::Contexts {
    Context block = make_context("AES-128-ECB", true);
    Context back = make_context("AES-128-ECB", false);
    Context gcm = make_context("AES-128-GCM", false);
};

Aes128::Aes128() : contexts_(std::make_unique<Contexts>()) {}

Aes128::~Aes128() = default;

Aes128::Block Aes128::encrypt_block(const Key& key, std::span<const uint8_t, 16> block) {
    return convert(contexts_->block.get(), key, block);
}

Aes128::Block Aes128::decrypt_block(const Key& key, std::span<const uint8_t, 16> block) {
    return convert(contexts_->back.get(), key, block);
}

Aes128::Block Aes128::convert(EVP_CIPHER_CTX* context, const Key& key,
                              std::span<const uint8_t, 16> block) {
    Block out{};
    int length = 0;
    EVP_CipherInit_ex2(context, nullptr, key.data(), nullptr, kKeepDirection, nullptr);
    EVP_CipherUpdate(context, out.data(), &length, block.data(), static_cast<int>(block.size()));
    ETI_ASSERT(length == static_cast<int>(out.size()));
    return out;
}

bool Aes128::open(const Key& key, const Nonce& nonce, std::span<const uint8_t> header,
                  std::span<const uint8_t> sealed, std::span<uint8_t> plain) {
    if (sealed.size() < kTagBytes) {
        return false;
    }
    const auto text = sealed.first(sealed.size() - kTagBytes);
    ETI_ASSERT(plain.size() >= text.size());
    Block tag{};  // OpenSSL takes the tag through a pointer to what it might write
    std::copy_n(sealed.last(kTagBytes).begin(), kTagBytes, tag.begin());

    EVP_CIPHER_CTX* context = contexts_->gcm.get();
    int length = 0;
    return EVP_CipherInit_ex2(context, nullptr, key.data(), nonce.data(), kKeepDirection,
                              nullptr) == 1 &&
           EVP_CipherUpdate(context, nullptr, &length, header.data(),
                            static_cast<int>(header.size())) == 1 &&
           EVP_CipherUpdate(context, plain.data(), &length, text.data(),
                            static_cast<int>(text.size())) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                               tag.data()) == 1 &&
           EVP_CipherFinal_ex(context, plain.data() + text.size(), &length) == 1;
}

}  // namespace eti::digest
