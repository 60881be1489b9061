// One thing a feed says is bad, in the one form all sources are brought to.
#pragma once

#include "eti/intel/threat_level.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eti::analysis {

enum class IndicatorKind : uint8_t {
    CertificateSha1,
    CertificateSha256,
    Server,  // an address, with a port or without
    Ja3,
    Ja4,
    Domain,
};
std::string_view name_of(IndicatorKind kind);  // "sha1" "sha256" "server" "ja3" "ja4" "domain"
std::optional<IndicatorKind> indicator_kind(std::string_view name);

struct Indicator {
    IndicatorKind kind = IndicatorKind::CertificateSha1;
    std::string value;  // lower-case hex, the address as net::to_string writes it, or the name
    uint16_t port = 0;  // of a server; 0: every port
    intel::ThreatLevel level = intel::kMaxThreatLevel;
    std::string reason;     // the listing reason, "Dridex C&C"
    int64_t listed_s = 0;   // seconds since the epoch; 0: the feed does not say
    std::string reference;  // where to read more; may be empty

    bool operator==(const Indicator&) const = default;
};

// Each reads one value and is false when the text is none; indicator gets kind, value and port.
bool read_certificate(std::string_view text, Indicator& indicator);
bool read_server(std::string_view text, Indicator& indicator);  // a.b.c.d[:port], v6, [v6]:port
bool read_ja3(std::string_view text, Indicator& indicator);
bool read_ja4(std::string_view text, Indicator& indicator);
bool read_domain(std::string_view text, Indicator& indicator);  // a name with a dot, no suffix
std::optional<uint16_t> read_port(std::string_view text);       // 1 to 65535

// plain_text makes a value safe for a CSV field: no comma, quote, control or line end, at most 255
// bytes, whole UTF-8 sequences.
std::string plain_text(std::string_view text);

// listing_seconds reads "2023-11-14 06:52:51" (also with T, Z, " UTC" or without the time),
// "12/22/2023 6:58" and seconds since the epoch; all UTC.
std::optional<int64_t> listing_seconds(std::string_view text);
// listing_text writes "2023-11-14 06:52:51"; empty for 0.
std::string listing_text(int64_t seconds);

}  // namespace eti::analysis
