// show security flow session ...
#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/render.h"

#include <algorithm>

namespace eti::cli {
namespace {

using metadata::SessionView;

std::string protocol_name(uint8_t protocol) {
    switch (protocol) {
        case 1:
            return "icmp";
        case 6:
            return "tcp";
        case 17:
            return "udp";
        case 58:
            return "icmp6";
        default:
            return std::to_string(protocol);
    }
}

// policy_text is the vendor's NAME/NUMBER; the number is the policy's place in the configuration.
std::string policy_text(const control::Status& status, const SessionView& session) {
    const std::string name(session.policy.view());
    const auto found = std::find(status.policies.begin(), status.policies.end(), name);
    const auto number = found == status.policies.end() ? 0 : found - status.policies.begin() + 1;
    return (name.empty() ? "N/A" : name) + "/" + std::to_string(number);
}

std::string interface_text(const control::Status& status, const SessionView& session,
                           std::size_t side) {
    if (session.wire >= status.wires.size()) {
        return "N/A";
    }
    return status.wires[session.wire].interfaces[side] + ".0";
}

struct Wing {
    std::string direction;
    metadata::Endpoint from;
    metadata::Endpoint to;
    std::string interface;
    uint64_t packets = 0;
    uint64_t bytes = 0;
};

std::array<Wing, 2> wings_of(const control::Status& status, const SessionView& s) {
    const std::size_t client_side = s.client_port_index % 2U;
    return {{{"In", s.client, s.server, interface_text(status, s, client_side), s.packets[0],
              s.bytes[0]},
             {"Out", s.server, s.client, interface_text(status, s, 1 - client_side), s.packets[1],
              s.bytes[1]}}};
}

std::string wing_text(const Wing& wing, uint8_t protocol) {
    const auto endpoint = [](const metadata::Endpoint& e) {
        return net::to_string(e.ip) + "/" + std::to_string(e.port);
    };
    return "  " + wing.direction + ": " + endpoint(wing.from) + " --> " + endpoint(wing.to) + ";" +
           protocol_name(protocol) + ", Conn Tag: 0x0, If: " + wing.interface +
           ", Pkts: " + std::to_string(wing.packets) + ", Bytes: " + std::to_string(wing.bytes) +
           ",\n";
}

Element wing_element(const Wing& wing, uint8_t protocol) {
    return Element::group(
        "flow-information",
        {Element::leaf("direction", wing.direction),
         Element::leaf("source-address", net::to_string(wing.from.ip)),
         Element::leaf("source-port", uint64_t{wing.from.port}),
         Element::leaf("destination-address", net::to_string(wing.to.ip)),
         Element::leaf("destination-port", uint64_t{wing.to.port}),
         Element::leaf("protocol", protocol_name(protocol)), Element::leaf("conn-tag", "0x0"),
         Element::leaf("interface-name", wing.interface), Element::leaf("pkt-cnt", wing.packets),
         Element::leaf("byte-cnt", wing.bytes)});
}

void add_session(const control::Status& status, const SessionView& session, bool wants_tree,
                 Reply& reply) {
    const std::string policy = policy_text(status, session);
    const std::string state = session.blocked ? "Blocked" : "Valid";
    if (!wants_tree) {
        reply.text += (reply.text.empty() ? "" : "\n") +
                      ("Session ID: " + std::to_string(session.id)) + ", Policy name: " + policy +
                      ", Timeout: " + std::to_string(session.timeout_seconds) + ", " + state + "\n";
        for (const Wing& wing : wings_of(status, session)) {
            reply.text += wing_text(wing, session.protocol);
        }
        return;
    }
    Element element = Element::group(
        "flow-session", {Element::leaf("session-identifier", uint64_t{session.id}),
                         Element::leaf("status", state), Element::leaf("policy", policy),
                         Element::leaf("timeout", uint64_t{session.timeout_seconds})});
    for (const Wing& wing : wings_of(status, session)) {
        element.children.push_back(wing_element(wing, session.protocol));
    }
    reply.tree.children.push_back(std::move(element));
}

void require_every_worker(const control::SessionListing& listing) {
    if (listing.silent_workers.empty()) {
        return;
    }
    std::string workers;
    for (const unsigned worker : listing.silent_workers) {
        workers += (workers.empty() ? "" : ", ") + std::to_string(worker);
    }
    throw CommandError("worker " + workers +
                       " did not answer within 1 second, the list would not be complete; see show "
                       "services security-metadata-streaming statistics detail and try again");
}

Reply show_sessions(const Invocation& invocation) {
    std::vector<SessionView> sessions = invocation.sessions.sessions;
    std::sort(sessions.begin(), sessions.end(),
              [](const SessionView& a, const SessionView& b) { return a.id < b.id; });
    Reply reply{Element::group("flow-session-information"), {}};
    for (const SessionView& session : sessions) {
        add_session(invocation.status, session, invocation.wants_tree, reply);
    }
    if (invocation.sessions.left_out > 0) {
        reply.text += "warning: " + std::to_string(invocation.sessions.left_out) +
                      " more sessions are not listed\n";
    }
    const uint64_t total = sessions.size() + invocation.sessions.left_out;
    reply.text += "Total sessions: " + std::to_string(total) + "\n";
    reply.tree.children.insert(reply.tree.children.begin(),
                               Element::leaf("displayed-session-count", uint64_t{sessions.size()}));
    return reply;
}

Reply show_summary(const Invocation& invocation) {
    const auto& sessions = invocation.sessions.sessions;
    const uint64_t total = sessions.size() + invocation.sessions.left_out;
    const auto blocked = static_cast<uint64_t>(std::count_if(
        sessions.begin(), sessions.end(), [](const SessionView& s) { return s.blocked; }));
    const uint64_t most = invocation.status.maximum_flows;
    return {Element::group(
                "flow-session-summary-information",
                {Element::leaf("active-sessions", total),
                 Element::leaf("valid-sessions", total - blocked),
                 Element::leaf("blocked-sessions", blocked), Element::leaf("max-sessions", most)}),
            "Sessions-in-use: " + std::to_string(total) +
                "\n  Valid sessions: " + std::to_string(total - blocked) +
                "\n  Blocked sessions: " + std::to_string(blocked) +
                "\nMaximum-sessions: " + std::to_string(most) + "\n"};
}

Reply show_flow_session(const Invocation& invocation) {
    require_every_worker(invocation.sessions);
    return invocation.has("summary") ? show_summary(invocation) : show_sessions(invocation);
}

}  // namespace

std::vector<Command> flow_session_commands() {
    return {{"show security flow session",
             "Show live sessions",
             {{"summary", "", "Show the number of sessions"}},
             show_flow_session,
             true}};
}

}  // namespace eti::cli
