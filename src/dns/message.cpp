#include "eti/dns/message.h"

#include "dns/name.h"
#include "dns/resource_data.h"

#include <algorithm>

namespace eti::dns {
namespace {

// RFC 1035 section 4.1.1: QR, Opcode and RCODE of the second word.
constexpr uint16_t kResponse = 0x8000;
constexpr uint16_t kResponseOpcodeRcode = 0xf80f;

constexpr uint16_t kInternet = 1;  // class IN
enum class Type : uint16_t { A = 1, Cname = 5, Aaaa = 28, Svcb = 64, Https = 65 };

struct Alias {
    uint64_t owner = 0;
    uint64_t target = 0;
    uint32_t ttl = 0;
};
struct Host {
    uint64_t owner = 0;
    uint32_t ttl = 0;
    net::IpAddress ip;
};
// What the answer section holds, names as their hashes.
struct Section {
    BoundedList<Alias, kMaxAliases> aliases;
    BoundedList<Host, kMaxRecords> hosts;
    std::size_t looked_at = 0;  // records whose names were followed
};

struct ResourceRecord {
    wire::Reader owner;  // from its owner's name to the end of the message
    Type type{};
    uint16_t record_class = 0;
    uint32_t ttl = 0;
    wire::Reader data_on;  // from its data to the end of the message
    wire::Reader data;
};

bool read_record(wire::Reader& at, ResourceRecord& record) {
    wire::Reader cursor = at;
    uint16_t type = 0;
    uint16_t size = 0;
    if (!skip_name(cursor) || !cursor.u16(type) || !cursor.u16(record.record_class) ||
        !cursor.u32(record.ttl) || !cursor.u16(size)) {
        return false;
    }
    record.owner = at;
    record.type = static_cast<Type>(type);
    // RFC 2181 section 8: a TTL with its upper bit set is taken for zero.
    if (record.ttl > 0x7fffffffU) {
        record.ttl = 0;
    }
    record.data_on = cursor;
    if (!cursor.take(size, record.data)) {
        return false;
    }
    at = cursor;
    return true;
}

void add_hosts(const ResourceRecord& record, uint64_t owner, Section& section) {
    wire::Reader data = record.data;
    net::IpAddress ip;
    if (record.type == Type::A) {
        if (read_v4(data, ip) && data.empty()) {
            section.hosts.push({owner, record.ttl, ip});
        }
    } else if (record.type == Type::Aaaa) {
        if (read_v6(data, ip) && data.empty()) {
            section.hosts.push({owner, record.ttl, ip});
        }
    } else {
        Hints hints;
        read_hints(data, hints);
        for (const net::IpAddress& hint : hints.view()) {
            section.hosts.push({owner, record.ttl, hint});
        }
    }
}

// Returns false when the record's names cannot be read.
bool add_record(std::span<const uint8_t> message, ResourceRecord record, Section& section) {
    if (record.record_class != kInternet) {
        return true;
    }
    uint64_t owner = 0;
    uint64_t target = 0;
    switch (record.type) {
        case Type::Cname:
            ++section.looked_at;
            if (!hash_name(message, record.owner, owner) ||
                !hash_name(message, record.data_on, target)) {
                return false;
            }
            section.aliases.push({owner, target, record.ttl});
            return true;
        case Type::A:
        case Type::Aaaa:
        case Type::Svcb:
        case Type::Https:
            ++section.looked_at;
            if (!hash_name(message, record.owner, owner)) {
                return false;
            }
            add_hosts(record, owner, section);
            return true;
    }
    return true;
}

// chain_end follows the aliases from a name, in whatever order they stand, and lowers ttl to the
// least of those it takes. A circle ends after as many steps as there are aliases.
uint64_t chain_end(const Section& section, uint64_t name, uint32_t& ttl) {
    for (std::size_t steps = section.aliases.size(); steps > 0; --steps) {
        const auto aliases = section.aliases.view();
        const auto next = std::find_if(aliases.begin(), aliases.end(),
                                       [name](const Alias& alias) { return alias.owner == name; });
        if (next == aliases.end()) {
            break;
        }
        name = next->target;
        ttl = std::min(ttl, next->ttl);
    }
    return name;
}

// resolve fills everything but the name; false when the name has no address.
bool resolve(const Section& section, uint64_t question, Answer& out) {
    out.ttl = UINT32_MAX;
    const uint64_t end = chain_end(section, question, out.ttl);
    out.cname = end != question;
    out.answers = 0;
    out.addresses.clear();
    for (const Host& host : section.hosts.view()) {
        if (host.owner == end) {
            ++out.answers;
            out.ttl = std::min(out.ttl, host.ttl);
            out.addresses.push(host.ip);
        }
    }
    return out.answers > 0;
}

}  // namespace

Parsed parse_response(std::span<const uint8_t> message, Answer& out) {
    wire::Reader at(message);
    uint16_t flags = 0;
    uint16_t questions = 0;
    uint16_t answers = 0;
    if (message.size() < kHeaderBytes || !at.skip(2) || !at.u16(flags) || !at.u16(questions) ||
        !at.u16(answers) || !at.skip(4)) {
        return Parsed::Malformed;
    }
    if ((flags & kResponseOpcodeRcode) != kResponse || questions == 0) {
        return Parsed::NoAnswer;
    }
    wire::Reader name = at;
    uint64_t question = 0;
    if (!read_name(message, name, out.name) || !hash_name(message, at, question) || !at.skip(4)) {
        return Parsed::Malformed;
    }
    for (; questions > 1; --questions) {
        if (!skip_name(at) || !at.skip(4)) {
            return Parsed::Malformed;
        }
    }
    Section section;
    ResourceRecord record;
    while (answers-- > 0 && section.looked_at < kMaxRecords && read_record(at, record) &&
           add_record(message, record, section)) {
    }
    return resolve(section, question, out) ? Parsed::Answer : Parsed::NoAnswer;
}

}  // namespace eti::dns
