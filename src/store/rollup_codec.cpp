#include "store/rollup_codec.h"

#include "eti/store/packed.h"

#include <algorithm>

namespace eti::analysis {
namespace {

constexpr uint64_t kBlocked = 1;
constexpr uint64_t kCounted = 2;
constexpr uint64_t kInternal = 4;
constexpr uint64_t kTakenBack = 8;

bool take_long_ip(std::string_view& in, net::IpAddress& ip) {
    std::string bytes;
    if (!take_text(in, bytes) || bytes.size() != 16) {
        return false;
    }
    ip = ip_from(bytes);
    return true;
}

}  // namespace

void put_change(std::string& out, const RollupChange& change) {
    const Contribution& facts = change.contribution;
    put_signed(out, change.realm);
    put_signed(out, change.session);
    put_number(out, (facts.blocked ? kBlocked : 0) | (facts.counted ? kCounted : 0) |
                        (facts.internal ? kInternal : 0) | (change.sign < 0 ? kTakenBack : 0));
    put_text(out, ip_bytes(facts.server));
    put_text(out, ip_bytes(facts.client));
    put_signed(out, facts.start_us);
    put_signed(out, facts.last_us);
    put_number(out, facts.port);
    put_number(out, facts.protocol);
    put_number(out, facts.visibility);
    put_number(out, facts.level);
    put_number(out, static_cast<uint64_t>(change.name_source));
    put_text(out, change.name);
    put_text(out, change.category);
}

bool take_change(std::string_view& in, RollupChange& change) {
    Contribution& facts = change.contribution;
    uint64_t flags = 0;
    uint64_t port = 0;
    uint64_t protocol = 0;
    uint64_t visibility = 0;
    uint64_t level = 0;
    uint64_t source = 0;
    if (!take_signed(in, change.realm) || !take_signed(in, change.session) ||
        !take_number(in, flags) || !take_long_ip(in, facts.server) ||
        !take_long_ip(in, facts.client) || !take_signed(in, facts.start_us) ||
        !take_signed(in, facts.last_us) || !take_number(in, port) || !take_number(in, protocol) ||
        !take_number(in, visibility) || !take_number(in, level) || !take_number(in, source) ||
        !take_text(in, change.name) || !take_text(in, change.category) ||
        protocol >= kProtocolNames.size() || visibility >= kVisibilityNames.size()) {
        return false;
    }
    facts.blocked = (flags & kBlocked) != 0;
    facts.counted = (flags & kCounted) != 0;
    facts.internal = (flags & kInternal) != 0;
    change.sign = (flags & kTakenBack) != 0 ? -1 : 1;
    facts.port = static_cast<uint16_t>(port);
    facts.protocol = static_cast<uint8_t>(protocol);
    facts.visibility = static_cast<uint8_t>(visibility);
    facts.level = static_cast<uint8_t>(level);
    change.name_source = static_cast<NameSource>(std::min<uint64_t>(source, 3));
    return true;
}

std::string pack_ports(const Ports& ports) {
    std::string bytes;
    for (const PortCount& each : ports) {
        put_number(bytes, each.port);
        put_number(bytes, each.protocol);
        put_signed(bytes, each.count);
    }
    return bytes;
}

Ports unpack_ports(std::string_view bytes) {
    Ports ports;
    uint64_t port = 0;
    uint64_t protocol = 0;
    int64_t count = 0;
    while (take_number(bytes, port) && take_number(bytes, protocol) && take_signed(bytes, count)) {
        ports.push_back({static_cast<uint16_t>(port),
                         static_cast<uint8_t>(protocol % kProtocolNames.size()), count});
    }
    return ports;
}

std::string pack_visibility(const VisibilityCounts& counts) {
    std::string bytes;
    for (const int64_t count : counts) {
        put_signed(bytes, count);
    }
    return bytes;
}

VisibilityCounts unpack_visibility(std::string_view bytes) {
    VisibilityCounts counts{};
    for (int64_t& count : counts) {
        if (!take_signed(bytes, count)) {
            break;
        }
    }
    return counts;
}

void count_port(Ports& ports, const Contribution& contribution, int64_t amount) {
    const auto is = [&](uint16_t port, uint8_t protocol) {
        return [port, protocol](const PortCount& each) {
            return each.port == port && each.protocol == protocol;
        };
    };
    auto place =
        std::find_if(ports.begin(), ports.end(), is(contribution.port, contribution.protocol));
    if (place == ports.end() && ports.size() >= kMaxPorts) {
        place = std::find_if(ports.begin(), ports.end(), is(0, contribution.protocol));
    }
    if (place != ports.end()) {
        place->count += amount;
    } else {
        const bool room = ports.size() < kMaxPorts;
        ports.push_back({room ? contribution.port : uint16_t{0}, contribution.protocol, amount});
    }
}

}  // namespace eti::analysis
