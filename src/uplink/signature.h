// What the feed trust rests on: Ed25519 (RFC 8032) and SHA-256, both from OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace eti::uplink {

std::string sha256_hex(std::string_view bytes);  // 64 lower-case digits

// base64_decode accepts padded RFC 4648 section 4 text without line ends; false otherwise.
bool base64_decode(std::string_view text, std::vector<uint8_t>& bytes);

// FeedKey is the public key that feeds are signed with.
class FeedKey {
  public:
    // load reads a PEM "PUBLIC KEY" file. Returns an empty text or why not, as a sentence.
    std::string load(const std::string& path);

    bool loaded() const { return key_ != nullptr; }
    const std::string& id() const { return id_; }      // first 16 hex digits of its SHA-256
    const std::string& path() const { return path_; }  // as given to load
    bool verifies(std::string_view message, const std::vector<uint8_t>& signature) const;

  private:
    std::shared_ptr<evp_pkey_st> key_;
    std::string id_;
    std::string path_;
};

}  // namespace eti::uplink
