// An IP endpoint's reassembly of fragments (RFC 791, RFC 8200 section 4.5), written for clearness
// and apart from the product.
#pragma once

#include "eti/decap/parse.h"
#include "tests/support/encapsulation_builder.h"

#include <map>
#include <optional>
#include <utility>

namespace eti::test {

enum class FragmentOverlap : uint8_t {
    FirstWins,
    LastWins,
    Discard,  // Linux, and RFC 5722: the datagram is given up
};

class IpEndpoint {
  public:
    FragmentOverlap overlap = FragmentOverlap::FirstWins;

    // receive takes a fragment and returns the whole packet in a frame, once it is.
    std::optional<Bytes> receive(const net::PacketView& view) {
        Datagram& datagram = datagrams_[{view.source, view.ip_identification}];
        if (datagram.given_up) {
            return std::nullopt;
        }
        for (std::size_t i = 0; i < view.payload.size(); ++i) {
            const auto [entry, fresh] =
                datagram.bytes.try_emplace(view.fragment_offset + i, view.payload[i]);
            if (!fresh && overlap == FragmentOverlap::LastWins) {
                entry->second = view.payload[i];
            }
            if (!fresh && overlap == FragmentOverlap::Discard && entry->second != view.payload[i]) {
                datagram.given_up = true;
                return std::nullopt;
            }
        }
        if (!view.more_fragments) {
            datagram.size = view.fragment_offset + view.payload.size();
        }
        if (datagram.size == 0 || datagram.bytes.size() < datagram.size) {
            return std::nullopt;
        }
        Bytes body;
        for (const auto& [at, value] : datagram.bytes) {
            body.push_back(value);
        }
        body.resize(datagram.size);
        const uint8_t protocol = view.protocol;
        const Bytes packet = ip_packet(net::to_string(view.source),
                                       net::to_string(view.destination), protocol, body);
        datagrams_.erase({view.source, view.ip_identification});
        return ethernet_frame(packet);
    }

  private:
    struct Datagram {
        std::map<std::size_t, uint8_t> bytes;
        std::size_t size = 0;  // 0: its last fragment has not come
        bool given_up = false;
    };
    std::map<std::pair<net::IpAddress, uint32_t>, Datagram> datagrams_;
};

// A piece of an IPv4 or IPv6 packet's body, from a multiple of 8 bytes on.
inline Bytes ip_fragment(const Bytes& packet, std::size_t offset, const Bytes& body, bool more,
                         uint32_t identification) {
    const std::size_t place = offset | (more ? 1U : 0U);
    if (packet[0] >> 4 == 6) {
        Bytes header(packet.begin(), packet.begin() + 40);
        const uint8_t next = std::exchange(header[6], uint8_t{44});
        const Bytes length = number(8 + body.size(), 2);
        std::copy(length.begin(), length.end(), header.begin() + 4);
        return join({header, {next, 0}, number(place, 2), number(identification, 4), body});
    }
    Bytes header(packet.begin(), packet.begin() + 20);
    const Bytes fields = join({number(20 + body.size(), 2), number(identification, 2),
                               number(offset / 8 | (more ? 0x2000U : 0U), 2)});
    std::copy(fields.begin(), fields.end(), header.begin() + 2);
    header[10] = 0;
    header[11] = 0;
    net::Checksum sum;
    sum.add(header);
    header[10] = static_cast<uint8_t>(sum.finish() >> 8);
    header[11] = static_cast<uint8_t>(sum.finish());
    return join({header, body});
}

// ip_fragments cuts a packet's body into fragments of at most that many bytes, a multiple of 8.
inline std::vector<Bytes> ip_fragments(const Bytes& packet, std::size_t size,
                                       uint32_t identification) {
    const auto header = static_cast<std::ptrdiff_t>(packet[0] >> 4 == 6 ? 40 : 20);
    const Bytes body(packet.begin() + header, packet.end());
    std::vector<Bytes> all;
    for (std::size_t at = 0; at < body.size(); at += size) {
        const std::size_t end = std::min(body.size(), at + size);
        all.push_back(ip_fragment(packet, at,
                                  Bytes(body.begin() + static_cast<std::ptrdiff_t>(at),
                                        body.begin() + static_cast<std::ptrdiff_t>(end)),
                                  end < body.size(), identification));
    }
    return all;
}

}  // namespace eti::test
