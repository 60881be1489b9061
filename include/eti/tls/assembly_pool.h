// Buffers for handshake messages that arrive in pieces. One pool per worker, taken at start-up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace eti::tls {

inline constexpr std::size_t kMaxMessageBytes = 65'536;

// Two sizes: most split messages fit the small one, the rare long hello gets a large one. A
// message that needs none (whole in one segment) costs nothing here.
class AssemblyPool {
  public:
    static constexpr std::size_t kSmallBytes = 4'096;
    static constexpr std::size_t kLargeBytes = kMaxMessageBytes;

    AssemblyPool(uint32_t small_buffers, uint32_t large_buffers);

    // allocate returns an empty span when no buffer of at least that size is free.
    std::span<uint8_t> allocate(std::size_t bytes);
    void free(std::span<uint8_t> buffer);
    uint32_t in_use() const { return small_.in_use() + large_.in_use(); }  // buffers of both sizes

    // A number no peer can know, for checksums that must not be forged.
    uint32_t secret() const { return secret_; }

  private:
    struct Class {
        Class(std::size_t buffer_bytes, uint32_t buffers);
        std::span<uint8_t> allocate();  // empty when all are in use
        uint32_t in_use() const { return count - static_cast<uint32_t>(free.size()); }

        std::unique_ptr<uint8_t[]> memory;
        std::vector<uint32_t> free;  // capacity reserved at start
        std::size_t bytes = 0;
        uint32_t count = 0;
    };
    Class small_;
    Class large_;
    uint32_t secret_;
};

}  // namespace eti::tls
