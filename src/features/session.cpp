#include "features/session.h"

#include "features/messages.h"
#include "features/text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace eti::features {
namespace {

constexpr double kDay = 86'400;
// A session that started before TLS 1.2 was written came from a sensor with a wrong clock.
constexpr int64_t kPlausible = 1'218'067'200;  // 2008-08-07

float flag(bool value) {
    return value ? 1.0F : 0.0F;
}

int64_t start_seconds(const metadata::Record& record) {
    return std::chrono::floor<std::chrono::seconds>(record.start).time_since_epoch().count();
}

struct Sizes {
    std::vector<double> bytes;

    double spread() const {
        double mean = 0;
        for (const double size : bytes) {
            mean += size / static_cast<double>(bytes.size());
        }
        double variance = 0;
        for (const double size : bytes) {
            variance += (size - mean) * (size - mean) / static_cast<double>(bytes.size());
        }
        return std::sqrt(variance);
    }
    double most_frequent() const {
        std::map<double, std::size_t> counts;
        std::size_t most = 0;
        for (const double size : bytes) {
            most = std::max(most, ++counts[size]);
        }
        return static_cast<double>(most) / static_cast<double>(bytes.size());
    }
};

struct SideFeatures {
    Feature messages, largest, spread, same;
    std::array<Feature, 3> first;
};
constexpr SideFeatures kOut{Feature::messages_out,
                            Feature::largest_out,
                            Feature::spread_out,
                            Feature::same_out,
                            {Feature::out_1, Feature::out_2, Feature::out_3}};
constexpr SideFeatures kIn{Feature::messages_in,
                           Feature::largest_in,
                           Feature::spread_in,
                           Feature::same_in,
                           {Feature::in_1, Feature::in_2, Feature::in_3}};

void fill_side(Vector& vector, const SideFeatures& side, const Sizes& sizes) {
    vector[side.messages] = static_cast<float>(sizes.bytes.size());
    for (std::size_t i = 0; i < std::min(sizes.bytes.size(), side.first.size()); ++i) {
        vector[side.first[i]] = log1(sizes.bytes[i]);
    }
    if (!sizes.bytes.empty()) {
        vector[side.largest] = log1(*std::max_element(sizes.bytes.begin(), sizes.bytes.end()));
    }
    if (sizes.bytes.size() > 1) {
        vector[side.spread] = log1(sizes.spread());
        vector[side.same] = static_cast<float>(sizes.most_frequent());
    }
}

void fill_times(Vector& vector, std::span<const Message> messages) {
    constexpr std::array kTimes{Feature::time_2, Feature::time_3, Feature::time_4, Feature::time_5};
    vector[Feature::start_delay] = log1(messages[0].silence_s);
    double longest = 0;
    for (std::size_t i = 1; i < messages.size(); ++i) {
        longest = std::max(longest, messages[i].silence_s);
        if (i <= kTimes.size()) {
            vector[kTimes[i - 1]] = log1(messages[i].silence_s);
        }
    }
    vector[Feature::longest_gap] = log1(longest);
    const auto request = std::find_if(messages.begin(), messages.end(),
                                      [](const Message& message) { return message.out; });
    if (request != messages.end() && request + 1 != messages.end()) {
        vector[Feature::answer_time] = log1((request + 1)->silence_s);
    }
}

bool common_tld(std::string_view label) {
    constexpr std::array<std::string_view, 6> kCommon{"com", "net", "org", "io", "edu", "gov"};
    return label.size() == 2 || std::find(kCommon.begin(), kCommon.end(), label) != kCommon.end();
}

float share_of(std::string_view text, std::string_view letters) {
    const auto count = std::count_if(text.begin(), text.end(), [letters](char c) {
        return letters.find(c) != std::string_view::npos;
    });
    return text.empty() ? 0.0F : static_cast<float>(count) / static_cast<float>(text.size());
}

void fill_times(Vector& vector, const Profile& profile, int64_t at) {
    if (profile.from_s == profile.until_s) {
        return;
    }
    vector[Feature::validity] =
        static_cast<float>(static_cast<double>(profile.until_s - profile.from_s) / kDay);
    if (at >= kPlausible) {
        vector[Feature::age] = static_cast<float>(static_cast<double>(at - profile.from_s) / kDay);
        vector[Feature::left] =
            static_cast<float>(static_cast<double>(profile.until_s - at) / kDay);
    }
}

void fill_profile(Vector& vector, const Profile& profile) {
    vector[Feature::self_signed] = flag(profile.self_signed);
    vector[Feature::self_issued] = flag(profile.self_issued);
    vector[Feature::names] = profile.alternative_names;
    vector[Feature::wildcard] = flag(profile.wildcard);
    vector[Feature::subject_attributes] = profile.subject_attributes;
    vector[Feature::organization] = flag(profile.organization);
    vector[Feature::cn_address] = flag(profile.cn_address);
    vector[Feature::cn_plain] = flag(profile.cn_plain);
    vector[Feature::cn_entropy] = profile.cn_entropy;
    vector[Feature::same_organization] = flag(profile.same_organization);
    vector[Feature::key_bits] = profile.key_bits;
    vector[Feature::weak_signature] = flag(profile.weak_signature);
    vector[Feature::serial_bytes] = profile.serial_bytes;
    if (profile.version > 0) {
        vector[Feature::version_1] = flag(profile.version == 1);
        vector[Feature::extensions] = static_cast<float>(profile.extensions);
        vector[Feature::issuer_url] = flag(profile.ca_issuers);
        vector[Feature::certificate_bytes] = static_cast<float>(profile.size);
    }
}

}  // namespace

