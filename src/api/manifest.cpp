#include "eti/api/manifest.h"

#include "eti/ingest/encoding.h"

#include <nlohmann/json.hpp>

#include <array>
#include <ctime>

namespace eti::analysis {

std::string seconds_text(int64_t micros) {
    const auto seconds = static_cast<std::time_t>(micros / 1'000'000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    return std::string(text.data(),
                       std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts));
}

std::string signed_text(const FeedRow& feed) {
    return "openeti-feed-v1\n" + feed.name + "\n" + std::to_string(feed.serial) + "\n" +
           feed.version + "\n" + std::to_string(feed.entries) + "\n" + feed.sha256 + "\n" +
           seconds_text(feed.created_us) + "\n" + seconds_text(feed.expires_us) + "\n";
}

std::string render_manifest(const std::vector<FeedRow>& feeds, const SigningKey& key,
                            std::chrono::seconds update_interval) {
    nlohmann::json list = nlohmann::json::array();
    for (const FeedRow& feed : feeds) {
        list.push_back({{"name", feed.name},
                        {"version", feed.version},
                        {"serial", feed.serial},
                        {"entries", feed.entries},
                        {"sha256", feed.sha256},
                        {"signature", base64_encode(key.sign(signed_text(feed)))},
                        {"created", seconds_text(feed.created_us)},
                        {"expires", seconds_text(feed.expires_us)},
                        {"update_interval", update_interval.count()}});
    }
    return nlohmann::json{{"realm", "default"}, {"key_id", key.key_id()}, {"feeds", list}}.dump();
}

}  // namespace eti::analysis
