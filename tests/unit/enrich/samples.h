// Answers and records as the memories get them; seconds count from an arbitrary instant.
#pragma once

#include "eti/metadata/record.h"

#include <chrono>
#include <initializer_list>
#include <string_view>

namespace eti::enrich::samples {

using metadata::Phase;
using metadata::Visibility;

inline Timestamp at(double seconds) {
    return Timestamp(std::chrono::seconds(1'795'491'974)) +
           std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

inline const net::IpAddress kClient = net::IpAddress::v4(10, 0, 1, 10);
inline const net::IpAddress kOtherClient = net::IpAddress::v4(10, 0, 1, 11);
inline const net::IpAddress kServer = net::IpAddress::v4(192, 0, 2, 7);
inline const net::IpAddress kOtherServer = net::IpAddress::v4(192, 0, 2, 8);

inline net::IpAddress numbered(uint32_t number) {
    return net::IpAddress::v4(198, static_cast<uint8_t>(number >> 16),
                              static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number));
}

inline metadata::DnsAnswer answer(std::string_view name, double seconds,
                                  std::initializer_list<net::IpAddress> servers = {kServer},
                                  const net::IpAddress& client = kClient) {
    metadata::DnsAnswer answer;
    answer.time = at(seconds);
    answer.client = client;
    answer.name.assign(name);
    for (const net::IpAddress& server : servers) {
        answer.addresses.push(server);
    }
    answer.answers = static_cast<uint16_t>(servers.size());
    answer.ttl = 60;
    return answer;
}

// A TLS session whose hello asked for www.example.com.
inline metadata::Record session(uint64_t id, double start, Visibility visibility,
                                Phase phase = Phase::End) {
    metadata::Record record;
    record.id = id;
    record.phase = phase;
    record.visibility = visibility;
    record.start = at(start);
    record.client = {kClient, 40000};
    record.server = {kServer, 443};
    record.client_hello.seen = true;
    record.client_hello.sni.assign("www.example.com");
    return record;
}

inline Sha1Digest leaf(uint8_t tag) {
    Sha1Digest sha1;
    sha1.fill(tag);
    return sha1;
}

// A session that showed its certificate.
inline metadata::Record full(uint64_t id, double start, uint8_t tag) {
    metadata::Record record = session(id, start, Visibility::Certificate);
    record.certificate.seen = true;
    record.certificate.sha1 = leaf(tag);
    record.certificate.chain.push(leaf(tag));
    return record;
}

}  // namespace eti::enrich::samples
