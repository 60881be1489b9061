// Records that show every member of the JSON form.
#pragma once

#include "eti/metadata/certificate_summary.h"
#include "eti/metadata/record.h"
#include "eti/metadata/record_json.h"

#include <chrono>

namespace eti::metadata::samples {

inline SensorIdentity sensor() {
    return {"eti1", "0badcafe"};
}

// 2026-11-24T03:46:14Z
inline constexpr Timestamp kStart{std::chrono::seconds(1795491974)};

inline Record smallest() {
    Record record;
    record.id = 7;
    record.start = kStart;
    record.client = {net::IpAddress::v4(10, 0, 1, 10), 40000};
    record.server = {net::IpAddress::v4(192, 0, 2, 7), 443};
    return record;
}

inline void fill_hellos(Record& record) {
    ClientHelloFacts& client = record.client_hello;
    client.seen = true;
    client.version = 771;
    client.ciphers.push(49199);
    client.ciphers.push(156);
    client.extensions.push(0);
    client.extensions.push(16);
    client.groups.push(29);
    client.signature_algorithms.push(1027);
    client.versions.push(772);
    client.sni.assign("www.example.com");
    client.alpn.push(BoundedText<31>("h2"));
    client.alpn.push(BoundedText<31>("http/1.1"));
    client.ech = EncryptedClientHello::GreaseOrOffered;
    client.ja3.fill(0xa1);
    client.ja4.assign("t13d1516h2_8daaf6152771_b186095e22b6");
    ServerHelloFacts& server = record.server_hello;
    server.seen = true;
    server.version = 771;
    server.negotiated_version = 771;
    server.cipher = 49199;
    server.extensions.push(65281);
    server.alpn.assign("h2");
    server.ja3s.fill(0xb2);
    record.alerts.push({Direction::In, 2, 40});
}

inline void fill_traffic(TrafficFacts& traffic) {
    traffic.packets = {12, 10};
    traffic.bytes = {1500, 9000};
    traffic.payload = {900, 8500};
    traffic.rtt_us = 1234;
    traffic.retransmits = 1;
    traffic.splt.push({517, 0});
    traffic.splt.push({-1460, 250});
    traffic.records.push({512, 0, 22});
    traffic.records.push({-4000, 251, 22});
    traffic.gaps[3] = 2;
    traffic.gaps[20] = 1;
}

inline void fill_dns(DnsFacts& dns) {
    dns.seen = true;
    dns.name.assign("www.example.com");
    dns.cname = true;
    dns.ttl = 60;
    dns.answers = 2;
    dns.age_us = 1500;
}

inline Record fullest() {
    Record record = smallest();
    record.end = kStart + std::chrono::microseconds(1500001);
    record.visibility = Visibility::Certificate;
    record.action = Action::Block;
    record.reason = Reason::CertificateBlocklist;
    record.threat_level = 10;
    record.vlans.push(100);
    record.from_zone.assign("trust");
    record.to_zone.assign("untrust");
    record.policy.assign("p1");
    record.feed.assign("cc_cert_sha1");
    fill_hellos(record);
    fill_traffic(record.traffic);
    fill_dns(record.dns);
    record.certificate.seen = true;
    record.certificate.sha1.fill(0xc3);
    record.certificate.chain.push(record.certificate.sha1);
    Sha1Digest issuer{};
    issuer.fill(0xd4);
    record.certificate.chain.push(issuer);
    return record;
}

inline CertificateSummary leaf() {
    CertificateSummary summary;
    summary.sha1.fill(0xc3);
    summary.sha256.fill(0xe5);
    summary.subject = "CN=www.example.com";
    summary.issuer = "CN=Example CA,O=Example";
    summary.serial = "1f";
    summary.not_before = "2023-11-14T22:13:20Z";
    summary.not_after = "2033-05-18T03:33:20Z";
    summary.key = "RSA";
    summary.bits = 2048;
    summary.signature = "sha256WithRSAEncryption";
    summary.san = {"www.example.com", "192.0.2.7"};
    summary.parsed = true;
    return summary;
}

}  // namespace eti::metadata::samples
