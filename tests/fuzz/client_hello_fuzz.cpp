// A ClientHello body: parsed fields lie inside the input, fingerprints depend on the buffer's
// size only in that a too small one gives none.
#include "eti/base/check.h"
#include "eti/tls/fingerprint.h"

#include <array>
#include <functional>
#include <vector>

namespace {

using eti::tls::ClientHello;

void check_inside(std::span<const uint8_t> input, eti::wire::Reader field) {
    const std::less_equal<const uint8_t*> at_most;
    const auto bytes = field.bytes();
    ETI_CHECK(bytes.empty() || (at_most(input.data(), bytes.data()) &&
                                at_most(bytes.data() + bytes.size(), input.data() + input.size())));
}

void check_fingerprints(const ClientHello& hello) {
    static std::vector<char> large(1 << 20);
    static std::array<char, 200> small;
    const auto text = eti::tls::ja3_text(hello, large);
    ETI_CHECK(!text.empty());
    const auto short_text = eti::tls::ja3_text(hello, small);
    ETI_CHECK(text.size() <= small.size() ? short_text == text : short_text.empty());

    eti::tls::Ja4Texts texts;
    ETI_CHECK(eti::tls::ja4_texts(hello, 't', large, texts));
    ETI_CHECK(texts.prefix.size() == 10);
    ETI_CHECK(texts.ciphers.empty() || texts.ciphers.size() % 5 == 4);
    eti::tls::Ja4Texts short_texts;
    if (eti::tls::ja4_texts(hello, 't', small, short_texts)) {
        ETI_CHECK(short_texts.extensions == texts.extensions);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::span<const uint8_t> input(data, size);
    ClientHello hello;
    if (eti::tls::parse_client_hello(eti::wire::Reader(input), hello) !=
        eti::tls::ParseError::None) {
        return 0;
    }
    for (const auto& field : {hello.session_id, hello.cipher_suites, hello.extensions, hello.alpn,
                              hello.supported_versions, hello.supported_groups, hello.point_formats,
                              hello.signature_algorithms}) {
        check_inside(input, field);
    }
    ETI_CHECK(hello.has_server_name || hello.server_name.empty());
    check_fingerprints(hello);
    return 0;
}
