// show services security-metadata-streaming session|sessions
#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/render.h"
#include "eti/metadata/record_json.h"

#include <array>
#include <charconv>

namespace eti::cli {
namespace {

using control::RecentSession;
using metadata::Reason;
using metadata::Record;
using metadata::Visibility;

std::string endpoint(const metadata::Endpoint& end) {
    return net::to_string(end.ip) + "/" + std::to_string(end.port);
}

std::string action_of(const Record& record) {
    return record.action == metadata::Action::Block ? "block" : "permit";
}

// What the box could see of the handshake, and so what the lists could be applied to.
std::string_view explain(Visibility visibility) {
    switch (visibility) {
        case Visibility::Certificate:
            return "the server's certificate crossed in clear and was compared with the lists";
        case Visibility::CertificateInherited:
            return "no certificate crossed; the one of an earlier session to this server is shown "
                   "and never blocks";
        case Visibility::Resumed:
            return "an abbreviated handshake: no certificate is sent, the lists cannot apply";
        case Visibility::Tls13:
            return "TLS 1.3 encrypts the certificate, the certificate lists cannot apply";
        case Visibility::Quic:
            return "QUIC encrypts the certificate, the certificate lists cannot apply";
        case Visibility::NoServerHello:
            return "the server never answered with a ServerHello";
        case Visibility::Incomplete:
            return "the session ended inside the handshake";
        case Visibility::Gap:
            return "bytes of the handshake never crossed this box";
        case Visibility::Budget:
            return "a limit was reached and inspection was given up; see statistics detail";
    }
    return {};
}

std::string explain_action(const Record& record) {
    const std::string policy = "policy " + or_unknown(record.policy.view());
    const bool blocked = record.action == metadata::Action::Block;
    const std::string level = "threat level " + std::to_string(record.threat_level);
    switch (record.reason) {
        case Reason::None:
            return "permitted: nothing that was seen is on a list";
        case Reason::CertificateBlocklist:
            return std::string(blocked ? "blocked" : "permitted") +
                   ": the certificate is in feed " + or_unknown(record.feed.view()) + " at " +
                   level +
                   (record.category.view().empty()
                        ? ""
                        : " (" + std::string(record.category.view()) + ")") +
                   ", and so says " + policy;
        case Reason::InfectedHost:
            return std::string(blocked ? "blocked" : "permitted") +
                   ": the client is an infected host at " + level + ", and so says " + policy;
        case Reason::ServerBlocklist:
            return std::string(blocked ? "blocked" : "permitted") + ": the server is in feed " +
                   or_unknown(record.feed.view()) + " at " + level + ", and so says " + policy;
        case Reason::Allowlist:
            return "permitted: the server is on the allowlist, which beats every list";
        case Reason::ConflictingData:
            return "blocked: segments rewrote bytes that had not been judged yet";
        case Reason::Fallback:
            return "blocked: it could not be judged, and services openeti exceptions says so";
    }
    return {};
}

struct Field {
    std::string_view label;
    std::string_view element;
    std::string value;
};

std::string version_text(uint16_t version) {
    switch (version) {
        case 0x0300:
            return "SSL 3.0";
        case 0x0301:
            return "TLS 1.0";
        case 0x0302:
            return "TLS 1.1";
        case 0x0303:
            return "TLS 1.2";
        case 0x0304:
            return "TLS 1.3";
        default:
            return "N/A";
    }
}

std::vector<Field> fields_of(const RecentSession& session) {
    const Record& r = session.record;
    const std::string sha1 = r.certificate.seen ? metadata::to_hex(r.certificate.sha1) : "";
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(r.end - r.start).count();
    return {{"Session ID", "session-identifier", std::to_string(r.id)},
            {"State", "phase", std::string(metadata::name_of(r.phase))},
            {"Start", "start-time", local_time(r.start)},
            {"Duration", "duration", std::to_string(milliseconds) + " ms"},
            {"Client", "client", endpoint(r.client)},
            {"Server", "server", endpoint(r.server)},
            {"Protocol", "protocol", std::string(metadata::name_of(r.protocol))},
            {"From zone", "from-zone", or_unknown(r.from_zone.view())},
            {"To zone", "to-zone", or_unknown(r.to_zone.view())},
            {"Policy", "policy", or_unknown(r.policy.view())},
            {"Version", "version",
             r.server_hello.seen ? version_text(r.server_hello.negotiated_version) : "N/A"},
            {"Server name", "server-name", or_unknown(r.client_hello.sni.view())},
            {"Encrypted ClientHello", "encrypted-client-hello",
             r.client_hello.ech == metadata::EncryptedClientHello::None
                 ? "no"
                 : "offered; the server name is the outer one"},
            {"Looked up as", "dns-name", or_unknown(r.dns.name.view())},
            {"JA4", "ja4", or_unknown(r.client_hello.ja4.view())},
            {"Certificate SHA-1", "certificate-sha1", or_unknown(sha1)},
            {"Certificate subject", "certificate-subject", or_unknown(session.subject)},
            {"Certificate issuer", "certificate-issuer", or_unknown(session.issuer)},
            {"Packets out/in", "packets",
             std::to_string(r.traffic.packets[0]) + "/" + std::to_string(r.traffic.packets[1])},
            {"Bytes out/in", "bytes",
             std::to_string(r.traffic.bytes[0]) + "/" + std::to_string(r.traffic.bytes[1])},
            {"Visibility", "visibility", std::string(metadata::name_of(r.visibility))},
            {"Seen", "visibility-explanation", std::string(explain(r.visibility))},
            {"Action", "action", action_of(r)},
            {"Reason", "reason", std::string(metadata::name_of(r.reason))},
            {"Why", "action-explanation", explain_action(r)}};
}

Reply show_session(const Invocation& invocation) {
    const std::string text = invocation.value("<id>");
    // A whole record id, sensor/boot/number, is as good as its number.
    const std::string digits = text.substr(text.find_last_of("/-:") + 1);
    uint64_t id = 0;
    const char* end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, id);
    const RecentSession* session = error == std::errc() && stopped == end
                                       ? invocation.backend.recent_sessions().find(id)
                                       : nullptr;
    if (session == nullptr) {
        throw CommandError("session '" + text + "' is not among the last " +
                           std::to_string(invocation.backend.recent_sessions().size()) +
                           "; show services security-metadata-streaming sessions lists them");
    }
    constexpr std::size_t kLabel = 24;
    Reply reply{Element::group("security-metadata-session"), {}};
    for (const Field& field : fields_of(*session)) {
        reply.text += pad(std::string(field.label) + ":", kLabel) + field.value + "\n";
        reply.tree.children.push_back(Element::leaf(std::string(field.element), field.value));
    }
    return reply;
}

std::string session_line(std::string_view id, std::string_view client, std::string_view server,
                         std::string_view visibility, std::string_view action,
                         std::string_view name) {
    constexpr std::array<std::size_t, 5> kWidths{12, 24, 24, 22, 10};
    return pad(id, kWidths[0]) + pad(client, kWidths[1]) + pad(server, kWidths[2]) +
           pad(visibility, kWidths[3]) + pad(action, kWidths[4]) + std::string(name) + "\n";
}

Reply show_sessions(const Invocation& invocation) {
    constexpr uint64_t kUsual = 50;
    constexpr uint64_t kMost = 100'000;
    Reply reply{Element::group("security-metadata-sessions"),
                session_line("Session ID", "Client", "Server", "Visibility", "Action", "Name")};
    uint64_t shown = 0;
    const control::RecentSessions& recent = invocation.backend.recent_sessions();
    recent.newest_first(invocation.number("count", kUsual, kMost), [&](const RecentSession& s) {
        const Record& r = s.record;
        const std::string id = std::to_string(r.id);
        const std::string name = or_unknown(r.client_hello.sni.view());
        const std::string visibility(metadata::name_of(r.visibility));
        reply.text += session_line(id, endpoint(r.client), endpoint(r.server), visibility,
                                   action_of(r), name);
        reply.tree.children.push_back(Element::group(
            "session",
            {Element::leaf("session-identifier", r.id), Element::leaf("client", endpoint(r.client)),
             Element::leaf("server", endpoint(r.server)), Element::leaf("visibility", visibility),
             Element::leaf("action", action_of(r)),
             Element::leaf("reason", std::string(metadata::name_of(r.reason))),
             Element::leaf("server-name", name)}));
        ++shown;
    });
    reply.text +=
        "Sessions shown: " + std::to_string(shown) + " of " + std::to_string(recent.size()) + "\n";
    reply.tree.children.push_back(Element::leaf("sessions-kept", uint64_t{recent.size()}));
    return reply;
}

}  // namespace

std::vector<Command> streaming_session_commands() {
    return {
        {"show services security-metadata-streaming session",
         "Explain what was seen of a session and what was done",
         {{"", "<id>", "Session identifier", true}},
         show_session,
         "security-metadata-session{session-identifier#,phase,start-time,duration,client,server,"
         "protocol,from-zone,to-zone,policy,version,server-name,encrypted-client-hello,"
         "dns-name,ja4,certificate-sha1,certificate-subject,certificate-issuer,packets,bytes,"
         "visibility,visibility-explanation,action,reason,action-explanation}",
         "get-openeti-session"},
        {"show services security-metadata-streaming sessions",
         "Show the last sessions, newest first",
         {{"count", "<count>", "Number of sessions to show"}},
         show_sessions,
         "security-metadata-sessions{session*{session-identifier#,client,server,visibility,"
         "action,reason,server-name},sessions-kept#}",
         "get-openeti-sessions"}};
}

}  // namespace eti::cli
