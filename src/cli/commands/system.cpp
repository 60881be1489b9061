// show version, system uptime, interfaces, security forward-options secure-wire, refused reports
#include "cli/commands/commands.h"
#include "cli/errors.h"
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

std::string span_text(Duration span) {
    const int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
    const auto two = [](int64_t number) {
        return (number < 10 ? "0" : "") + std::to_string(number);
    };
    const int64_t days = seconds / 86'400;
    return (days == 0 ? "" : std::to_string(days) + (days == 1 ? " day, " : " days, ")) +
           two(seconds / 3600 % 24) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
}

Reply show_uptime(const Invocation& invocation) {
    const control::Status& status = invocation.status;
    const std::string now = local_time(status.now);
    const std::string started = local_time(status.started);
    const std::string up = span_text(status.now - status.started);
    return {Element::group(
                "system-uptime-information",
                {Element::leaf("current-time", now),
                 Element::leaf("protocols-started-time", started), Element::leaf("up-time", up)}),
            "Current time: " + now + "\nProtocols started: " + started + " (" + up + " ago)\n"};
}

Reply show_interfaces(const Invocation& invocation) {
    constexpr std::size_t kName = 24;
    constexpr std::size_t kShort = 6;
    const auto line = [](std::string_view name, std::string_view admin, std::string_view link,
                         std::string_view device) {
        return pad(name, kName) + pad(admin, kShort) + pad(link, kShort) + std::string(device) +
               "\n";
    };
    Reply reply{Element::group("interface-information"),
                line("Interface", "Admin", "Link", "Port")};
    for (const metadata::PortStatus& port : invocation.status.ports) {
        const std::string link = port.link_up ? "up" : "down";
        reply.text += line(port.interface, "up", link, port.device);
        reply.tree.children.push_back(Element::group(
            "physical-interface",
            {Element::leaf("name", port.interface),
             Element::leaf("admin-status", std::string("up")), Element::leaf("oper-status", link),
             Element::leaf("port", port.device), Element::leaf("input-packets", port.rx_packets),
             Element::leaf("output-packets", port.tx_packets),
             Element::leaf("input-bytes", port.rx_bytes),
             Element::leaf("output-bytes", port.tx_bytes),
             Element::leaf("input-drops", port.rx_missed),
             Element::leaf("output-errors", port.tx_errors)}));
    }
    return reply;
}

Reply refuse_log_report(const Invocation&) {
    throw CommandError(
        "events are not kept on this device; they go to security log stream, and "
        "show services security-metadata-streaming sessions shows the last ones");
}

Reply refuse_security_profile(const Invocation&) {
    throw CommandError("this device has no logical systems, so no security profile limits one");
}

}  // namespace

std::vector<Command> system_commands() {
    const Option any{"", "<arguments>", "Selection"};
    return {{"show version",
             "Show the running version",
             {},
             show_version,
             "software-information{host-name,product-model,product-name,version}",
             "get-software-information"},
            {"show system uptime",
             "Show how long the daemon has run",
             {},
             show_uptime,
             "system-uptime-information{current-time,protocols-started-time,up-time}",
             "get-system-uptime-information"},
            {"show interfaces terse",
             "Show ports and their links",
             {},
             show_interfaces,
             "interface-information{physical-interface*{name,admin-status,oper-status,port,"
             "input-packets#,output-packets#,input-bytes#,output-bytes#,input-drops#,"
             "output-errors#}}",
             "get-interface-information"},
            {"show security forward-options secure-wire",
             "Show wires and their links",
             {},
             show_secure_wire,
             "secure-wire-information{secure-wire*{secure-wire-name,interface-name,link-state,"
             "interface2-name,link2-state}}",
             "get-forward-options-secure-wire"},
            {"show security log report",
             "Show reports of security logs",
             {any, {"", "<more>", "Selection"}, {"", "<yet-more>", "Selection"}},
             refuse_log_report,
             "sec-log-report",
             "get-sec-log-report"},
            {"show system security-profile security-metadata-streaming-policy",
             "Show what logical systems use",
             {any},
             refuse_security_profile,
             "security-profile-sms-policy-information",
             "get-security-profile-sms-policy-information"}};
}

}  // namespace eti::cli
