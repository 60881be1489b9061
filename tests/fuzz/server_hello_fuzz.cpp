// A ServerHello body: the version is the one chosen, the fingerprint fits or is empty.
#include "eti/base/check.h"
#include "eti/tls/fingerprint.h"

#include <array>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    eti::tls::ServerHello hello;
    const eti::wire::Reader body(std::span<const uint8_t>(data, size));
    if (eti::tls::parse_server_hello(body, hello) != eti::tls::ParseError::None) {
        return 0;
    }
    static std::vector<char> large(1 << 20);
    static std::array<char, 100> small;
    const auto text = eti::tls::ja3s_text(hello, large);
    const auto short_text = eti::tls::ja3s_text(hello, small);
    ETI_CHECK(!text.empty());
    ETI_CHECK(text.size() <= small.size() ? short_text == text : short_text.empty());
    ETI_CHECK(hello.alpn.size() <= 255);
    ETI_CHECK(!hello.extensions.empty() || hello.negotiated_version == hello.version);
    return 0;
}
