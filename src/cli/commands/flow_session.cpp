// show security flow session ...
#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/render.h"

#include <algorithm>
#include <optional>

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

uint8_t protocol_number(const std::string& text) {
    for (unsigned number = 0; number < 256; ++number) {
        const auto protocol = static_cast<uint8_t>(number);
        if (protocol_name(protocol) == text || std::to_string(number) == text) {
            return protocol;
        }
    }
    throw CommandError("protocol '" + text +
                       "' does not exist; use tcp, udp, icmp, icmp6 or 0..255");
}

// Filter is what the options ask for; sessions are seen from their client.
class Filter {
  public:
    explicit Filter(const Invocation& invocation)
        : source_(prefix(invocation, "source-prefix")),
          destination_(prefix(invocation, "destination-prefix")) {
        constexpr uint64_t kMostPort = 65'535;
        constexpr uint64_t kMostId = 0xffff'ffff;
        if (invocation.has("source-port")) {
            source_port_ = invocation.number("source-port", 0, kMostPort);
        }
        if (invocation.has("destination-port")) {
            destination_port_ = invocation.number("destination-port", 0, kMostPort);
        }
        if (invocation.has("session-identifier")) {
            id_ = invocation.number("session-identifier", 0, kMostId);
        }
        if (invocation.has("protocol")) {
            protocol_ = protocol_number(invocation.value("protocol"));
        }
    }

    bool selects(const SessionView& s) const {
        return (!source_ || source_->contains(s.client.ip)) &&
               (!destination_ || destination_->contains(s.server.ip)) &&
               (!source_port_ || *source_port_ == s.client.port) &&
               (!destination_port_ || *destination_port_ == s.server.port) &&
               (!id_ || *id_ == s.id) && (!protocol_ || *protocol_ == s.protocol);
    }

  private:
    static std::optional<net::IpRange> prefix(const Invocation& invocation,
                                              std::string_view option) {
        if (!invocation.has(option)) {
            return std::nullopt;
        }
        const std::string text = invocation.value(option);
        const auto range = net::parse_ip_range(text);
        if (!range || text.find('-') != std::string::npos) {
            throw CommandError("invalid value '" + text + "' in ip prefix: '" + text + "'");
        }
        return range;
    }

    std::optional<net::IpRange> source_;
    std::optional<net::IpRange> destination_;
    std::optional<uint64_t> source_port_;
    std::optional<uint64_t> destination_port_;
    std::optional<uint64_t> id_;
    std::optional<uint8_t> protocol_;
};

std::vector<SessionView> selected(const Invocation& invocation) {
    const Filter filter(invocation);
    std::vector<SessionView> sessions = invocation.sessions.sessions;
    std::erase_if(sessions, [&](const SessionView& s) { return !filter.selects(s); });
    return sessions;
}

Reply show_sessions(const Invocation& invocation) {
    std::vector<SessionView> sessions = selected(invocation);
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
    const std::vector<SessionView> sessions = selected(invocation);
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
    return show_sessions(invocation);
}

Reply show_flow_session_summary(const Invocation& invocation) {
    require_every_worker(invocation.sessions);
    return show_summary(invocation);
}

}  // namespace

std::vector<Command> flow_session_commands() {
    const std::vector<Option> filters{
        {"source-prefix", "<prefix>", "Show sessions of clients in a prefix"},
        {"destination-prefix", "<prefix>", "Show sessions to servers in a prefix"},
        {"source-port", "<port>", "Show sessions from a port"},
        {"destination-port", "<port>", "Show sessions to a port"},
        {"protocol", "<protocol>", "Show sessions of one protocol"},
        {"session-identifier", "<id>", "Show one session"}};
    return {{"show security flow session", "Show live sessions", filters, show_flow_session,
             "flow-session-information{flow-session*{session-identifier#,status,policy,timeout#,"
             "flow-information*{direction,source-address,source-port#,destination-address,"
             "destination-port#,protocol,conn-tag,interface-name,pkt-cnt#,byte-cnt#}},"
             "displayed-session-count#}",
             "get-flow-session-information", Needs::Sessions},
            {"show security flow session summary", "Show the number of sessions", filters,
             show_flow_session_summary,
             "flow-session-summary-information{active-sessions#,valid-sessions#,blocked-sessions#,"
             "max-sessions#}",
             "get-flow-session-summary-information", Needs::Sessions}};
}

}  // namespace eti::cli
