#include "features/profile.h"

#include "eti/metadata/record_json.h"
#include "eti/net/ip_address.h"
#include "features/hints.h"
#include "features/text.h"

#include <algorithm>
#include <chrono>

namespace eti::features {
namespace {

struct Attribute {
    std::string_view type;
    std::string_view value;
};

// RFC 2253: attributes are separated by commas, or by plus signs inside one element, unescaped.
std::vector<Attribute> attributes_of(std::string_view name) {
    std::vector<Attribute> attributes;
    for (std::size_t begin = 0; begin < name.size();) {
        std::size_t end = begin;
        while (end < name.size() && name[end] != ',' && name[end] != '+') {
            end += name[end] == '\\' ? 2U : 1U;
        }
        end = std::min(end, name.size());
        const std::string_view part = name.substr(begin, end - begin);
        const std::size_t equals = part.find('=');
        if (equals != std::string_view::npos) {
            attributes.push_back({part.substr(0, equals), part.substr(equals + 1)});
        }
        begin = end + 1;
    }
    return attributes;
}

std::string_view value_of(const std::vector<Attribute>& attributes, std::string_view type) {
    const auto found = std::find_if(attributes.begin(), attributes.end(),
                                    [type](const Attribute& a) { return a.type == type; });
    return found == attributes.end() ? std::string_view() : found->value;
}

int64_t seconds_of(const std::string& time) {
    const auto parsed = metadata::parse_time(time);
    return parsed ? std::chrono::floor<std::chrono::seconds>(*parsed).time_since_epoch().count()
                  : 0;
}

// NIST SP 800-57 part 1, table 2: the RSA key as strong as a curve of this size.
float equivalent_bits(const metadata::CertificateSummary& summary) {
    if (summary.key == "RSA" || summary.key == "DSA" || summary.key == "RSA-PSS") {
        return static_cast<float>(summary.bits);
    }
    return summary.bits >= 384 ? 7680.0F : summary.bits >= 256 ? 3072.0F : 2048.0F;
}

bool is_weak(std::string_view signature) {
    const std::string name = lower(signature);
    return name.find("sha1") != std::string::npos || name.find("md5") != std::string::npos;
}

void fill_names(Profile& profile, const metadata::CertificateSummary& summary,
                std::string_view common_name) {
    for (const std::string& name : summary.san) {
        if (profile.names.size() < Profile::kMaxNames) {
            profile.names.push_back(lower(name));
        }
    }
    if (profile.names.empty() && !common_name.empty()) {
        profile.names.push_back(lower(common_name));
    }
    profile.wildcard = std::any_of(profile.names.begin(), profile.names.end(),
                                   [](const std::string& name) { return name.starts_with("*."); });
}

}  // namespace

Profile profile_of(const metadata::CertificateSummary& summary) {
    Profile profile;
    const auto subject = attributes_of(summary.subject);
    const auto issuer = attributes_of(summary.issuer);
    const std::string_view common_name = value_of(subject, "CN");
    const std::string_view organization = value_of(subject, "O");
    profile.issuer = summary.issuer;
    profile.free_authority = is_free_authority(summary.issuer);
    profile.self_signed = summary.self_signed;
    profile.self_issued = summary.subject == summary.issuer;
    profile.organization = !organization.empty();
    profile.same_organization = !organization.empty() && organization == value_of(issuer, "O");
    profile.cn_address = net::parse_ip(common_name).has_value();
    profile.cn_plain = common_name.find('.') == std::string_view::npos;
    profile.cn_entropy = entropy(common_name);
    profile.weak_signature = is_weak(summary.signature);
    profile.ca_issuers = summary.ca_issuers;
    profile.key_bits = equivalent_bits(summary);
    profile.subject_attributes = static_cast<float>(subject.size());
    profile.serial_bytes = static_cast<float>((summary.serial.size() + 1) / 2);
    profile.alternative_names = static_cast<float>(summary.san.size());
    profile.version = summary.version;
    profile.extensions = summary.extensions;
    profile.size = summary.size;
    profile.from_s = seconds_of(summary.not_before);
    profile.until_s = seconds_of(summary.not_after);
    fill_names(profile, summary, common_name);
    return profile;
}

bool matches(const Profile& profile, std::string_view server_name) {
    const std::string wanted = lower(server_name);
    const std::size_t dot = wanted.find('.');
    const std::string_view parent =
        dot == std::string::npos ? std::string_view() : std::string_view(wanted).substr(dot);
    return std::any_of(profile.names.begin(), profile.names.end(), [&](const std::string& name) {
        return name == wanted || (name.starts_with("*.") && !parent.empty() &&
                                  std::string_view(name).substr(1) == parent);
    });
}

}  // namespace eti::features
