#include "metadata/community_id.h"

#include "eti/digest/hasher.h"
#include "metadata/base64.h"

#include <tuple>
#include <vector>

namespace eti::metadata {
namespace {

constexpr uint8_t kTcp = 6;
constexpr uint8_t kUdp = 17;

constexpr std::size_t kMostInput = 2 + 2 * 16 + 2 + 2 * 2;

void append_u16(std::vector<uint8_t>& out, uint16_t value) {
    out.push_back(static_cast<uint8_t>(value >> 8));
    out.push_back(static_cast<uint8_t>(value & 0xff));
}

void append_address(std::vector<uint8_t>& out, const net::IpAddress& ip) {
    const auto& bytes = ip.bytes();
    out.insert(out.end(), bytes.begin() + (ip.is_v4() ? 12 : 0), bytes.end());
}

}  // namespace

std::string community_id(const Endpoint& one, const Endpoint& other, Transport transport,
                         uint16_t seed) {
    const bool ordered = std::tie(one.ip, one.port) < std::tie(other.ip, other.port);
    const Endpoint& first = ordered ? one : other;
    const Endpoint& second = ordered ? other : one;
    std::vector<uint8_t> input;
    input.reserve(kMostInput);
    append_u16(input, seed);
    append_address(input, first.ip);
    append_address(input, second.ip);
    input.push_back(transport == Transport::Tcp ? kTcp : kUdp);
    input.push_back(0);
    append_u16(input, first.port);
    append_u16(input, second.port);

    std::string id = "1:";
    append_base64(id, digest::Hasher().sha1(input));
    return id;
}

}  // namespace eti::metadata
