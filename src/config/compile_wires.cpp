#include "config/compile.h"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace eti::config {
namespace {

PortKind compile_port(Node port) {
    if (const Node device = port.child("af-packet")) {
        return AfPacketPort{std::string(device.value())};
    }
    if (const Node device = port.child("af-xdp")) {
        return AfXdpPort{std::string(device.value())};
    }
    if (const Node address = port.child("pci")) {
        const bool short_form = address.value().size() == 7;  // without its domain
        return PciPort{(short_form ? "0000:" : "") + std::string(address.value())};
    }
    if (const Node memif = port.child("memif")) {
        return MemifPort{.socket = std::string(memif.text("socket")),
                         .id = static_cast<unsigned>(number(memif.child("id"))),
                         .server = memif.text("role") == "server"};
    }
    const Node pcap = port.child("pcap");
    return PcapPort{.receive_file = std::string(pcap.text("receive-file")),
                    .device = std::string(pcap.text("device")),
                    .transmit_file = std::string(pcap.text("transmit-file"))};
}

// WireCompiler remembers what earlier wires use: an interface or a device has one place.
class WireCompiler {
  public:
    explicit WireCompiler(const Tree& tree)
        : tree_(tree),
          interfaces_(tree.top("interfaces")),
          zones_(tree.top("security").child("zones")) {}

    void compile(Node wire, Settings& settings) {
        const std::vector<Node> ends = wire.children("interface");
        reject_other_vlans(wire, ends);
        std::size_t ports = 0;
        for (const Node& end : ends) {
            claim(interface_users_, end, std::string(end.value()), wire, "interface");
            ports += port_of(end).children().empty() ? 0U : 1U;
        }
        if (ports == 0) {
            settings.warnings.push_back("secure-wire " + std::string(wire.value()) +
                                        " is not run: its interfaces have no port; add 'set "
                                        "interfaces " +
                                        name_of(ends[0]) + " openeti port ...' for both");
            return;
        }
        Wire out;
        out.name = wire.value();
        out.interfaces = {compile_end(ends[0]), compile_end(ends[1])};
        settings.wires.push_back(std::move(out));
    }

  private:
    static std::string name_of(Node end) {
        return std::string(end.value().substr(0, end.value().find('.')));
    }

    Node interface_of(Node end) const { return interfaces_.entry("interface", name_of(end)); }
    Node port_of(Node end) const { return interface_of(end).child("openeti").child("port"); }

    Node switching_of(Node end) const {
        const std::string_view unit = end.value().substr(end.value().find('.') + 1);
        return interface_of(end).entry("unit", unit).child("family").child("ethernet-switching");
    }

    void reject_other_vlans(Node wire, const std::vector<Node>& ends) const {
        std::set<std::string_view> vlans[2];
        for (std::size_t i = 0; i < 2; ++i) {
            for (const Node& member : switching_of(ends[i]).child("vlan").children("members")) {
                vlans[i].insert(member.value());
            }
        }
        if (vlans[0] != vlans[1]) {
            tree_.fail(wire, "secure-wire interfaces " + std::string(ends[0].value()) + " and " +
                                 std::string(ends[1].value()) + " must have the same vlan members");
        }
    }

    Interface compile_end(Node end) {
        if (!end.value().ends_with(".0")) {
            tree_.fail(end, "a secure-wire takes whole ports: only unit 0 can be used, not " +
                                std::string(end.value()));
        }
        Interface out;
        out.name = name_of(end);
        out.zone = zone_of(end);
        out.mtu = static_cast<uint16_t>(number(interface_of(end).child("mtu")));
        const Node port = port_of(end);
        if (port.children().empty()) {
            tree_.fail(end, "interface " + out.name + " has no port; add 'set interfaces " +
                                out.name + " openeti port af-packet <device>' or another port");
        }
        if (out.zone.empty()) {
            tree_.fail(end, "interface " + std::string(end.value()) +
                                " is in no security zone; add 'set security zones security-zone "
                                "<zone> interfaces " +
                                std::string(end.value()) + "'");
        }
        claim_device(port, end);
        out.port = compile_port(port);
        return out;
    }

    std::string zone_of(Node end) const {
        for (const Node& zone : zones_.children("security-zone")) {
            if (zone.entry("interfaces", end.value())) {
                return std::string(zone.value());
            }
        }
        return {};
    }

    void claim_device(Node port, Node end) {
        for (const char* kind : {"af-packet", "af-xdp", "pci"}) {
            if (const Node device = port.child(kind)) {
                claim(device_users_, device, std::string(device.value()), end, "device");
            }
        }
    }

    void claim(std::map<std::string, std::string>& users, Node place, const std::string& what,
               Node user, const char* noun) {
        const auto [found, is_new] = users.emplace(what, user.value());
        if (!is_new) {
            tree_.fail(place,
                       std::string(noun) + " " + what + " is already used by " + found->second);
        }
    }

    const Tree& tree_;
    const Node interfaces_;
    const Node zones_;
    std::map<std::string, std::string> interface_users_;
    std::map<std::string, std::string> device_users_;
};

// As a constraint of the model each would look at all interfaces for each interface.
void check_zones(const Tree& tree) {
    const Node interfaces = tree.top("interfaces");
    std::set<std::string_view> used;
    for (const Node& zone : tree.top("security").child("zones").children("security-zone")) {
        for (const Node& own : zone.children("interfaces")) {
            const std::string_view name = own.value();
            const std::size_t dot = name.rfind('.');
            if (!interfaces.entry("interface", name.substr(0, dot))
                     .entry("unit", name.substr(dot + 1))) {
                tree.fail(own, "interface unit must be defined under [interfaces]");
            }
            if (!used.insert(name).second) {
                tree.fail(own, "interface is assigned to more than one security zone");
            }
        }
    }
}

}  // namespace

void compile_wires(const Tree& tree, Settings& settings) {
    check_zones(tree);
    WireCompiler compiler(tree);
    const Node options = tree.top("security").child("forwarding-options");
    for (const Node& wire : options.children("secure-wire")) {
        compiler.compile(wire, settings);
    }
}

}  // namespace eti::config
