#include "tls/preamble_evidence.h"

#include "eti/tls/record.h"
#include "eti/tls/registry.h"
#include "eti/tls/ssl2_hello.h"

#include <algorithm>

namespace eti::tls {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kMessageHeader = 4;
constexpr uint8_t kMajor = 3;
constexpr uint8_t kMaxMinor = 4;
constexpr uint8_t kDraftMajor = 0x7f;
constexpr std::size_t kLegacyVersion = 2;
// Version, random, and the lengths of what may be empty.
constexpr unsigned kMinServerHello = 38;
constexpr unsigned kMinClientHello = 41;
constexpr unsigned kMaxHello = 1 << 14;

constexpr auto kAlert = static_cast<uint8_t>(ContentType::Alert);
constexpr auto kHandshake = static_cast<uint8_t>(ContentType::Handshake);

unsigned u16_at(Bytes bytes, std::size_t at) {
    return static_cast<unsigned>(bytes[at] << 8 | bytes[at + 1]);
}

// Type and version of a record; as much of them as there is.
Evidence header(Bytes bytes, bool alert_too) {
    if (bytes.empty()) {
        return Evidence::NeedMore;
    }
    if ((bytes[0] != kHandshake && !(alert_too && bytes[0] == kAlert)) ||
        (bytes.size() > 1 && bytes[1] != kMajor) || (bytes.size() > 2 && bytes[2] > kMaxMinor)) {
        return Evidence::No;
    }
    return bytes.size() > 2 ? Evidence::Yes : Evidence::NeedMore;
}

// The start of a message in a record of that length, judged inside of text, where all of type,
// lengths and version must fit each other.
Evidence whole_message(Direction direction, unsigned length, Bytes message) {
    if (message.size() > 1 && message[1] != 0) {
        return Evidence::No;
    }
    if (message.size() < kMessageHeader) {
        return Evidence::NeedMore;
    }
    const unsigned size = u16_at(message, 2);
    const bool plausible =
        size <= kMaxHello &&
        (direction == Direction::Out ? size >= kMinClientHello && length <= size + kMessageHeader
                                     : size >= kMinServerHello);
    if (!plausible) {
        return Evidence::No;
    }
    const Bytes version = message.subspan(kMessageHeader);
    if (!version.empty() && version[0] != kMajor &&
        !(direction == Direction::In && version[0] == kDraftMajor)) {
        return Evidence::No;
    }
    if (version.size() < kLegacyVersion) {
        return Evidence::NeedMore;
    }
    return version[0] == kMajor && version[1] > kMaxMinor ? Evidence::No : Evidence::Yes;
}

// The type of the first message. A HelloRequest says little, but it is all zeros.
Evidence message(Direction direction, Place place, unsigned length, Bytes bytes) {
    if (bytes.empty()) {
        return Evidence::NeedMore;
    }
    const auto type = static_cast<HandshakeType>(bytes[0]);
    if (direction == Direction::In && place == Place::Boundary &&
        type == HandshakeType::HelloRequest) {
        for (const uint8_t byte : bytes.first(std::min(bytes.size(), kMessageHeader))) {
            if (byte != 0) {
                return Evidence::No;
            }
        }
        return bytes.size() < kMessageHeader ? Evidence::NeedMore : Evidence::Yes;
    }
    if (type !=
        (direction == Direction::Out ? HandshakeType::ClientHello : HandshakeType::ServerHello)) {
        return Evidence::No;
    }
    return place == Place::Boundary ? Evidence::Yes : whole_message(direction, length, bytes);
}

Evidence alert(Bytes body) {
    if (body.empty()) {
        return Evidence::NeedMore;
    }
    return body[0] == 1 || body[0] == 2 ? Evidence::Yes : Evidence::No;
}

// A record too short to say enough must be followed by another.
Evidence followed(Direction direction, Place place, unsigned length, Bytes body, bool is_alert) {
    if (!is_alert && length > 0) {
        const auto known = body.first(std::min<std::size_t>(length, body.size()));
        if (message(direction, place, length, known) == Evidence::No) {
            return Evidence::No;
        }
    }
    return body.size() < length ? Evidence::NeedMore : header(body.subspan(length), is_alert);
}

Evidence record(Direction direction, Place place, Bytes bytes) {
    const bool inbound = direction == Direction::In;
    const Evidence first = header(bytes, inbound && place == Place::Boundary);
    if (first != Evidence::Yes) {
        return first;
    }
    if (bytes.size() < kRecordHeader) {
        return Evidence::NeedMore;
    }
    const bool is_alert = bytes[0] == kAlert;
    const unsigned length = u16_at(bytes, 3);
    if (length > (is_alert ? 2U : kMaxFragmentBytes)) {
        return Evidence::No;
    }
    const Bytes body = bytes.subspan(kRecordHeader);
    const std::size_t telling = is_alert                 ? 2
                                : place == Place::Inside ? kMessageHeader + kLegacyVersion
                                                         : 1;
    const bool hello_request = inbound && place == Place::Boundary && !body.empty() && body[0] == 0;
    if (length < telling || (hello_request && length < kMessageHeader)) {
        return followed(direction, place, length, body, is_alert);
    }
    return is_alert ? alert(body) : message(direction, place, length, body);
}

}  // namespace

bool may_open(Direction direction, Place place, uint8_t byte) {
    if (byte == kHandshake) {
        return true;
    }
    if (place == Place::Inside) {
        return false;
    }
    return direction == Direction::In ? byte == kAlert : Ssl2HelloReader::may_begin_with(byte);
}

Evidence opens_tls(Direction direction, Place place, Bytes beginning) {
    if (Ssl2HelloReader::may_begin_with(beginning[0])) {
        if (!Ssl2HelloReader::plausible(beginning)) {
            return Evidence::No;
        }
        return beginning.size() < Ssl2HelloReader::kHeaderBytes ? Evidence::NeedMore
                                                                : Evidence::Yes;
    }
    return record(direction, place, beginning);
}

}  // namespace eti::tls
