// Fingerprints as canonical texts; the caller hashes them. JA3 and JA3S (salesforce/ja3), JA4
// (FoxIO/ja4, client part, BSD-3). Nothing allocates: texts go to the caller's buffer.
#pragma once

#include "eti/tls/client_hello.h"
#include "eti/tls/server_hello.h"

#include <span>
#include <string_view>

namespace eti::tls {

// ja3_text: "771,4865-4866,0-23-65281,29-23,0" without GREASE; its MD5 is the JA3. Empty when
// the buffer is too small. Neither fingerprint is defined for a hello in the form of SSL 2: it has
// none.
std::string_view ja3_text(const ClientHello& hello, std::span<char> buffer);
// ja3s_text: "771,49199,65281-0".
std::string_view ja3s_text(const ServerHello& hello, std::span<char> buffer);

// JA4 is prefix_ciphers_extensions: a readable prefix and two truncated SHA-256s.
struct Ja4Texts {
    std::string_view prefix;      // "t13d1516h2"
    std::string_view ciphers;     // sorted hex list to hash; empty: use 000000000000
    std::string_view extensions;  // sorted hex list, then _ and signature algorithms if any
};
// ja4_texts fills the buffer with all three; false when it is too small or there is none. transport
// is 't' for TCP, 'q' for QUIC, 'd' for DTLS.
bool ja4_texts(const ClientHello& hello, char transport, std::span<char> buffer, Ja4Texts& out);

}  // namespace eti::tls
