// Protection of Initial packets (RFC 9001 section 5, RFC 9369 section 3.3). Their keys come from a
// connection id that is on the wire, so anyone who sees the packet may open it.
#pragma once

#include "eti/base/direction.h"
#include "eti/digest/aes128.h"
#include "eti/quic/packet.h"

#include <cstdint>
#include <memory>
#include <span>

namespace eti::quic {

// The keys of one direction.
struct PacketKeys {
    digest::Aes128::Key key{};
    digest::Aes128::Nonce iv{};
    digest::Aes128::Key header{};
};

// Crypto holds what opening a packet needs: cipher contexts and room for one packet, taken at
// start-up. One per worker.
class Crypto {
  public:
    static constexpr std::size_t kMaxPacketBytes = 65'536;  // more than UDP carries

    Crypto();

    // derive needs a known_version() and the client's first Destination Connection ID. It costs
    // five HMACs of one or two blocks each.
    PacketKeys derive(uint32_t version, const ConnectionId& client_destination,
                      Direction direction) const;

    // open removes both protections from a long-header packet whose number begins at
    // number_offset. frames is valid until the next call. next_number is the number that is
    // expected, and is moved on when the packet is authentic; otherwise the answer is false.
    [[nodiscard]] bool open(const PacketKeys& keys, std::span<const uint8_t> packet,
                            std::size_t number_offset, uint64_t& next_number,
                            std::span<const uint8_t>& frames);

  private:
    digest::Aes128 aes_;
    std::unique_ptr<uint8_t[]> room_;
};

}  // namespace eti::quic
