#include "uplink/responses.h"

#include "uplink/json_fields.h"
#include "uplink/signature.h"

#include <algorithm>

namespace eti::uplink {
namespace {

constexpr std::size_t kMostRejectedLines = 100'000;
constexpr uint64_t kMostUpdateSeconds = 7ULL * 24 * 3600;
constexpr std::size_t kSignatureBytes = 64;  // RFC 8032 section 5.1.6

// cut_text keeps whole UTF-8 sequences; the parser has already checked that they are valid.
std::string cut_text(std::string text, std::size_t most) {
    if (text.size() > most) {
        std::size_t end = most;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
            --end;
        }
        text.resize(end);
    }
    return text;
}

bool is_feed_name(std::string_view name) {  // becomes a file name and part of a URL
    return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") ==
           std::string_view::npos;
}

bool is_sha256(std::string_view text) {
    return text.size() == 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// get_feed returns the name of the member that is missing or wrong, null when all is well.
const char* get_feed(const Json& json, ManifestEntry& feed) {
    if (!json.is_object() || !get_text(json, "name", 64, feed.name) || !is_feed_name(feed.name)) {
        return "name";
    }
    if (!get_text(json, "version", 64, feed.version)) {
        return "version";
    }
    if (!get_number(json, "serial", feed.serial)) {
        return "serial";
    }
    if (!get_number(json, "entries", feed.entries)) {
        return "entries";
    }
    if (!get_text(json, "sha256", 64, feed.sha256) || !is_sha256(feed.sha256)) {
        return "sha256";
    }
    if (!get_text(json, "signature", 128, feed.signature_text) ||
        !base64_decode(feed.signature_text, feed.signature) ||
        feed.signature.size() != kSignatureBytes) {
        return "signature";
    }
    if (!get_time(json, "created", feed.created_text, feed.created)) {
        return "created";
    }
    if (!get_time(json, "expires", feed.expires_text, feed.expires)) {
        return "expires";
    }
    uint64_t seconds = 0;
    if (!get_number(json, "update_interval", seconds) || seconds > kMostUpdateSeconds) {
        return "update_interval";
    }
    feed.update_interval = std::chrono::seconds(static_cast<int64_t>(seconds));
    return nullptr;
}

template <typename Answer>
Answer refused(std::string why) {
    Answer answer;
    answer.error = std::move(why);
    return answer;
}

}  // namespace

RecordsAnswer parse_records_answer(std::string_view text) {
    const Json json = parse_object(text);
    RecordsAnswer answer;
    const Json& rejected = json.is_discarded() ? json : member(json, "rejected");
    if (!rejected.is_array() || rejected.size() > kMostRejectedLines ||
        !get_number(json, "accepted", answer.accepted) || !member(json, "duplicate").is_boolean()) {
        return refused<RecordsAnswer>(
            "the answer lacks \"accepted\", \"rejected\" or \"duplicate\"");
    }
    answer.duplicate = member(json, "duplicate").get<bool>();
    for (const Json& element : rejected) {
        uint64_t line = 0;
        if (!element.is_object() || !get_number(element, "line", line) || line == 0) {
            return refused<RecordsAnswer>("\"rejected\" has an element without a \"line\"");
        }
        answer.rejected_lines.push_back(line);
    }
    std::sort(answer.rejected_lines.begin(), answer.rejected_lines.end());
    const auto last = std::unique(answer.rejected_lines.begin(), answer.rejected_lines.end());
    answer.rejected_lines.erase(last, answer.rejected_lines.end());
    return answer;
}

Manifest parse_manifest(std::string_view text) {
    const Json json = parse_object(text);
    Manifest manifest;
    if (json.is_discarded()) {
        return refused<Manifest>("the manifest is not a JSON object");
    }
    const Json& feeds = member(json, "feeds");
    if (!get_text(json, "realm", 64, manifest.realm) ||
        !get_text(json, "key_id", 16, manifest.key_id) || !feeds.is_array() ||
        feeds.size() > kMostFeeds) {
        return refused<Manifest>("the manifest lacks \"realm\", \"key_id\" or \"feeds\" (at most " +
                                 std::to_string(kMostFeeds) + ")");
    }
    for (const Json& element : feeds) {
        ManifestEntry feed;
        if (const char* wrong = get_feed(element, feed)) {
            return refused<Manifest>("feed " + std::to_string(manifest.feeds.size() + 1) +
                                     " of the manifest has no valid \"" + wrong + "\"");
        }
        manifest.feeds.push_back(std::move(feed));
    }
    return manifest;
}

std::string signed_bytes(const ManifestEntry& entry) {
    std::string bytes = "openeti-feed-v1\n";
    for (const std::string& value :
         {entry.name, std::to_string(entry.serial), entry.version, std::to_string(entry.entries),
          entry.sha256, entry.created_text, entry.expires_text}) {
        bytes += value;
        bytes += '\n';
    }
    return bytes;
}

const char* get_host(const Json& json, intel::InfectedHost& host) {
    std::string text;
    if (!json.is_object() || !get_text(json, "ip", 64, text)) {
        return "ip";
    }
    const std::optional<net::IpAddress> ip = net::parse_ip(text);
    if (!ip) {
        return "ip";
    }
    host.ip = *ip;
    uint64_t level = 0;
    if (!get_number(json, "threat_level", level) || level > intel::kMaxThreatLevel) {
        return "threat_level";
    }
    host.threat_level = static_cast<intel::ThreatLevel>(level);
    const Json& reason = member(json, "reason");
    if (!reason.is_string()) {
        return "reason";
    }
    host.reason = cut_text(reason.get<std::string>(), kMostReasonBytes);
    if (!get_time(json, "since", text, host.since)) {
        return "since";
    }
    if (!member(json, "expires").is_null() && !get_time(json, "expires", text, host.expires)) {
        return "expires";
    }
    return nullptr;
}

InfectedHostsAnswer parse_infected_hosts(std::string_view text) {
    const Json json = parse_object(text);
    InfectedHostsAnswer answer;
    if (json.is_discarded()) {
        return refused<InfectedHostsAnswer>("the answer is not a JSON object");
    }
    const Json& entries = member(json, "entries");
    const Json& removed = member(json, "removed");
    if (!get_number(json, "version", answer.version) || !member(json, "full").is_boolean() ||
        !entries.is_array() || !removed.is_array()) {
        return refused<InfectedHostsAnswer>(
            "the answer lacks \"version\", \"full\", \"entries\" or \"removed\"");
    }
    answer.full = member(json, "full").get<bool>();
    if (!member(json, "store").is_null() &&
        (!get_text(json, "store", 64, answer.store) || !is_feed_name(answer.store))) {
        return refused<InfectedHostsAnswer>("\"store\" is no identity");
    }
    if (entries.size() > kMostInfectedHosts || removed.size() > kMostInfectedHosts) {
        return refused<InfectedHostsAnswer>("the answer names more than " +
                                            std::to_string(kMostInfectedHosts) + " hosts");
    }
    for (const Json& element : entries) {
        intel::InfectedHost host;
        if (const char* wrong = get_host(element, host)) {
            return refused<InfectedHostsAnswer>("host " +
                                                std::to_string(answer.entries.size() + 1) +
                                                " has no valid \"" + wrong + "\"");
        }
        answer.entries.push_back(std::move(host));
    }
    for (const Json& element : removed) {
        const auto ip = element.is_string() ? net::parse_ip(element.get_ref<const std::string&>())
                                            : std::nullopt;
        if (!ip) {
            return refused<InfectedHostsAnswer>("\"removed\" has an element that is no address");
        }
        answer.removed.push_back(*ip);
    }
    return answer;
}

std::string problem_detail(std::string_view text) {
    const Json json = parse_object(text);
    std::string detail;
    if (!json.is_discarded() &&
        (get_text(json, "detail", 200, detail) || get_text(json, "title", 200, detail))) {
        return detail;
    }
    return {};
}

}  // namespace eti::uplink
