// The feeds' Ed25519 key. It may live elsewhere than the service's data.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace eti::analysis {

class SigningKey {
  public:
    // Reads a PEM private key; throws std::runtime_error with the file and the remedy.
    static SigningKey load(const std::string& file);
    static SigningKey generate();

    std::string sign(std::string_view message) const;  // 64 raw bytes
    const std::string& key_id() const { return key_id_; }
    std::string private_pem() const;
    std::string public_pem() const;

  private:
    using Handle = std::shared_ptr<evp_pkey_st>;
    explicit SigningKey(Handle key);

    Handle key_;
    std::string key_id_;  // first 16 hex digits of SHA-256 of the raw public key
};

}  // namespace eti::analysis
