#include "tests/support/quic_builder.h"

#include "eti/base/check.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <map>
#include <memory>
#include <tuple>

namespace eti::test {
namespace {

constexpr std::size_t kTagBytes = 16;

Bytes hkdf(int mode, Bytes key, Bytes salt, Bytes info, std::size_t size) {
    const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(
        EVP_KDF_fetch(nullptr, "HKDF", nullptr), EVP_KDF_free);
    const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(
        EVP_KDF_CTX_new(kdf.get()), EVP_KDF_CTX_free);
    std::string digest = "SHA256";
    std::vector<OSSL_PARAM> parameters = {
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
    };
    if (!salt.empty()) {
        parameters.push_back(
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()));
    }
    if (!info.empty()) {
        parameters.push_back(
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()));
    }
    parameters.push_back(OSSL_PARAM_construct_end());
    Bytes out(size);
    ETI_CHECK(EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) == 1);
    return out;
}

Bytes expand(const Bytes& secret, const std::string& label, std::size_t size) {
    const Bytes info =
        join({number(size, 2), prefixed(1, text("tls13 " + label)), prefixed(1, {})});
    return hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, secret, {}, info, size);
}

struct Keys {
    Bytes key;
    Bytes iv;
    Bytes header;
};

// Kept, because a fuzzer asks for the same few again and again.
const Keys& keys_of(const QuicPacketSpec& spec) {
    static std::map<std::tuple<std::string_view, bool, Bytes, Direction>, Keys> known;
    const auto [entry, is_new] = known.try_emplace(
        {spec.rules.salt, spec.rules.second_version, spec.key_id, spec.direction});
    if (is_new) {
        const std::string quic = spec.rules.second_version ? "quicv2 " : "quic ";
        const Bytes initial =
            hkdf(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, spec.key_id, from_hex(spec.rules.salt), {}, 32);
        const Bytes secret =
            expand(initial, spec.direction == Direction::Out ? "client in" : "server in", 32);
        entry->second = {expand(secret, quic + "key", 16), expand(secret, quic + "iv", 12),
                         expand(secret, quic + "hp", 16)};
    }
    return entry->second;
}

Bytes encrypt(const EVP_CIPHER* cipher, const Bytes& key, const Bytes& nonce, const Bytes& header,
              const Bytes& plain) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
        EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    int length = 0;
    Bytes out(plain.size());
    ETI_CHECK(EVP_EncryptInit_ex(context.get(), cipher, nullptr, key.data(),
                                 nonce.empty() ? nullptr : nonce.data()) == 1);
    if (!header.empty()) {
        EVP_EncryptUpdate(context.get(), nullptr, &length, header.data(),
                          static_cast<int>(header.size()));
    }
    EVP_EncryptUpdate(context.get(), out.data(), &length, plain.data(),
                      static_cast<int>(plain.size()));
    if (!nonce.empty()) {
        Bytes tag(kTagBytes);
        uint8_t ignored[kTagBytes];
        EVP_EncryptFinal_ex(context.get(), ignored, &length);
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data());
        out = join({out, tag});
    }
    return out;
}

unsigned type_bits(const QuicRules& rules, unsigned type) {
    return rules.second_version ? (type + 1) % 4 : type;
}

Bytes long_header(const QuicRules& rules, uint8_t first, const Bytes& destination,
                  const Bytes& source) {
    return join({number(first, 1), number(rules.version, 4), prefixed(1, destination),
                 prefixed(1, source)});
}

uint8_t first_byte(const QuicPacketSpec& spec, unsigned type) {
    return static_cast<uint8_t>(spec.first_bits | type_bits(spec.rules, type) << 4 |
                                (spec.number_bytes - 1));
}

Bytes two_byte_varint(std::size_t value) {
    ETI_CHECK(value < 0x4000);
    return number(value | 0x4000, 2);
}

unsigned nibble(char digit) {
    return static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

}  // namespace

Bytes from_hex(std::string_view digits) {
    Bytes out;
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
        out.push_back(static_cast<uint8_t>(nibble(digits[at]) << 4 | nibble(digits[at + 1])));
    }
    return out;
}

std::string to_hex(const Bytes& bytes) {
    std::string out;
    for (const uint8_t byte : bytes) {
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 0xf];
    }
    return out;
}

Bytes varint(uint64_t value) {
    if (value < 0x40) {
        return {static_cast<uint8_t>(value)};
    }
    if (value < 0x4000) {
        return number(value | 0x4000, 2);
    }
    return value < 0x40000000 ? number(value | 0x80000000, 4)
                              : number(value | 0xc000000000000000, 8);
}

