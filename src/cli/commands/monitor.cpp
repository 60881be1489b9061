// monitor ...: what show commands say, again and again until the operator leaves
#include "cli/commands/commands.h"
#include "cli/render.h"

#include <algorithm>
#include <array>

namespace eti::cli {
namespace {

constexpr unsigned kRefreshSeconds = 1;

struct Monitor {
    std::string_view path;
    std::string_view show;
    std::string_view help;
};
constexpr std::array<Monitor, 5> kMonitors{{
    {"monitor services security-metadata-streaming statistics",
     "show services security-metadata-streaming statistics",
     "Watch statistics of inspected sessions"},
    {"monitor services security-metadata-streaming sessions",
     "show services security-metadata-streaming sessions", "Watch the last sessions"},
    {"monitor services security-intelligence statistics",
     "show services security-intelligence statistics",
     "Watch what profiles do with listed sessions"},
    {"monitor services advanced-anti-malware status", "show services advanced-anti-malware status",
     "Watch the connection to the analysis service"},
    {"monitor security flow session", "show security flow session", "Watch sessions"},
}};

Reply show_traffic(const Invocation& invocation) {
    constexpr std::size_t kName = 16;
    constexpr std::size_t kLink = 6;
    constexpr std::size_t kCount = 20;
    const auto line = [](std::string_view name, std::string_view link, std::string_view input,
                         std::string_view output) {
        return pad(name, kName) + pad(link, kLink) + pad(input, kCount) + std::string(output) +
               "\n";
    };
    Reply reply{Element::group("interface-information"),
                line("Interface", "Link", "Input packets", "Output packets")};
    for (const metadata::PortStatus& port : invocation.status.ports) {
        const std::string link = port.link_up ? "Up" : "Down";
        reply.text += line(port.interface, link, std::to_string(port.rx_packets),
                           std::to_string(port.tx_packets));
        reply.tree.children.push_back(Element::group(
            "physical-interface",
            {Element::leaf("name", port.interface), Element::leaf("oper-status", link),
             Element::leaf("input-packets", port.rx_packets),
             Element::leaf("output-packets", port.tx_packets)}));
    }
    return reply;
}

}  // namespace

std::vector<Command> monitor_commands(std::span<const Command> shows) {
    std::vector<Command> commands{
        {"monitor interface traffic",
         "Watch the packets of every port",
         {},
         show_traffic,
         "interface-information{physical-interface*{name,oper-status,input-packets#,"
         "output-packets#}}",
         "get-interface-information"}};
    for (const Monitor& monitor : kMonitors) {
        Command command = *std::find_if(shows.begin(), shows.end(), [&](const Command& show) {
            return show.path == monitor.show;
        });
        command.path = monitor.path;
        command.help = monitor.help;
        commands.push_back(std::move(command));
    }
    for (Command& command : commands) {
        command.refresh_seconds = kRefreshSeconds;
    }
    return commands;
}

}  // namespace eti::cli
