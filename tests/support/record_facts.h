// What a record says about a handshake, as text: everything but times, sizes of packets and other
// matters of how its bytes came.
#pragma once

#include "eti/metadata/record.h"

#include <cstdint>
#include <span>
#include <string>

namespace eti::test {

inline std::string hex_of(std::span<const uint8_t> bytes) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string text;
    for (const uint8_t byte : bytes) {
        text += kHex[byte >> 4];
        text += kHex[byte & 15];
    }
    return text;
}

template <typename List>
std::string numbers_of(const List& list) {
    std::string text;
    for (const auto value : list.view()) {
        text += std::to_string(value) + ' ';
    }
    return text + (list.truncated() ? "..." : "");
}

inline std::string client_facts(const metadata::ClientHelloFacts& hello) {
    std::string text = "client " + std::to_string(hello.version) + " sni " +
                       std::string(hello.sni.view()) + "\n ja3 " + hex_of(hello.ja3) + " ja4 " +
                       std::string(hello.ja4.view()) + "\n ciphers " + numbers_of(hello.ciphers) +
                       "\n extensions " + numbers_of(hello.extensions) + "\n groups " +
                       numbers_of(hello.groups) + "\n versions " + numbers_of(hello.versions) +
                       "\n signatures " + numbers_of(hello.signature_algorithms) + "\n alpn ";
    for (const auto& name : hello.alpn.view()) {
        text += std::string(name.view()) + ' ';
    }
    return text + "ech " + std::to_string(static_cast<int>(hello.ech)) + '\n';
}

inline std::string server_facts(const metadata::ServerHelloFacts& hello) {
    return "server " + std::to_string(hello.version) + ' ' +
           std::to_string(hello.negotiated_version) + " cipher " + std::to_string(hello.cipher) +
           " alpn " + std::string(hello.alpn.view()) + " ja3s " + hex_of(hello.ja3s) +
           "\n extensions " + numbers_of(hello.extensions) + "\n" +
           (hello.resumed ? "resumed\n" : "");
}

// handshake_facts: what decides. No segment that its receiver ignores may change it.
inline std::string handshake_facts(const metadata::Record& record) {
    std::string text = "protocol " + std::to_string(static_cast<int>(record.protocol)) +
                       " visibility " + std::to_string(static_cast<int>(record.visibility)) +
                       " client port " + std::to_string(record.client.port) +
                       (record.midstream ? " midstream\n" : "\n");
    text += record.client_hello.seen ? client_facts(record.client_hello) : "";
    text += record.server_hello.seen ? server_facts(record.server_hello) : "";
    if (record.certificate.seen) {
        text += "leaf " + hex_of(record.certificate.sha1) + '\n';
    }
    for (const auto& sha1 : record.certificate.chain.view()) {
        text += "chain " + hex_of(sha1) + '\n';
    }
    text += record.certificate.chain.truncated() ? "chain...\n" : "";
    return text;
}

// facts_of adds what is described even when nothing can change the verdict any more.
inline std::string facts_of(const metadata::Record& record) {
    std::string text = handshake_facts(record);
    for (const metadata::Alert& alert : record.alerts.view()) {
        text += "alert " + std::to_string(index(alert.direction)) + ' ' +
                std::to_string(alert.level) + ' ' + std::to_string(alert.description) + '\n';
    }
    text += record.alerts.truncated() ? "alerts...\n" : "";
    for (const metadata::RecordSample& sample : record.traffic.records.view()) {
        text += "record " + std::to_string(sample.type) + ' ' +
                std::to_string(sample.record_bytes) + '\n';
    }
    return text;
}

}  // namespace eti::test
