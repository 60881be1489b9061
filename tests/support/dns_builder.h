// Builds DNS messages for tests: names plain or compressed, resource records, whole responses. All
// functions return plain bytes, so that a test may cut and damage them at will:
//
//   const Bytes message = response("www.example.com", {a(pointer(12), {192, 0, 2, 1})});
#pragma once

#include "tests/support/tls_builder.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace eti::test::dns {

inline constexpr uint16_t kA = 1;
inline constexpr uint16_t kCname = 5;
inline constexpr uint16_t kTxt = 16;
inline constexpr uint16_t kAaaa = 28;
inline constexpr uint16_t kRrsig = 46;
inline constexpr uint16_t kHttps = 65;
inline constexpr std::size_t kQuestionName = 12;  // where a message's first name stands

// labels is a name without its end; the dots part the labels.
inline Bytes labels(std::string_view name) {
    Bytes out;
    while (!name.empty()) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        out = join({out, prefixed(1, text(name.substr(0, dot)))});
        name.remove_prefix(std::min(dot + 1, name.size()));
    }
    return out;
}
inline Bytes name(std::string_view text) {
    return join({labels(text), {0}});
}
inline Bytes pointer(std::size_t offset) {
    return number(0xc000U | offset, 2);
}

inline Bytes record(const Bytes& owner, uint16_t type, uint32_t ttl, const Bytes& data,
                    uint16_t record_class = 1) {
    return join(
        {owner, number(type, 2), number(record_class, 2), number(ttl, 4), prefixed(2, data)});
}
inline Bytes a(const Bytes& owner, const std::array<uint8_t, 4>& ip, uint32_t ttl = 300) {
    return record(owner, kA, ttl, Bytes(ip.begin(), ip.end()));
}
inline Bytes aaaa(const Bytes& owner, uint8_t last, uint32_t ttl = 300) {  // 2001:db8::last
    Bytes ip = {0x20, 0x01, 0x0d, 0xb8};
    ip.resize(15);
    ip.push_back(last);
    return record(owner, kAaaa, ttl, ip);
}
inline Bytes cname(const Bytes& owner, const Bytes& target, uint32_t ttl = 300) {
    return record(owner, kCname, ttl, target);
}
// https is a record in service mode with the target "." and the given parameters.
inline Bytes https(const Bytes& owner, const Bytes& parameters, uint16_t priority = 1,
                   uint32_t ttl = 300) {
    return record(owner, kHttps, ttl, join({number(priority, 2), {0}, parameters}));
}
inline Bytes parameter(uint16_t key, const Bytes& value) {
    return join({number(key, 2), prefixed(2, value)});
}

struct Spec {
    uint16_t flags = 0x8180;  // a response, recursion desired and available, no error
    std::vector<Bytes> questions = {name("www.example.com")};
    std::vector<Bytes> answers = {};
    int answer_count = -1;  // -1: as many as there are
    Bytes behind = {};      // authority and additional records
    uint16_t question_type = kA;
};
inline Bytes message(const Spec& spec) {
    const std::size_t answers =
        spec.answer_count < 0 ? spec.answers.size() : static_cast<std::size_t>(spec.answer_count);
    Bytes out = join({number(0x1d4e, 2), number(spec.flags, 2), number(spec.questions.size(), 2),
                      number(answers, 2), number(0, 4)});
    for (const Bytes& question : spec.questions) {
        out = join({out, question, number(spec.question_type, 2), number(1, 2)});
    }
    for (const Bytes& answer : spec.answers) {
        out = join({out, answer});
    }
    return join({out, spec.behind});
}
inline Bytes response(std::string_view question, const std::vector<Bytes>& answers) {
    return message({.questions = {name(question)}, .answers = answers});
}

}  // namespace eti::test::dns
