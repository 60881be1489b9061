#include "eti/ingest/record_reader.h"

#include "eti/ingest/encoding.h"
#include "eti/metadata/record_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>

namespace eti::analysis {
namespace {

using metadata::CertificateSummary;
using metadata::Record;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t kMaxDepth = 32;

std::string_view text_of(object from, std::string_view name) {
    std::string_view text;
    return from.at_key(name).get(text) == simdjson::SUCCESS ? text : std::string_view();
}

bool flag_of(object from, std::string_view name) {
    bool flag = false;
    return from.at_key(name).get(flag) == simdjson::SUCCESS && flag;
}

// A number that does not fit is taken for the nearest that does.
template <typename T>
T number_of(element value) {
    int64_t number = 0;
    if (value.get(number) != simdjson::SUCCESS) {
        uint64_t large = 0;
        return value.get(large) == simdjson::SUCCESS ? std::numeric_limits<T>::max() : T{};
    }
    if constexpr (std::is_unsigned_v<T>) {
        const auto positive = static_cast<uint64_t>(std::max<int64_t>(number, 0));
        return static_cast<T>(std::min<uint64_t>(positive, std::numeric_limits<T>::max()));
    } else {
        return static_cast<T>(std::clamp<int64_t>(number, std::numeric_limits<T>::min(),
                                                  std::numeric_limits<T>::max()));
    }
}

template <typename T>
T number_of(object from, std::string_view name) {
    element value;
    return from.at_key(name).get(value) == simdjson::SUCCESS ? number_of<T>(value) : T{};
}

template <typename Visit>
void for_object(object from, std::string_view name, Visit visit) {
    object inner;
    if (from.at_key(name).get(inner) == simdjson::SUCCESS) {
        visit(inner);
    }
}

template <typename Visit>
void for_each(object from, std::string_view name, Visit visit) {
    array list;
    if (from.at_key(name).get(list) == simdjson::SUCCESS) {
        for (const element item : list) {
            visit(item);
        }
    }
}

template <typename List>
void read_numbers(object from, std::string_view name, List& list) {
    for_each(from, name, [&](element item) {
        list.push(number_of<std::decay_t<decltype(list.view()[0])>>(item));
    });
}

template <typename Value>
Value value_of(std::string_view word, std::initializer_list<Value> values, Value fallback) {
    for (const Value value : values) {
        if (metadata::name_of(value) == word) {
            return value;
        }
    }
    return fallback;
}

metadata::Visibility visibility_of(std::string_view word) {
    using enum metadata::Visibility;
    return value_of(word,
                    {Certificate, CertificateInherited, Resumed, Tls13, Quic, NoServerHello,
                     Incomplete, Gap, Budget},
                    Incomplete);
}

metadata::Reason reason_of(std::string_view word) {
    using enum metadata::Reason;
    return value_of(word,
                    {None, CertificateBlocklist, InfectedHost, Allowlist, ServerBlocklist,
                     ConflictingData, Fallback},
                    None);
}

bool read_endpoint(object from, std::string_view name, metadata::Endpoint& endpoint) {
    bool read = false;
    for_object(from, name, [&](object inner) {
        if (const auto ip = net::parse_ip(text_of(inner, "ip"))) {
            endpoint.ip = *ip;
            endpoint.port = number_of<uint16_t>(inner, "port");
            read = true;
        }
    });
    return read;
}

// What the form says of 1.3 covers its drafts; what came before is its own legacy_version.
uint16_t negotiated(std::string_view text, uint16_t legacy_version) {
    return text == "TLS 1.3"    ? uint16_t{0x0304}
           : text == "DTLS 1.3" ? uint16_t{0xfefc}
                                : legacy_version;
}

void read_tls(object tls, Record& record) {
    auto& hello = record.client_hello;
    hello.sni.assign(text_of(tls, "sni"));
    hello.ja4.assign(text_of(tls, "ja4"));
    metadata::from_hex(text_of(tls, "ja3"), hello.ja3);
    hello.seen = !hello.sni.empty();  // a sensor that tells no more of hellos tells this
    for_object(tls, "client_hello", [&](object facts) {
        hello.seen = true;
        hello.version = number_of<uint16_t>(facts, "version");
        read_numbers(facts, "ciphers", hello.ciphers);
        read_numbers(facts, "extensions", hello.extensions);
    });
    auto& answer = record.server_hello;
    answer.resumed = flag_of(tls, "resumed");
    for_object(tls, "server_hello", [&](object facts) {
        answer.seen = true;
        answer.version = number_of<uint16_t>(facts, "version");
        answer.cipher = number_of<uint16_t>(facts, "cipher");
        answer.negotiated_version = negotiated(text_of(tls, "version"), answer.version);
    });
    for_each(tls, "alerts", [&](element item) {
        object alert;
        if (item.get(alert) == simdjson::SUCCESS) {
            record.alerts.push(
                {text_of(alert, "direction") == "in" ? Direction::In : Direction::Out,
                 number_of<uint8_t>(alert, "level"), number_of<uint8_t>(alert, "description")});
        }
    });
}

void read_summary(object facts, CertificateSummary& leaf) {
    leaf.subject = text_of(facts, "subject");
    leaf.issuer = text_of(facts, "issuer");
    leaf.serial = text_of(facts, "serial");
    leaf.not_before = text_of(facts, "not_before");
    leaf.not_after = text_of(facts, "not_after");
    leaf.key = text_of(facts, "key");
    leaf.bits = number_of<uint32_t>(facts, "bits");
    leaf.signature = text_of(facts, "signature");
    leaf.self_signed = flag_of(facts, "self_signed");
    for_each(facts, "san", [&](element item) {
        std::string_view name;
        if (item.get(name) == simdjson::SUCCESS && leaf.san.size() < 100) {
            leaf.san.emplace_back(name);
        }
    });
    for_object(facts, "chain", [&](object chain) {
        leaf.chain_judged = true;
        leaf.issuer_known = flag_of(chain, "issuer_known");
        if (leaf.issuer_known) {
            leaf.chain_from = number_of<int64_t>(chain, "valid_from");
            leaf.chain_until = number_of<int64_t>(chain, "valid_until");
        }
    });
    leaf.parsed = true;
}

std::size_t text_bytes(const CertificateSummary& leaf) {
    std::size_t bytes = leaf.subject.size() + leaf.issuer.size() + leaf.serial.size() +
                        leaf.key.size() + leaf.signature.size();
    for (const std::string& name : leaf.san) {
        bytes += name.size();
    }
    return bytes;
}

void read_certificate_facts(object facts, FullRecord& full) {
    auto& certificate = full.record.certificate;
    certificate.seen = metadata::from_hex(text_of(facts, "sha1"), certificate.sha1);
    certificate.inherited = flag_of(facts, "inherited");
    for_each(facts, "chain_sha1", [&](element item) {
        std::string_view hex;
        Sha1Digest digest{};
        if (item.get(hex) == simdjson::SUCCESS && metadata::from_hex(hex, digest)) {
            certificate.chain.push(digest);
        }
    });
    if (certificate.chain.full() && flag_of(facts, "truncated")) {
        certificate.chain.mark_truncated();
    }
    element subject;
    if (certificate.seen && facts.at_key("subject").get(subject) == simdjson::SUCCESS) {
        full.leaf.emplace();
        full.leaf->sha1 = certificate.sha1;
        read_summary(facts, *full.leaf);
        if (text_bytes(*full.leaf) > metadata::CertificateBytes::kMaxBytes) {
            full.leaf.reset();  // it is remembered for long, and no certificate says that much
        }
    }
}

void read_traffic(object from, metadata::TrafficFacts& traffic) {
    traffic.packets = {number_of<uint64_t>(from, "packets_out"),
                       number_of<uint64_t>(from, "packets_in")};
    traffic.bytes = {number_of<uint64_t>(from, "bytes_out"), number_of<uint64_t>(from, "bytes_in")};
    traffic.payload = {number_of<uint64_t>(from, "payload_out"),
                       number_of<uint64_t>(from, "payload_in")};
    traffic.retransmits = number_of<uint32_t>(from, "retransmits");
    for_each(from, "records", [&](element item) {
        array parts;
        if (item.get(parts) == simdjson::SUCCESS && parts.size() >= 3) {
            traffic.records.push({number_of<int32_t>(parts.at(0).value()),
                                  number_of<uint32_t>(parts.at(2).value()),
                                  number_of<uint8_t>(parts.at(1).value())});
        }
    });
    for_each(from, "splt", [&](element item) {
        array parts;
        if (item.get(parts) == simdjson::SUCCESS && parts.size() >= 2) {
            traffic.splt.push({number_of<int32_t>(parts.at(0).value()),
                               number_of<uint32_t>(parts.at(1).value())});
        }
    });
    std::size_t bucket = 0;
    for_each(from, "gaps", [&](element item) {
        if (bucket < traffic.gaps.size()) {
            traffic.gaps[bucket++] = number_of<uint32_t>(item);
        }
    });
}

void read_dns(object from, metadata::DnsFacts& dns) {
    dns.seen = true;
    dns.name.assign(text_of(from, "name"));
    dns.cname = flag_of(from, "cname");
    dns.ttl = number_of<uint32_t>(from, "ttl");
    dns.answers = number_of<uint16_t>(from, "answers");
    dns.age_us = number_of<uint64_t>(from, "age_us");
}

metadata::Phase phase_of(std::string_view word) {
    using enum metadata::Phase;
    return word == "handshake" ? Handshake : word == "update" ? Update : End;
}

metadata::Protocol protocol_of(std::string_view word) {
    using enum metadata::Protocol;
    return value_of(word, {Tls, Quic, Dtls}, Unknown);
}

// No sensor's clock shows a time before 1970, and without these no two are more than 64 bits of
// nanoseconds apart.
std::optional<Timestamp> time_of(object from, std::string_view name) {
    const auto time = metadata::parse_time(text_of(from, name));
    return time && *time >= Timestamp{} ? time : std::nullopt;
}

bool read_session(object from, FullRecord& full) {
    full = {};
    Record& record = full.record;
    const auto start = time_of(from, "start");
    const std::string_view id = text_of(from, "id");
    if (!start || id.empty() || !read_endpoint(from, "client", record.client) ||
        !read_endpoint(from, "server", record.server)) {
        return false;
    }
    full.key.assign(text_of(from, "sensor")).append(1, '\n').append(id);
    record.start = *start;
    record.end = time_of(from, "end").value_or(*start);
    record.phase = phase_of(text_of(from, "phase"));
    record.transport =
        text_of(from, "transport") == "udp" ? metadata::Transport::Udp : metadata::Transport::Tcp;
    record.protocol = protocol_of(text_of(from, "protocol"));
    record.visibility = visibility_of(text_of(from, "visibility"));
    record.reason = reason_of(text_of(from, "reason"));
    record.action =
        text_of(from, "action") == "block" ? metadata::Action::Block : metadata::Action::Permit;
    record.feed.assign(text_of(from, "feed"));
    record.threat_level = number_of<uint8_t>(from, "threat_level");
    for_object(from, "tls", [&](object inner) { read_tls(inner, record); });
    for_object(from, "certificate", [&](object inner) { read_certificate_facts(inner, full); });
    for_object(from, "traffic", [&](object inner) { read_traffic(inner, record.traffic); });
    for_object(from, "dns", [&](object inner) { read_dns(inner, record.dns); });
    return true;
}

bool read_certificate(object from, CertificateLine& line) {
    const auto der = base64_decode(text_of(from, "der"));
    if (!der || der->size() > metadata::CertificateBytes::kMaxBytes ||
        !metadata::from_hex(text_of(from, "sha1"), line.sha1) ||
        sha1_hex(*der) != metadata::to_hex(line.sha1)) {
        return false;
    }
    line.der.assign(der->begin(), der->end());
    return true;
}

}  // namespace

struct RecordReader::Impl {
    simdjson::dom::parser parser{kMaxLineBytes};
};

RecordReader::RecordReader() : impl_(std::make_unique<Impl>()) {
    if (impl_->parser.allocate(kMaxLineBytes, kMaxDepth) != simdjson::SUCCESS) {
        throw std::bad_alloc();
    }
}

RecordReader::~RecordReader() = default;

RecordReader::Kind RecordReader::read(std::string_view line, FullRecord& session,
                                      CertificateLine& certificate) {
    object root;
    if (line.size() > kMaxLineBytes ||
        impl_->parser.parse(line.data(), line.size()).get(root) != simdjson::SUCCESS) {
        return Kind::Other;
    }
    const std::string_view type = text_of(root, "type");
    if (type == "session" && read_session(root, session)) {
        return Kind::Session;
    }
    if (type == "certificate" && read_certificate(root, certificate)) {
        return Kind::Certificate;
    }
    return Kind::Other;
}

}  // namespace eti::analysis
