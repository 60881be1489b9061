// Hashing of keys that the network chooses: keyed, so that nobody can aim at one bucket.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <string>

namespace eti {

class KeyedHash {
  public:
    using Secret = std::array<uint64_t, 2>;

    explicit KeyedHash(const Secret& secret) : secret_(secret) {}
    // drawn has a secret of its own, from the system's source of randomness.
    static KeyedHash drawn() {
        std::random_device random;
        const auto word = [&random] { return uint64_t{random()} << 32 | random(); };
        return KeyedHash({word(), word()});
    }

    template <std::size_t N>
    std::size_t operator()(const std::array<uint8_t, N>& key) const {
        return of(key);
    }
    std::size_t operator()(const std::string& key) const {
        return of({reinterpret_cast<const uint8_t*>(key.data()), key.size()});
    }
    std::size_t operator()(uint64_t key) const { return fold(key ^ secret_[0], secret_[1]); }

  private:
    std::size_t of(std::span<const uint8_t> bytes) const {
        uint64_t hash = secret_[1] ^ bytes.size();
        for (std::size_t at = 0; at < bytes.size(); at += sizeof(uint64_t)) {
            uint64_t word = 0;
            std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
            hash = fold(hash ^ word, secret_[0]);
        }
        return fold(hash ^ secret_[0], secret_[1]);
    }
    // fold multiplies to 128 bits and folds the halves, the step of multiply-mix hashes.
    static uint64_t fold(uint64_t a, uint64_t b) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
    }

    Secret secret_;
};

}  // namespace eti
