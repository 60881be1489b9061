// Records as the extractor takes them, short to write in tests.
#pragma once

#include "eti/metadata/certificate_summary.h"
#include "eti/metadata/record.h"

#include <chrono>
#include <initializer_list>
#include <string_view>

namespace eti::test {

inline constexpr Timestamp kNoon{std::chrono::seconds(1'500'000'000)};

class SessionBuilder {
  public:
    SessionBuilder() {
        record_.start = kNoon;
        record_.end = kNoon + std::chrono::seconds(1);
        record_.client = {net::IpAddress::v4(10, 0, 0, 1), 50'000};
        record_.server = {net::IpAddress::v4(198, 51, 100, 7), 443};
        record_.client_hello.seen = true;
        record_.server_hello = {};
        record_.server_hello.seen = true;
        record_.server_hello.negotiated_version = 0x0303;
    }
    SessionBuilder& at(double seconds) {
        const Duration length = record_.end - record_.start;
        record_.start =
            kNoon + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
        record_.end = record_.start + length;
        return *this;
    }
    SessionBuilder& client(uint8_t last) {
        record_.client.ip = net::IpAddress::v4(10, 0, 0, last);
        return *this;
    }
    SessionBuilder& server(uint8_t last, uint16_t port = 443) {
        record_.server = {net::IpAddress::v4(198, 51, 100, last), port};
        return *this;
    }
    SessionBuilder& sni(std::string_view name) {
        record_.client_hello.sni.assign(name);
        return *this;
    }
    SessionBuilder& shows(uint8_t leaf) {
        record_.certificate.seen = true;
        record_.certificate.sha1.fill(leaf);
        record_.certificate.chain.push(record_.certificate.sha1);
        return *this;
    }
    SessionBuilder& dns(std::string_view name, uint32_t ttl = 300) {
        record_.dns.seen = true;
        record_.dns.name.assign(name);
        record_.dns.ttl = ttl;
        record_.dns.answers = 1;
        return *this;
    }
    SessionBuilder& tls13() {
        record_.server_hello.negotiated_version = 0x0304;
        return *this;
    }
    SessionBuilder& payload(uint64_t out, uint64_t in) {
        record_.traffic.payload = {out, in};
        return *this;
    }
    // samples are {signed bytes, microseconds, type}.
    SessionBuilder& records(std::initializer_list<metadata::RecordSample> samples) {
        for (const auto& sample : samples) {
            record_.traffic.records.push(sample);
        }
        return *this;
    }
    const metadata::Record& get() const { return record_; }

  private:
    metadata::Record record_;
};

inline metadata::CertificateSummary self_signed_leaf(uint8_t leaf) {
    metadata::CertificateSummary summary;
    summary.sha1.fill(leaf);
    summary.subject = "CN=localhost,O=Default\\, Company,C=XX";
    summary.issuer = summary.subject;
    summary.serial = "a1b2c3";
    summary.not_before = "2017-07-12T02:40:00Z";
    summary.not_after = "2018-07-12T02:40:00Z";
    summary.key = "RSA";
    summary.bits = 2048;
    summary.signature = "sha256WithRSAEncryption";
    summary.self_signed = true;
    summary.parsed = true;
    return summary;
}

}  // namespace eti::test
