#include "eti/digest/hasher.h"

#include "eti/digest/aes128.h"
#include "eti/digest/hkdf.h"
#include "tests/support/allocation_counter.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

namespace eti::digest {
namespace {

using test::allocations;

std::span<const uint8_t> bytes(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

template <typename Digest>
std::string hex(const Digest& digest) {
    std::string out;
    for (const uint8_t byte : digest) {
        out += "0123456789abcdef"[byte >> 4];
        out += "0123456789abcdef"[byte & 0xf];
    }
    return out;
}

struct Vector {
    const char* why;
    std::string_view input;
    const char* sha1;
    const char* sha256;
    const char* md5;
};

// FIPS 180-2 appendices A and B, RFC 1321 appendix A.5.
constexpr Vector kVectors[] = {
    {"nothing", "", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "d41d8cd98f00b204e9800998ecf8427e"},
    {"one block", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "900150983cd24fb0d6963f7d28e17f72"},
    {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
     "8215ef0796a20bcaaae116d3876c664a"},
};

TEST(Hasher, GivesThePublishedDigestsInAnyOrder) {
    Hasher hasher;
    for (int round = 0; round < 2; ++round) {
        for (const Vector& v : kVectors) {
            SCOPED_TRACE(v.why);
            EXPECT_EQ(hex(hasher.sha1(bytes(v.input))), v.sha1);
            EXPECT_EQ(hex(hasher.md5(bytes(v.input))), v.md5);
            EXPECT_EQ(hex(hasher.sha256(bytes(v.input))), v.sha256);
        }
    }
}

TEST(Sha1Pool, KeepsInterleavedStatesApart) {
    Sha1Pool pool(2);
    const uint32_t first = pool.begin();
    const uint32_t second = pool.begin(true);
    ASSERT_NE(first, second);
    pool.update(first, bytes("a"));
    pool.update(second, bytes("abcdbcdecdefdefgefghfghighij"));
    pool.update(first, {});
    pool.update(first, bytes("bc"));
    pool.update(second, bytes("hijkijkljklmklmnlmnomnopnopq"));
    EXPECT_EQ(hex(pool.sha256(second).value()), kVectors[2].sha256);
    EXPECT_FALSE(pool.sha256(first)) << "nobody asked";
    EXPECT_EQ(hex(pool.finish(second)), kVectors[2].sha1);
    EXPECT_EQ(hex(pool.finish(first)), kVectors[1].sha1);
}

TEST(Sha1Pool, RunsOutAndRecovers) {
    Sha1Pool pool(2);
    const uint32_t first = pool.begin();
    pool.begin();
    EXPECT_EQ(pool.begin(), Sha1Pool::kNone);
    pool.update(first, bytes("left over"));
    pool.abandon(first);
    const uint32_t again = pool.begin();
    ASSERT_NE(again, Sha1Pool::kNone);
    EXPECT_EQ(hex(pool.finish(again)), kVectors[0].sha1);
}

TEST(Sha1Pool, OfNothingIsAlwaysEmpty) {
    Sha1Pool pool(0);
    EXPECT_EQ(pool.begin(), Sha1Pool::kNone);
}

// Nothing, sealed by AES-128-GCM under a key and a nonce of zeros.
constexpr uint8_t kSealedNothing[] = {0x58, 0xe2, 0xfc, 0xce, 0xfa, 0x7e, 0x30, 0x61,
                                      0x36, 0x7f, 0x1d, 0x57, 0xa4, 0xe7, 0x45, 0x5a};

TEST(Digest, AllocatesNothingAfterStartUp) {
    ASSERT_TRUE(test::counting);
    const std::string input(100'000, 'x');
    const std::size_t before = allocations;
    Hasher hasher;
    Sha1Pool pool(4);
    Aes128 aes;
    std::array<uint8_t, 1200> room{};
    Sha256Digest secret{};
    OPENSSL_free(OPENSSL_malloc(1));
    ASSERT_GE(allocations, before + 2) << "the counter sees nothing";
    const std::size_t after_start = allocations;
    for (int round = 0; round < 100; ++round) {
        hasher.sha1(bytes(input));
        hasher.sha256(bytes(input));
        hasher.md5(bytes(input));
        const uint32_t state = pool.begin(true);
        pool.update(state, bytes(input));
        pool.sha256(state);
        pool.finish(state);
        pool.abandon(pool.begin());
        secret = hkdf_extract(secret, bytes("id"));
        Aes128::Key key{};
        hkdf_expand_label(secret, "quic key", key);
        const auto block = aes.encrypt_block(key, std::span(room).first<16>());
        EXPECT_FALSE(
            aes.open(key, {}, block, bytes(std::string_view(input).substr(0, 1216)), room));
        EXPECT_FALSE(aes.open({}, {}, {}, {}, room));
        EXPECT_TRUE(aes.open({}, {}, {}, kSealedNothing, {}));
    }
    EXPECT_EQ(allocations, after_start);
}

}  // namespace
}  // namespace eti::digest

void* operator new(std::size_t bytes) {
    ++eti::test::allocations;
    void* memory = std::malloc(bytes);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
