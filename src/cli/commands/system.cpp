// show version, show security forward-options secure-wire
#include "cli/commands/commands.h"
#include "cli/render.h"

#include <algorithm>

namespace eti::cli {
namespace {

Reply show_version(const Invocation& invocation) {
    const control::Status& status = invocation.status;
    return {
        Element::group("software-information", {Element::leaf("host-name", status.host_name),
                                                Element::leaf("product-model", "openeti"),
                                                Element::leaf("product-name", "openeti"),
                                                Element::leaf("version", status.version)}),
        "Hostname: " + status.host_name + "\nModel: openeti\nVersion: " + status.version + "\n"};
}

std::string link_of(const control::Status& status, const std::string& interface) {
    const auto port =
        std::find_if(status.ports.begin(), status.ports.end(),
                     [&](const metadata::PortStatus& p) { return p.interface == interface; });
    return port != status.ports.end() && port->link_up ? "up" : "down";
}

Reply show_secure_wire(const Invocation& invocation) {
    constexpr std::size_t kName = 32;
    constexpr std::size_t kInterface = 16;
    constexpr std::size_t kLink = 8;
    const auto line = [](std::string_view name, std::string_view interface1, std::string_view link1,
                         std::string_view interface2, std::string_view link2) {
        return pad(name, kName) + pad(interface1, kInterface) + pad(link1, kLink) +
               pad(interface2, kInterface) + std::string(link2) + "\n";
    };
    const control::Status& status = invocation.status;
    Reply reply{Element::group("secure-wire-information"),
                line("Secure wire", "Interface", "Link", "Interface", "Link")};
    for (const control::WireStatus& wire : status.wires) {
        const std::string link1 = link_of(status, wire.interfaces[0]);
        const std::string link2 = link_of(status, wire.interfaces[1]);
        const std::string name1 = wire.interfaces[0] + ".0";
        const std::string name2 = wire.interfaces[1] + ".0";
        reply.text += line(wire.name, name1, link1, name2, link2);
        reply.tree.children.push_back(Element::group(
            "secure-wire",
            {Element::leaf("secure-wire-name", wire.name), Element::leaf("interface-name", name1),
             Element::leaf("link-state", link1), Element::leaf("interface2-name", name2),
             Element::leaf("link2-state", link2)}));
    }
    reply.text += "Total secure wires: " + std::to_string(status.wires.size()) + "\n";
    return reply;
}

}  // namespace

std::vector<Command> system_commands() {
    return {{"show version", "Show the running version", {}, show_version},
            {"show security forward-options secure-wire",
             "Show wires and their links",
             {},
             show_secure_wire}};
}

}  // namespace eti::cli
