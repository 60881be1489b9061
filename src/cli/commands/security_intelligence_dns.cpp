// show|clear services security-intelligence dns-statistics
#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/render.h"
#include "eti/config/workspace.h"

#include <array>

namespace eti::cli {
namespace {

constexpr std::array<std::string_view, 11> kQueryTypes{
    "A", "AAAA", "MX", "CNAME", "SRV", "SRV NoErr", "TXT", "TXT NoErr", "ANY", "MISC", "Total"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kQueryCounters{
    {{"Requests", "requests"},
     {"Sinkhole", "sinkhole"},
     {"Drop", "drop"},
     {"Permit", "permit"},
     {"Log", "log"}}};

// add_query_types writes one profile's table. DNS profiles are accepted and not enforced: there is
// never anything to count.
void add_query_types(const std::string& name, Reply& reply) {
    constexpr std::size_t kType = 21;
    constexpr std::size_t kCounter = 12;
    reply.text += "  Profile " + name + ":\n    " + pad("DNS Query Type", kType);
    for (const auto& [label, element] : kQueryCounters) {
        reply.text += pad(label, kCounter);
    }
    reply.text =
        reply.text.substr(0, reply.text.find_last_not_of(' ') + 1) + "\n    UDP Counter:\n";
    Element profile = Element::group("profile", {Element::leaf("profile-name", name)});
    for (const std::string_view type : kQueryTypes) {
        Element row =
            Element::group("dns-query", {Element::leaf("dns-query-type", std::string(type))});
        reply.text += "    " + pad(type, kType);
        for (const auto& [label, element] : kQueryCounters) {
            row.children.push_back(Element::leaf(std::string(element), uint64_t{0}));
            reply.text += pad("0", kCounter);
        }
        reply.text = reply.text.substr(0, reply.text.find_last_not_of(' ') + 1) + "\n";
        profile.children.push_back(std::move(row));
    }
    reply.tree.children.push_back(std::move(profile));
}

void require_dns_profile(Backend& backend, const std::string& name) {
    const config::Workspace* workspace = backend.workspace();
    const bool one_word = name.find_first_of(" \t\"[]") == std::string::npos;
    const std::string category =
        workspace == nullptr || !one_word || name.empty()
            ? std::string()
            : workspace->view()->show(
                  "services security-intelligence profile " + name + " category", {});
    if (category.find("DNS") == std::string::npos) {
        throw CommandError("profile '" + name +
                           "' is no DNS profile; show configuration services "
                           "security-intelligence lists profiles with their categories");
    }
}

Reply show_dns_statistics(const Invocation& invocation) {
    Reply reply{Element::group("dns-statistics", {Element::leaf("category", "DNS")}),
                "Category DNS:\n"};
    if (invocation.has("profile")) {
        const std::string name = invocation.value("profile");
        require_dns_profile(invocation.backend, name);
        add_query_types(name, reply);
    }
    return reply;
}

Reply clear_dns_statistics(const Invocation&) {
    return {Element::group("clear-dns-statistics"), {}};
}

}  // namespace

std::vector<Command> security_intelligence_dns_commands() {
    return {{"show services security-intelligence dns-statistics",
             "Show what DNS profiles did with requests",
             {{"profile", "<profile>", "Show one profile", false, nullptr,
               "get-dns-statistics-profile"}},
             show_dns_statistics,
             "dns-statistics{category,profile?{profile-name,"
             "dns-query*{dns-query-type,requests#,sinkhole#,drop#,permit#,log#}}}",
             "get-dns-statistics"},
            {"clear services security-intelligence dns-statistics",
             "Clear statistics of DNS profiles",
             {},
             clear_dns_statistics,
             "clear-dns-statistics",
             "clear-dns-statistics"}};
}

}  // namespace eti::cli