float log1(double value) {
    return static_cast<float>(std::log10(1.0 + std::max(value, 0.0)));
}

void fill_conn(Vector& vector, const metadata::Record& record) {
    const auto duration = std::max(record.end - record.start, Duration::zero());
    vector[Feature::duration] = log1(std::chrono::duration<double>(duration).count());
    const auto handshake = messages_of(record).handshake;
    std::array<double, 2> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const uint64_t payload = record.traffic.payload[i];
        bytes[i] = static_cast<double>(payload - std::min(payload, handshake[i]));
    }
    vector[Feature::bytes_out] = log1(bytes[0]);
    vector[Feature::bytes_in] = log1(bytes[1]);
    vector[Feature::ratio] = static_cast<float>((bytes[0] - bytes[1]) / (bytes[0] + bytes[1] + 1));
    vector[Feature::port_443] = flag(record.server.port == 443);
    vector[Feature::port_high] = flag(record.server.port >= 1024);
}

void fill_records(Vector& vector, const metadata::Record& record) {
    if (record.traffic.records.empty()) {
        return;
    }
    const Messages messages = messages_of(record);
    std::array<Sizes, 2> sizes;
    for (const Message& message : messages.view()) {
        sizes[message.out ? 0 : 1].bytes.push_back(message.bytes);
    }
    fill_side(vector, kOut, sizes[0]);
    fill_side(vector, kIn, sizes[1]);
    if (messages.count > 0) {
        vector[Feature::server_first] = flag(!messages.view().front().out);
        vector[Feature::last_out] = flag(messages.view().back().out);
        fill_times(vector, messages.view());
    }
}

void fill_sni(Vector& vector, const metadata::Record& record) {
    if (!record.client_hello.seen) {
        return;
    }
    const std::string name = lower(record.client_hello.sni.view());
    vector[Feature::sni] = flag(!name.empty());
    if (name.empty()) {
        return;
    }
    const auto labels = labels_of(name);
    const std::string_view second = second_level(name);
    vector[Feature::sni_length] = static_cast<float>(name.size());
    vector[Feature::sni_labels] = static_cast<float>(labels.size());
    vector[Feature::sni_entropy] = entropy(second);
    vector[Feature::sni_digits] = share_of(second, "0123456789");
    vector[Feature::sni_vowels] = share_of(second, "aeiou");
    vector[Feature::sni_common_tld] = flag(!labels.empty() && common_tld(labels.back()));
    vector[Feature::sni_deep] = flag(labels.size() > 3);
}

void fill_certificate(Vector& vector, const metadata::Record& record, const CertificateView& view) {
    vector[Feature::certificate] = flag(view.profile != nullptr || record.certificate.seen);
    const int64_t at = start_seconds(record);
    if (view.profile != nullptr) {
        fill_profile(vector, *view.profile);
        fill_times(vector, *view.profile, at);
        if (!record.client_hello.sni.empty()) {
            vector[Feature::name_matches] =
                flag(matches(*view.profile, record.client_hello.sni.view()));
        }
    }
    if (view.chain_length > 0) {
        vector[Feature::chain_length] = static_cast<float>(view.chain_length);
    }
    if (view.trust) {
        vector[Feature::issuer_known] = flag(view.trust->issuer_known);
        if (at >= kPlausible) {
            vector[Feature::chain_verifies] = flag(view.trust->verifies(at));
        }
    }
}

void fill_dns(Vector& vector, const metadata::Record& record, bool client_dns_seen) {
    if (!record.dns.seen) {
        if (client_dns_seen) {
            vector[Feature::dns] = 0;
        }
        return;
    }
    vector[Feature::dns] = 1;
    vector[Feature::dns_ttl] = log1(record.dns.ttl);
    vector[Feature::dns_addresses] = static_cast<float>(record.dns.answers);
    vector[Feature::dns_alias] = flag(record.dns.cname);
    vector[Feature::dns_age] = log1(static_cast<double>(record.dns.age_us) * 1e-6);
}

}  // namespace eti::features
