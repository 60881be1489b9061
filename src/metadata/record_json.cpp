#include "eti/metadata/record_json.h"

#include "metadata/base64.h"
#include "metadata/community_id.h"
#include "metadata/json_text.h"

#include <algorithm>
#include <chrono>

namespace eti::metadata {
namespace {

template <typename Digest>
bool is_set(const Digest& digest) {
    return std::any_of(digest.begin(), digest.end(), [](uint8_t byte) { return byte != 0; });
}

// version_text is empty for versions without a name.
std::string_view version_text(uint16_t version) {
    switch (version) {
        case 0x0300:
            return "SSL 3.0";
        case 0x0301:
            return "TLS 1.0";
        case 0x0302:
            return "TLS 1.1";
        case 0x0303:
            return "TLS 1.2";
        case 0x0304:
            return "TLS 1.3";
        case 0x0100:  // as OpenSSL wrote DTLS before its standard
        case 0xfeff:
            return "DTLS 1.0";
        case 0xfefd:
            return "DTLS 1.2";
        case 0xfefc:
            return "DTLS 1.3";
        default:
            break;
    }
    // 0x7fNN is draft NN of RFC 8446; 0xfbNN were experiments with the same drafts.
    return version >> 8 == 0x7f || version >> 8 == 0xfb ? "TLS 1.3" : "";
}

std::string_view name_of(Direction direction) {
    return direction == Direction::Out ? "out" : "in";
}

template <typename List>
void numbers(JsonWriter& json, std::string_view name, const List& list) {
    json.array(name, list.view(), [&](auto value) { json.number(value); });
}

template <typename List>
void numbers_if_any(JsonWriter& json, std::string_view name, const List& list) {
    if (!list.empty()) {
        numbers(json, name, list);
    }
}

void endpoint(JsonWriter& json, std::string_view name, const Endpoint& end) {
    json.key(name).begin_object();
    json.key("ip").text(net::to_string(end.ip));
    json.key("port").number(end.port);
    json.end_object();
}

void zones(JsonWriter& json, const Record& record) {
    if (record.from_zone.empty() && record.to_zone.empty()) {
        return;
    }
    json.key("zones").begin_object();
    json.text_if_any("from", record.from_zone.view());
    json.text_if_any("to", record.to_zone.view());
    json.end_object();
}

void client_hello(JsonWriter& json, const ClientHelloFacts& hello) {
    json.key("client_hello").begin_object();
    json.key("version").number(hello.version);
    numbers(json, "ciphers", hello.ciphers);
    numbers(json, "extensions", hello.extensions);
    numbers_if_any(json, "groups", hello.groups);
    numbers_if_any(json, "signature_algorithms", hello.signature_algorithms);
    numbers_if_any(json, "versions", hello.versions);
    json.flag_if("truncated", hello.ciphers.truncated() || hello.extensions.truncated() ||
                                  hello.groups.truncated() ||
                                  hello.signature_algorithms.truncated() ||
                                  hello.versions.truncated());
    json.end_object();
}

void server_hello(JsonWriter& json, const ServerHelloFacts& hello) {
    json.key("server_hello").begin_object();
    json.key("version").number(hello.version);
    json.key("cipher").number(hello.cipher);
    numbers(json, "extensions", hello.extensions);
    json.flag_if("truncated", hello.extensions.truncated());
    json.end_object();
}

void alerts(JsonWriter& json, const Record& record) {
    if (record.alerts.empty()) {
        return;
    }
    json.array("alerts", record.alerts.view(), [&](const Alert& alert) {
        json.begin_object();
        json.key("direction").text(name_of(alert.direction));
        json.key("level").number(alert.level);
        json.key("description").number(alert.description);
        json.end_object();
    });
}

bool tls_truncated(const Record& record) {
    const auto alpn = record.client_hello.alpn.view();
    return record.alerts.truncated() || record.client_hello.alpn.truncated() ||
           record.client_hello.sni.truncated() || record.server_hello.alpn.truncated() ||
           std::any_of(alpn.begin(), alpn.end(), [](const auto& text) { return text.truncated(); });
}

void offered(JsonWriter& json, const ClientHelloFacts& client) {
    json.text_if_any("sni", client.sni.view());
    if (!client.alpn.empty()) {
        json.array("alpn_offered", client.alpn.view(),
                   [&](const auto& name) { json.text(name.view()); });
    }
}

void fingerprints(JsonWriter& json, const Record& record) {
    if (record.client_hello.seen && is_set(record.client_hello.ja3)) {
        json.key("ja3").hex(record.client_hello.ja3);
    }
    if (record.server_hello.seen && is_set(record.server_hello.ja3s)) {
        json.key("ja3s").hex(record.server_hello.ja3s);
    }
    if (record.client_hello.seen) {
        json.text_if_any("ja4", record.client_hello.ja4.view());
    }
}

void tls(JsonWriter& json, const Record& record) {
    const ClientHelloFacts& client = record.client_hello;
    const ServerHelloFacts& server = record.server_hello;
    if (!client.seen && !server.seen && record.alerts.empty()) {
        return;
    }
    json.key("tls").begin_object();
    if (server.seen) {
        json.text_if_any("version", version_text(server.negotiated_version));
    }
    if (client.seen) {
        offered(json, client);
    }
    if (server.seen) {
        json.text_if_any("alpn", server.alpn.view());
        json.key("cipher").number(server.cipher);
        json.key("resumed").boolean(server.resumed);
    }
    fingerprints(json, record);
    if (client.seen) {
        json.key("ech").text(client.ech == EncryptedClientHello::None ? "none"
                                                                      : "grease-or-offered");
        client_hello(json, client);
    }
    if (server.seen) {
        server_hello(json, server);
    }
    alerts(json, record);
    json.flag_if("truncated", tls_truncated(record));
    json.end_object();
}

void summary(JsonWriter& json, const CertificateSummary& leaf) {
    json.key("subject").text(leaf.subject);
    json.key("issuer").text(leaf.issuer);
    json.text_if_any("serial", leaf.serial);
    json.text_if_any("not_before", leaf.not_before);
    json.text_if_any("not_after", leaf.not_after);
    json.text_if_any("key", leaf.key);
    if (leaf.bits > 0) {
        json.key("bits").number(leaf.bits);
    }
    json.text_if_any("signature", leaf.signature);
    json.array("san", leaf.san, [&](const std::string& name) { json.text(name); });
    json.key("self_signed").boolean(leaf.self_signed);
    if (leaf.chain_judged) {
        json.key("chain").begin_object();
        json.key("issuer_known").boolean(leaf.issuer_known);
        if (leaf.issuer_known) {
            json.key("valid_from").number(leaf.chain_from);
            json.key("valid_until").number(leaf.chain_until);
        }
        json.end_object();
    }
}

void certificate(JsonWriter& json, const CertificateFacts& facts, const CertificateSummary* leaf) {
    if (!facts.seen) {
        return;
    }
    // A summary of another certificate must never be shown under this one's digest.
    const bool known = leaf != nullptr && leaf->sha1 == facts.sha1;
    json.key("certificate").begin_object();
    json.key("sha1").hex(facts.sha1);
    if (known) {
        json.key("sha256").hex(leaf->sha256);
    }
    json.key("inherited").boolean(facts.inherited);
    if (!facts.chain.empty()) {
        json.array("chain_sha1", facts.chain.view(),
                   [&](const Sha1Digest& sha1) { json.hex(sha1); });
    }
    if (known && leaf->parsed) {
        summary(json, *leaf);
    }
    json.flag_if("truncated", facts.chain.truncated() || (known && leaf->san_truncated));
    json.end_object();
}

void gaps(JsonWriter& json, const TrafficFacts& traffic) {
    const auto& counts = traffic.gaps;
    const auto last = std::find_if(counts.rbegin(), counts.rend(), [](auto n) { return n != 0; });
    const std::span<const uint32_t> used(counts.begin(), last.base());
    json.array("gaps", used, [&](uint32_t count) { json.number(count); });
}

void sequences(JsonWriter& json, const TrafficFacts& traffic) {
    json.array("splt", traffic.splt.view(), [&](const PacketSample& packet) {
        json.begin_array();
        json.number(packet.payload_bytes);
        json.number(packet.delta_us);
        json.end_array();
    });
    json.array("records", traffic.records.view(), [&](const RecordSample& sample) {
        json.begin_array();
        json.number(sample.record_bytes);
        json.number(sample.type);
        json.number(sample.delta_us);
        json.end_array();
    });
}

int64_t duration_us(const Record& record) {
    if (record.end <= record.start) {
        return 0;
    }
    return std::chrono::duration_cast<std::chrono::microseconds>(record.end - record.start).count();
}

void traffic(JsonWriter& json, const Record& record) {
    constexpr auto kOut = index(Direction::Out);
    constexpr auto kIn = index(Direction::In);
    const TrafficFacts& facts = record.traffic;
    json.key("traffic").begin_object();
    json.key("packets_out").number(facts.packets[kOut]);
    json.key("packets_in").number(facts.packets[kIn]);
    json.key("bytes_out").number(facts.bytes[kOut]);
    json.key("bytes_in").number(facts.bytes[kIn]);
    json.key("payload_out").number(facts.payload[kOut]);
    json.key("payload_in").number(facts.payload[kIn]);
    json.key("duration_us").number(duration_us(record));
    if (facts.rtt_us > 0) {
        json.key("rtt_us").number(facts.rtt_us);
    }
    json.key("retransmits").number(facts.retransmits);
    sequences(json, facts);
    gaps(json, facts);
    json.end_object();
}

void dns(JsonWriter& json, const DnsFacts& facts) {
    if (!facts.seen) {
        return;
    }
    json.key("dns").begin_object();
    json.key("name").text(facts.name.view());
    json.key("cname").boolean(facts.cname);
    json.key("ttl").number(facts.ttl);
    json.key("answers").number(facts.answers);
    json.key("age_us").number(facts.age_us);
    json.end_object();
}

void heading(JsonWriter& json, const Record& record, const SensorIdentity& sensor) {
    json.key("v").number(1);
    json.key("type").text("session");
    json.key("phase").text(name_of(record.phase));
    json.key("id").text(record_id(sensor, record.id));
    json.key("sensor").text(sensor.name);
    json.key("start").text(format_time(record.start));
    if (record.end != Timestamp{}) {
        json.key("end").text(format_time(record.end));
    }
    json.text_if_any("community_id", community_id(record.client, record.server, record.transport));
    endpoint(json, "client", record.client);
    endpoint(json, "server", record.server);
    numbers_if_any(json, "vlan", record.vlans);
    json.flag_if("truncated", record.vlans.truncated());
    json.key("transport").text(record.transport == Transport::Tcp ? "tcp" : "udp");
    json.key("protocol").text(name_of(record.protocol));
    zones(json, record);
    json.text_if_any("policy", record.policy.view());
    json.key("visibility").text(name_of(record.visibility));
    json.flag_if("midstream", record.midstream);
    if (record.one_sided) {
        json.key("one_sided").text(name_of(*record.one_sided));
    }
}

void verdict(JsonWriter& json, const Record& record) {
    json.key("action").text(record.action == Action::Permit ? "permit" : "block");
    json.key("reason").text(name_of(record.reason));
    json.text_if_any("feed", record.feed.view());
    if (record.threat_level > 0) {
        json.key("threat_level").number(record.threat_level);
    }
}

}  // namespace

std::string record_id(const SensorIdentity& sensor, uint64_t id) {
    return sensor.name + "/" + sensor.boot + "/" + std::to_string(id);
}

void append_json(std::string& out, const Record& record, const CertificateSummary* leaf,
                 const SensorIdentity& sensor) {
    JsonWriter json(out);
    json.begin_object();
    heading(json, record, sensor);
    tls(json, record);
    certificate(json, record.certificate, leaf);
    traffic(json, record);
    dns(json, record.dns);
    verdict(json, record);
    json.end_object();
    out.push_back('\n');
}

void append_certificate_json(std::string& out, const Sha1Digest& sha1,
                             std::span<const uint8_t> der) {
    std::string base64;
    append_base64(base64, der);
    JsonWriter json(out);
    json.begin_object();
    json.key("type").text("certificate");
    json.key("sha1").hex(sha1);
    json.key("der").text(base64);
    json.end_object();
    out.push_back('\n');
}

}  // namespace eti::metadata
