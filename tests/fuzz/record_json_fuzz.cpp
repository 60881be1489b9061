#include "eti/base/check.h"
#include "eti/metadata/record_json.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

// The bytes become every text of a record; its line must stay one line of valid JSON.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(data, data + size);
    eti::metadata::Record record;
    record.client_hello.seen = true;
    record.client_hello.sni.assign(text);
    record.client_hello.alpn.push(eti::BoundedText<31>(text));
    record.client_hello.ja4.assign(text);
    record.server_hello.seen = true;
    record.server_hello.alpn.assign(text);
    record.policy.assign(text);
    record.from_zone.assign(text);
    record.feed.assign(text);
    record.certificate.seen = true;
    record.dns.seen = true;
    record.dns.name.assign(text);
    eti::metadata::CertificateSummary leaf;
    leaf.parsed = true;
    leaf.subject = leaf.issuer = leaf.serial = text;
    leaf.san = {text, text};

    std::string line;
    eti::metadata::append_json(line, record, &leaf, {text, "0"});
    ETI_CHECK(line.find('\n') == line.size() - 1);
    const auto json = nlohmann::json::parse(line, nullptr, false);
    ETI_CHECK(!json.is_discarded());
    ETI_CHECK(json.at("v") == 1 && json.at("certificate").at("san").size() == 2);
    return 0;
}
