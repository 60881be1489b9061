#include "eti/digest/aes128.h"

#include "eti/base/digest_types.h"
#include "eti/digest/hkdf.h"
#include "tests/support/quic_builder.h"

#include <gtest/gtest.h>

namespace eti::digest {
namespace {

using test::Bytes;
using test::from_hex;
using test::to_hex;

template <std::size_t N>
std::array<uint8_t, N> fixed(std::string_view digits) {
    const Bytes bytes = from_hex(digits);
    std::array<uint8_t, N> out{};
    std::copy_n(bytes.begin(), N, out.begin());
    return out;
}

TEST(Aes128, EncryptsThePublishedBlocksWithChangingKeys) {
    struct Case {
        const char* why;
        const char* key;
        const char* block;
        const char* expected;
    };
    constexpr Case kCases[] = {
        {"FIPS 197 appendix B", "2b7e151628aed2a6abf7158809cf4f3c",
         "3243f6a8885a308d313198a2e0370734", "3925841d02dc09fbdc118597196a0b32"},
        {"FIPS 197 appendix C.1", "000102030405060708090a0b0c0d0e0f",
         "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a"},
    };
    Aes128 aes;
    for (int round = 0; round < 2; ++round) {
        for (const Case& c : kCases) {
            SCOPED_TRACE(c.why);
            const auto block = fixed<16>(c.block);
            const auto out = aes.encrypt_block(fixed<16>(c.key), block);
            EXPECT_EQ(to_hex({out.begin(), out.end()}), c.expected);
        }
    }
}

// McGrew and Viega, "The Galois/Counter Mode of Operation", test case 4.
const auto kKey = fixed<16>("feffe9928665731c6d6a8f9467308308");
const auto kNonce = fixed<12>("cafebabefacedbaddecaf888");
const Bytes kHeader = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
const Bytes kSealed = from_hex(
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84"
    "aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47");
constexpr const char* kPlain =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b5"
    "25"
    "b16aedf5aa0de657ba637b39";

TEST(Aes128, OpensWhatGcmSealed) {
    Aes128 aes;
    Bytes plain(kSealed.size() - Aes128::kTagBytes);
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(aes.open(kKey, kNonce, kHeader, kSealed, plain));
        EXPECT_EQ(to_hex(plain), kPlain);
    }
}

TEST(Aes128, OpensNothingThatWasTouched) {
    Aes128 aes;
    Bytes plain(kSealed.size());
    for (std::size_t bit = 0; bit < kSealed.size() * 8; ++bit) {
        Bytes damaged = kSealed;
        damaged[bit / 8] = static_cast<uint8_t>(damaged[bit / 8] ^ 1U << (bit % 8));
        EXPECT_FALSE(aes.open(kKey, kNonce, kHeader, damaged, plain)) << "bit " << bit;
    }
    for (std::size_t size = 0; size < kSealed.size(); ++size) {
        EXPECT_FALSE(aes.open(kKey, kNonce, kHeader, std::span(kSealed).first(size), plain))
            << "cut to " << size;
    }
    EXPECT_FALSE(aes.open(kKey, kNonce, std::span(kHeader).first(19), kSealed, plain));
    EXPECT_TRUE(aes.open(kKey, kNonce, kHeader, kSealed, plain)) << "a failure must leave no trace";
}

TEST(Aes128, OpensAnEmptyText) {
    // The same paper, test case 1.
    Aes128 aes;
    EXPECT_TRUE(aes.open({}, {}, {}, from_hex("58e2fccefa7e3061367f1d57a4e7455a"), {}));
}

TEST(Hkdf, DerivesThePublishedKeys) {
    // RFC 9001 appendix A.1.
    const Sha256Digest initial = hkdf_extract(from_hex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"),
                                              from_hex("8394c8f03e515708"));
    EXPECT_EQ(to_hex({initial.begin(), initial.end()}),
              "7db5df06e7a69e432496adedb00851923595221596ae2ae9fb8115c1e9ed0a44");
    struct Case {
        const char* label;
        std::size_t size;
        const char* expected;
    };
    Sha256Digest client{};
    hkdf_expand_label(initial, "client in", client);
    constexpr Case kCases[] = {
        {"quic key", 16, "1f369613dd76d5467730efcbe3b1a22d"},
        {"quic iv", 12, "fa044b2f42a3fd3b46fb255c"},
        {"quic hp", 16, "9f50449e04a0e810283a1e9933adedd2"},
    };
    for (const Case& c : kCases) {
        Bytes out(c.size);
        hkdf_expand_label(client, c.label, out);
        EXPECT_EQ(to_hex(out), c.expected) << c.label;
    }
}

}  // namespace
}  // namespace eti::digest
