// show security policies
#include "cli/commands/commands.h"
#include "cli/render.h"

namespace eti::cli {
namespace {

std::string range_text(const net::IpRange& range) {
    return range.first == range.last
               ? net::to_string(range.first)
               : net::to_string(range.first) + "-" + net::to_string(range.last);
}

std::string ranges_text(const std::vector<net::IpRange>& ranges) {
    std::string text;
    for (const net::IpRange& range : ranges) {
        text += (text.empty() ? "" : ", ") + range_text(range);
    }
    return text.empty() ? "any" : text;
}

std::string applications_text(const std::vector<policy::PortRange>& ranges) {
    std::string text;
    for (const policy::PortRange& range : ranges) {
        text += (text.empty() ? "" : ", ") + std::to_string(range.protocol) + "/" +
                std::to_string(range.first) + "-" + std::to_string(range.last);
    }
    return text.empty() ? "any" : text;
}

Element rule_element(const policy::Rule& rule, uint64_t number, uint64_t sequence) {
    return Element::group("policy-information",
                          {Element::leaf("policy-name", rule.name),
                           Element::leaf("policy-state", std::string("enabled")),
                           Element::leaf("policy-identifier", number),
                           Element::leaf("policy-sequence-number", sequence),
                           Element::leaf("source-addresses", ranges_text(rule.sources)),
                           Element::leaf("destination-addresses", ranges_text(rule.destinations)),
                           Element::leaf("applications", applications_text(rule.applications)),
                           Element::leaf("security-intelligence-policy",
                                         or_unknown(rule.security_intelligence_policy))});
}

std::string rule_text(const Element& rule) {
    const auto value = [&](std::size_t index) { return rule.children[index].value; };
    return "  Policy: " + value(0) + ", State: " + value(1) + ", Index: " + value(2) +
           ", Sequence number: " + value(3) + "\n    Source addresses: " + value(4) +
           "\n    Destination addresses: " + value(5) + "\n    Applications: " + value(6) +
           "\n    Action: permit\n    Security-intelligence policy: " + value(7) + "\n";
}

Reply show_policies(const Invocation& invocation) {
    Reply reply{Element::group("security-policies"), {}};
    uint64_t number = 0;
    for (const policy::ZonePair& pair : invocation.status.policy->pairs()) {
        const std::string streaming = pair.streaming ? pair.streaming->name : "N/A";
        reply.text += "From zone: " + pair.from + ", To zone: " + pair.to +
                      "\n  Security-metadata-streaming policy: " + streaming + "\n";
        Element context = Element::group(
            "security-context", {Element::leaf("source-zone-name", pair.from),
                                 Element::leaf("destination-zone-name", pair.to),
                                 Element::leaf("security-metadata-streaming-policy", streaming)});
        uint64_t sequence = 0;
        for (const policy::Rule& rule : pair.rules) {
            context.children.push_back(rule_element(rule, ++number, ++sequence));
            reply.text += rule_text(context.children.back());
        }
        reply.tree.children.push_back(std::move(context));
    }
    return reply;
}

}  // namespace

std::vector<Command> policy_commands() {
    return {{"show security policies",
             "Show which traffic is inspected",
             {},
             show_policies,
             "security-policies{security-context*{source-zone-name,destination-zone-name,"
             "security-metadata-streaming-policy,policy-information*{policy-name,policy-state,"
             "policy-identifier#,policy-sequence-number#,source-addresses,destination-addresses,"
             "applications,security-intelligence-policy}}}",
             "get-firewall-policies"}};
}

}  // namespace eti::cli
