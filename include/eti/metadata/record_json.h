// The JSON form of records (docs/schema/session-v1.json), one line per record.
#pragma once

#include "eti/base/hex.h"
#include "eti/metadata/certificate_summary.h"
#include "eti/metadata/record.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace eti::metadata {

// SensorIdentity completes what a record's number leaves open.
struct SensorIdentity {
    std::string name;  // "eti1", the host-name
    std::string boot;  // random per start of the daemon, lower-case hex
};

// record_id is the record's "id": unique per sensor and start.
std::string record_id(const SensorIdentity& sensor, uint64_t id);

// append_json appends one line including its newline. The leaf's summary may be null. Wire bytes
// are text of unknown origin: invalid UTF-8 and control characters come out escaped.
void append_json(std::string& out, const Record& record, const CertificateSummary* leaf,
                 const SensorIdentity& sensor);
// append_certificate_json appends {"type":"certificate","sha1":...,"der":<base64>} and a newline.
void append_certificate_json(std::string& out, const Sha1Digest& sha1,
                             std::span<const uint8_t> der);

// Names used in the JSON form, e.g. "certificate-inherited".
std::string_view name_of(Visibility visibility);
std::string_view name_of(Phase phase);
std::string_view name_of(Protocol protocol);
std::string_view name_of(Reason reason);

using eti::from_hex;
using eti::to_hex;

// format_time writes RFC 3339 UTC with microseconds.
std::string format_time(Timestamp time);
// parse_time reads RFC 3339 with any offset; digits below a nanosecond are ignored.
std::optional<Timestamp> parse_time(std::string_view text);

}  // namespace eti::metadata
