// Counts allocations. OpenSSL lets its own be replaced before its first use, which a static of the
// test program is in time for; a program that also wants operator new counted replaces it itself.
#pragma once

#include <openssl/crypto.h>

#include <cstdlib>

namespace eti::test {

inline std::size_t allocations = 0;

inline void* counting_malloc(std::size_t bytes, const char*, int) {
    ++allocations;
    return std::malloc(bytes);
}
inline void* counting_realloc(void* memory, std::size_t bytes, const char*, int) {
    ++allocations;
    return std::realloc(memory, bytes);
}
inline void plain_free(void* memory, const char*, int) {
    std::free(memory);
}

inline const bool counting =
    CRYPTO_set_mem_functions(counting_malloc, counting_realloc, plain_free) == 1;

}  // namespace eti::test
