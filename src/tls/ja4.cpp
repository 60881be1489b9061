#include "eti/tls/fingerprint.h"
#include "eti/tls/registry.h"
#include "tls/extensions.h"
#include "tls/text_writer.h"

#include <algorithm>
#include <cstring>

namespace eti::tls {
namespace {

constexpr unsigned kMaxCount = 99;  // two digits

// A list element with its separator. Lower-case hex of fixed width sorts like the numbers, so
// the text itself is sorted and no second buffer is needed.
struct Element {
    char text[5];
    friend bool operator<(const Element& a, const Element& b) {
        return std::memcmp(a.text, b.text, sizeof a.text) < 0;
    }
};

void put_element(TextWriter& text, uint16_t value) {
    text.hex4(value);
    text.put(',');
}

// Sorts the elements written since start and drops the last comma.
void sort_elements(TextWriter& text, std::size_t start) {
    const std::span<char> written = text.written(start);
    if (written.empty() || text.overflow()) {
        return;
    }
    auto* first = reinterpret_cast<Element*>(written.data());
    std::sort(first, first + written.size() / sizeof(Element));
    text.drop_last();
}

template <typename Visit>
void for_each_value(wire::Reader values, Visit&& visit) {
    for (uint16_t value = 0; values.u16(value);) {
        if (!is_grease(value)) {
            visit(value);
        }
    }
}

// Offered versions count upwards in TLS and downwards in DTLS.
uint16_t best_version(const ClientHello& hello, char transport) {
    bool found = false;
    uint16_t best = hello.version;
    for_each_value(hello.supported_versions, [&](uint16_t value) {
        if (!found || (transport == 'd' ? value < best : value > best)) {
            best = value;
        }
        found = true;
    });
    return best;
}

std::string_view version_text(uint16_t value) {
    switch (value) {
        case version::kTls13:
            return "13";
        case version::kTls12:
            return "12";
        case version::kTls11:
            return "11";
        case version::kTls10:
            return "10";
        case version::kSsl3:
            return "s3";
        case 0x0002:
            return "s2";
        case 0xfeff:
            return "d1";
        case 0xfefd:
            return "d2";
        case 0xfefc:
            return "d3";
        default:
            return "00";
    }
}

void put_count(TextWriter& text, unsigned count) {
    const unsigned shown = std::min(count, kMaxCount);
    text.put(static_cast<char>('0' + shown / 10));
    text.put(static_cast<char>('0' + shown % 10));
}

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

char hex_digit(unsigned value) {
    return "0123456789abcdef"[value & 0xf];
}

// First and last character of the first protocol, or of its hex form when either is not
// alphanumeric.
void put_alpn(TextWriter& text, wire::Reader protocols) {
    const std::string_view name = first_name(protocols);
    if (name.empty()) {
        text.put("00");
    } else if (is_alphanumeric(name.front()) && is_alphanumeric(name.back())) {
        text.put(name.front());
        text.put(name.back());
    } else {
        text.put(hex_digit(static_cast<uint8_t>(name.front()) >> 4));
        text.put(hex_digit(static_cast<uint8_t>(name.back())));
    }
}

void put_prefix(TextWriter& text, const ClientHello& hello, char transport) {
    unsigned ciphers = 0;
    for_each_value(hello.cipher_suites, [&ciphers](uint16_t) { ++ciphers; });
    unsigned extensions = 0;
    for_each_extension(hello.extensions, [&extensions](uint16_t type, wire::Reader) {
        extensions += is_grease(type) ? 0U : 1U;
    });
    text.put(transport);
    text.put(version_text(best_version(hello, transport)));
    text.put(hello.has_server_name ? 'd' : 'i');
    put_count(text, ciphers);
    put_count(text, extensions);
    put_alpn(text, hello.alpn);
}

// SNI and ALPN are left out: they differ between the connections of one client.
void put_extensions(TextWriter& text, const ClientHello& hello) {
    const std::size_t start = text.size();
    for_each_extension(hello.extensions, [&text](uint16_t type, wire::Reader) {
        if (!is_grease(type) && type != extension::kServerName && type != extension::kAlpn) {
            put_element(text, type);
        }
    });
    sort_elements(text, start);
    char separator = '_';
    for_each_value(hello.signature_algorithms, [&](uint16_t value) {
        text.put(separator);
        text.hex4(value);
        separator = ',';
    });
}

}  // namespace

bool ja4_texts(const ClientHello& hello, char transport, std::span<char> buffer, Ja4Texts& out) {
    if (hello.ssl2_form) {
        return false;
    }
    TextWriter text(buffer);
    put_prefix(text, hello, transport);
    const std::size_t ciphers = text.size();
    for_each_value(hello.cipher_suites, [&text](uint16_t value) { put_element(text, value); });
    sort_elements(text, ciphers);
    const std::size_t extensions = text.size();
    put_extensions(text, hello);
    if (text.overflow()) {
        return false;
    }
    out.prefix = text.since(0).substr(0, ciphers);
    out.ciphers = text.since(ciphers).substr(0, extensions - ciphers);
    out.extensions = text.since(extensions);
    return true;
}

}  // namespace eti::tls
