#include "eti/feeds/indicator.h"

#include "eti/base/digest_types.h"
#include "eti/base/hex.h"
#include "eti/intel/feed_text.h"
#include "eti/net/ip_address.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace eti::analysis {
namespace {

struct KindName {
    IndicatorKind kind;
    std::string_view name;
};
constexpr std::array kKindNames{KindName{IndicatorKind::CertificateSha1, "sha1"},
                                KindName{IndicatorKind::CertificateSha256, "sha256"},
                                KindName{IndicatorKind::Server, "server"},
                                KindName{IndicatorKind::Ja3, "ja3"},
                                KindName{IndicatorKind::Ja4, "ja4"},
                                KindName{IndicatorKind::Domain, "domain"}};
constexpr std::size_t kMaxText = 255;

bool set(Indicator& indicator, IndicatorKind kind, std::string value) {
    indicator.kind = kind;
    indicator.value = std::move(value);
    indicator.port = 0;
    return true;
}

bool read_address(std::string_view text, Indicator& indicator) {
    const auto ip = net::parse_ip(text);
    return ip && set(indicator, IndicatorKind::Server, net::to_string(*ip));
}

bool is_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string_view name_of(IndicatorKind kind) {
    return kKindNames[static_cast<std::size_t>(kind)].name;
}

std::optional<IndicatorKind> indicator_kind(std::string_view name) {
    for (const KindName& known : kKindNames) {
        if (known.name == name) {
            return known.kind;
        }
    }
    return std::nullopt;
}

bool read_certificate(std::string_view text, Indicator& indicator) {
    Sha1Digest sha1{};
    Sha256Digest sha256{};
    if (from_hex(text, sha1)) {
        return set(indicator, IndicatorKind::CertificateSha1, to_hex(sha1));
    }
    return from_hex(text, sha256) &&
           set(indicator, IndicatorKind::CertificateSha256, to_hex(sha256));
}

std::optional<uint16_t> read_port(std::string_view text) {
    uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    return error == std::errc{} && stopped == end && port != 0 ? std::optional(port) : std::nullopt;
}

bool read_server(std::string_view text, Indicator& indicator) {
    if (read_address(text, indicator)) {
        return true;
    }
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    const auto port = read_port(text.substr(colon + 1));
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    // Without brackets nobody can say where an IPv6 address ends.
    const bool plain_v6 = !bracketed && host.find(':') != std::string_view::npos;
    if (!port || plain_v6 || !read_address(host, indicator)) {
        return false;
    }
    indicator.port = *port;
    return true;
}

bool read_ja3(std::string_view text, Indicator& indicator) {
    std::array<uint8_t, 16> md5{};
    return text.size() == 32 && from_hex(text, md5) &&
           set(indicator, IndicatorKind::Ja3, to_hex(md5));
}

// "t13d1516h2_8daaf6152771_02713d6af862": protocol, version, SNI, counts, ALPN; two short hashes.
bool read_ja4(std::string_view text, Indicator& indicator) {
    const std::string value = intel::lower_case(text);
    if (value.size() != 36 || value[10] != '_' || value[23] != '_' ||
        std::string_view("tqd").find(value[0]) == std::string_view::npos ||
        std::string_view("di").find(value[3]) == std::string_view::npos ||
        !is_hex(std::string_view(value).substr(11, 12)) ||
        !is_hex(std::string_view(value).substr(24))) {
        return false;
    }
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return std::all_of(value.begin(), value.begin() + 10, is_letter) &&
           set(indicator, IndicatorKind::Ja4, value);
}

bool read_domain(std::string_view text, Indicator& indicator) {
    std::string name;
    if (text.starts_with('.') || !intel::parse_hostname(text, name)) {
        return false;
    }
    const auto dot = name.rfind('.');
    // An address or a number is no name, whatever its dots say.
    if (dot == std::string::npos ||
        name.find_first_not_of("0123456789", dot + 1) == std::string::npos) {
        return false;
    }
    return set(indicator, IndicatorKind::Domain, std::move(name));
}

std::string plain_text(std::string_view text) {
    std::string plain(intel::trimmed(text));
    std::replace_if(
        plain.begin(), plain.end(),
        [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return c == ',' || c == '"' || byte < 0x20 || byte == 0x7f;
        },
        ' ');
    if (plain.size() > kMaxText) {
        std::size_t end = kMaxText;
        while (end > 0 && (static_cast<unsigned char>(plain[end]) & 0xc0) == 0x80) {
            --end;
        }
        plain.resize(end);
    }
    return std::string(intel::trimmed(plain));
}

}  // namespace eti::analysis
