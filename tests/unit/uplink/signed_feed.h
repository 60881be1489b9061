// A feed service with a key of its own, for tests: manifest and bodies, rightly signed or not.
#pragma once

#include "eti/metadata/record_json.h"
#include "tests/support/http_test_server.h"
#include "tests/support/temporary_folder.h"
#include "uplink/responses.h"
#include "uplink/signature.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace eti::uplink::test {

class SigningKey {
  public:
    SigningKey() : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free) {}

    void write_public_key(const std::string& path) const {
        std::FILE* file = std::fopen(path.c_str(), "w");
        PEM_write_PUBKEY(file, key_.get());
        std::fclose(file);
    }
    std::string sign(const std::string& message) const {  // base64
        unsigned char signature[64];
        std::size_t size = sizeof signature;
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key_.get());
        EVP_DigestSign(context, signature, &size,
                       reinterpret_cast<const unsigned char*>(message.data()), message.size());
        EVP_MD_CTX_free(context);
        unsigned char text[96];
        const int length = EVP_EncodeBlock(text, signature, static_cast<int>(size));
        return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)};
    }
    std::string id() const {
        unsigned char raw[32];
        std::size_t size = sizeof raw;
        EVP_PKEY_get_raw_public_key(key_.get(), raw, &size);
        return sha256_hex({reinterpret_cast<const char*>(raw), size}).substr(0, 16);
    }

  private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

inline std::string sslbl(std::size_t rows, char digit = '0') {
    std::string text = "# Listingdate,SHA1,Listingreason\n";
    for (std::size_t i = 0; i < rows; ++i) {
        char sha1[41];
        std::snprintf(sha1, sizeof sha1, "%040zx", i + 1);
        sha1[0] = digit;
        text += std::string("2026-11-24 03:46:14,") + sha1 + ",Dridex C&C\n";
    }
    return text + "# END (" + std::to_string(rows) + ") entries\n";
}

// FeedVersion is one state of one feed at the service, with what a test makes wrong about it.
struct FeedVersion {
    std::string body;
    uint64_t serial = 1;
    uint64_t entries = 0;
    std::string expires = "2261-01-01T00:00:00Z";
    std::string sha256;         // empty: the body's
    std::string signed_serial;  // empty: the serial
    std::string served_body;    // empty: the body
    bool cut = false;           // the connection ends before the promised length
    std::string version = "20261124.1";
    std::string delta;  // served to whoever asks ?since=, whatever it asks from
};

class FeedService {
  public:
    using Answer = eti::test::TestAnswer;

    void publish(const std::string& name, const FeedVersion& version) {
        const std::lock_guard lock(mutex_);
        feeds_[name] = version;
    }
    // sign_with makes another key sign from now on.
    void sign_with(const SigningKey& key) { key_ = &key; }
    void status(int status) { status_ = status; }

    Answer operator()(const eti::test::TestRequest& request) {
        const std::lock_guard lock(mutex_);
        if (status_ != 200) {
            return {status_, {}, ""};
        }
        if (request.target == "/v1/feeds") {
            ++manifests_;
            return {200, {}, manifest()};
        }
        const std::string path = request.target.substr(0, request.target.find('?'));
        const auto feed = feeds_.find(path.substr(path.rfind('/') + 1));
        if (feed == feeds_.end()) {
            return {404, {}, ""};
        }
        return serve(request, feed->second);
    }
    int bodies() const { return bodies_; }
    int deltas() const { return deltas_; }
    int unchanged() const { return unchanged_; }

  private:
    Answer serve(const eti::test::TestRequest& request, const FeedVersion& feed) {
        const std::string etag = '"' + sha256_hex(feed.body).substr(0, 16) + '"';
        const auto known = request.headers.find("if-none-match");
        if (known != request.headers.end() && known->second == etag) {
            ++unchanged_;
            return {304, {"ETag: " + etag}, ""};
        }
        if (request.target.find("?since=") != std::string::npos && !feed.delta.empty()) {
            ++deltas_;
            return {200, {"ETag: " + etag}, feed.delta};
        }
        ++bodies_;
        Answer answer{
            200, {"ETag: " + etag}, feed.served_body.empty() ? feed.body : feed.served_body};
        if (feed.cut) {
            answer.promised_bytes = answer.body.size() + 100;
        }
        return answer;
    }
    std::string manifest() const {
        nlohmann::json feeds = nlohmann::json::array();
        for (const auto& [name, feed] : feeds_) {
            const std::string sha256 = feed.sha256.empty() ? sha256_hex(feed.body) : feed.sha256;
            const std::string created = "2026-11-24T03:46:14Z";
            const std::string serial =
                feed.signed_serial.empty() ? std::to_string(feed.serial) : feed.signed_serial;
            const std::string message = "openeti-feed-v1\n" + name + '\n' + serial + '\n' +
                                        feed.version + '\n' + std::to_string(feed.entries) + '\n' +
                                        sha256 + '\n' + created + '\n' + feed.expires + '\n';
            feeds.push_back({{"name", name},
                             {"version", feed.version},
                             {"serial", feed.serial},
                             {"entries", feed.entries},
                             {"sha256", sha256},
                             {"signature", key_->sign(message)},
                             {"created", created},
                             {"expires", feed.expires},
                             {"update_interval", 300}});
        }
        return nlohmann::json{{"realm", "lab"}, {"key_id", key_->id()}, {"feeds", feeds}}.dump();
    }

    mutable std::mutex mutex_;
    std::map<std::string, FeedVersion> feeds_;
    const SigningKey* key_ = nullptr;
    std::atomic<int> status_{200};
    std::atomic<int> manifests_{0};
    std::atomic<int> bodies_{0};
    std::atomic<int> deltas_{0};
    std::atomic<int> unchanged_{0};
};

}  // namespace eti::uplink::test
