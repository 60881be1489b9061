#include "config/applications.h"

#include "config/compile.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace eti::config {
namespace {

constexpr uint8_t kTcp = 6;
constexpr uint8_t kUdp = 17;

struct Predefined {
    std::string_view name;
    uint8_t protocol;
    uint16_t first = 0;
    uint16_t last = 65535;
};

constexpr Predefined kPredefined[] = {
    {"junos-dns-tcp", kTcp, 53, 53},
    {"junos-dns-udp", kUdp, 53, 53},
    {"junos-ftp", kTcp, 21, 21},
    {"junos-gre", 47},
    {"junos-http", kTcp, 80, 80},
    {"junos-https", kTcp, 443, 443},
    {"junos-icmp-all", 1},
    {"junos-icmp6-all", 58},
    {"junos-imap", kTcp, 143, 143},
    {"junos-imaps", kTcp, 993, 993},
    {"junos-ldap", kTcp, 389, 389},
    {"junos-ntp", kUdp, 123, 123},
    {"junos-pop3", kTcp, 110, 110},
    {"junos-smtp", kTcp, 25, 25},
    {"junos-smtps", kTcp, 465, 465},
    {"junos-ssh", kTcp, 22, 22},
    {"junos-syslog", kUdp, 514, 514},
    {"junos-tcp-any", kTcp},
    {"junos-telnet", kTcp, 23, 23},
    {"junos-udp-any", kUdp},
};

struct Protocol {
    std::string_view name;
    uint8_t number;
};

constexpr Protocol kProtocols[] = {{"tcp", kTcp}, {"udp", kUdp}, {"sctp", 132}, {"icmp", 1},
                                   {"icmp6", 58}, {"gre", 47},   {"esp", 50},   {"ah", 51}};

policy::PortRange find_predefined(const Tree& tree, Node name) {
    std::string known;
    for (const Predefined& application : kPredefined) {
        if (application.name == name.value()) {
            return {application.protocol, application.first, application.last};
        }
        known.append(known.empty() ? "" : ", ").append(application.name);
    }
    tree.fail(name, "application " + std::string(name.value()) +
                        " is not predefined; the predefined ones are: " + known);
}

policy::PortRange compile_application(const Tree& tree, Node application) {
    const std::string_view protocol = application.text("protocol");
    policy::PortRange range;
    for (const Protocol& candidate : kProtocols) {
        range.protocol = candidate.name == protocol ? candidate.number : range.protocol;
    }
    const Node port = application.child("destination-port");
    if (!port) {
        return range;
    }
    const std::string text(port.value());
    const std::size_t dash = text.find('-');
    const unsigned long first = std::stoul(text);
    const unsigned long last =
        dash == std::string::npos ? first : std::stoul(text.substr(dash + 1));
    if (last > 65535) {
        tree.fail(port, "Value " + std::to_string(last) + " is not within range (0..65535)");
    }
    if (first > last) {
        tree.fail(port, "port range " + text + " ends before it starts");
    }
    range.first = static_cast<uint16_t>(first);
    range.last = static_cast<uint16_t>(last);
    return range;
}

}  // namespace

std::vector<policy::PortRange> compile_applications(const Tree& tree,
                                                    const std::vector<Node>& names) {
    const Node applications = tree.top("applications");
    std::vector<policy::PortRange> ranges;
    const auto add = [&](Node name) {
        const Node own = applications.entry("application", name.value());
        ranges.push_back(own ? compile_application(tree, own) : find_predefined(tree, name));
    };
    bool any = false;
    for (const Node& name : names) {
        if (name.value() == "any") {
            any = true;  // the other names must still make sense
        } else if (const Node set = applications.entry("application-set", name.value())) {
            const std::vector<Node> members = set.children("application");
            std::for_each(members.begin(), members.end(), add);
        } else {
            add(name);
        }
    }
    return any ? std::vector<policy::PortRange>() : ranges;
}

}  // namespace eti::config