Bytes crypto_frame(uint64_t offset, const Bytes& data) {
    Bytes frame = {0x06};
    for (const Bytes& part : {varint(offset), varint(data.size()), data}) {
        frame.insert(frame.end(), part.begin(), part.end());
    }
    return frame;
}

Bytes ack_frame(uint64_t largest) {
    return join({{0x02}, varint(largest), varint(0), varint(0), varint(0)});
}

Bytes close_frame(uint64_t code) {
    return join({{0x1c}, varint(code), varint(6), varint(3), text("bye")});
}

Bytes quic_initial(const QuicPacketSpec& spec, const Bytes& payload, std::size_t size) {
    Bytes header =
        join({long_header(spec.rules, first_byte(spec, 0), spec.destination, spec.source),
              varint(spec.token.size()), spec.token});
    const std::size_t number_at = header.size() + 2;
    const std::size_t around = number_at + spec.number_bytes + kTagBytes;
    Bytes plain = payload;
    plain.resize(std::max({payload.size(), size > around ? size - around : 0, std::size_t{4}}));
    header = join({header, two_byte_varint(spec.number_bytes + plain.size() + kTagBytes),
                   number(spec.number, spec.number_bytes)});

    const Keys& keys = keys_of(spec);
    Bytes nonce = keys.iv;
    for (unsigned i = 0; i < 8; ++i) {
        nonce[11 - i] = static_cast<uint8_t>(nonce[11 - i] ^ spec.number >> (8 * i));
    }
    Bytes packet = join({header, encrypt(EVP_aes_128_gcm(), keys.key, nonce, header, plain)});
    const auto sample = packet.begin() + static_cast<std::ptrdiff_t>(number_at) + 4;
    const Bytes mask = encrypt(EVP_aes_128_ecb(), keys.header, {}, {}, Bytes(sample, sample + 16));
    packet[0] = static_cast<uint8_t>(packet[0] ^ (mask[0] & 0x0f));
    for (unsigned i = 0; i < spec.number_bytes; ++i) {
        packet[number_at + i] = static_cast<uint8_t>(packet[number_at + i] ^ mask[1 + i]);
    }
    return packet;
}

Bytes quic_sealed(const QuicPacketSpec& spec, unsigned type, std::size_t protected_bytes) {
    return join({long_header(spec.rules, first_byte(spec, type), spec.destination, spec.source),
                 two_byte_varint(protected_bytes), Bytes(protected_bytes, 0x5a)});
}

Bytes quic_retry(const QuicRules& rules, const Bytes& destination, const Bytes& source) {
    const auto first = static_cast<uint8_t>(0xcf | type_bits(rules, 3) << 4);
    return join(
        {long_header(rules, first, destination, source), text("token"), Bytes(kTagBytes, 0x77)});
}

Bytes quic_version_negotiation(const Bytes& destination, const Bytes& source,
                               const std::vector<uint32_t>& versions) {
    Bytes packet = long_header({.version = 0}, 0xca, destination, source);
    for (const uint32_t version : versions) {
        packet = join({packet, number(version, 4)});
    }
    return packet;
}

Bytes quic_short(std::size_t size) {
    Bytes packet(size, 0x33);
    packet[0] = 0x41;
    return packet;
}

std::vector<Bytes> crypto_pieces(const Bytes& message, std::size_t bytes) {
    std::vector<Bytes> pieces;
    for (std::size_t at = 0; at < message.size(); at += bytes) {
        const auto from = message.begin() + static_cast<std::ptrdiff_t>(at);
        const auto size = static_cast<std::ptrdiff_t>(std::min(bytes, message.size() - at));
        pieces.push_back(crypto_frame(at, Bytes(from, from + size)));
    }
    return pieces;
}

Bytes quic_client_hello(std::string_view name, std::size_t extra) {
    constexpr uint16_t kKeyShare = 51;
    constexpr uint16_t kTransportParameters = 57;
    const Bytes share = join({number(0x001d, 2), prefixed(2, Bytes(32 + extra, 0x44))});
    return client_hello(
        {.cipher_suites = {0x1301, 0x1302, 0x1303},
         .extensions =
             join({server_name(name), alpn({"h3"}), supported_versions({tls::version::kTls13}),
                   supported_groups({0x001d}), signature_algorithms({0x0403, 0x0804}),
                   extension(kKeyShare, prefixed(2, share)),
                   extension(kTransportParameters, from_hex("01048000ea60"))})});
}

}  // namespace eti::test
