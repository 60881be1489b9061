#include "config/compile.h"

#include <charconv>
#include <string>

namespace eti::config {
namespace {

// One warning for the topmost statement that has no effect; what is below it says nothing new.
void warn_not_enforced(const Tree& tree, Node node, std::vector<std::string>& warnings) {
    if (!node.typed()) {
        return;
    }
    if (const auto sentence = node.statement().extension("not-enforced")) {
        const std::size_t line = tree.position(node).line;  // none: typed in a session
        warnings.push_back(
            "accepted, not enforced: " + (line == 0 ? "" : "line " + std::to_string(line) + ": ") +
            node.words() + ": " + std::string(*sentence));
        return;
    }
    for (const Node& child : node.children()) {
        warn_not_enforced(tree, child, warnings);
    }
}

}  // namespace

uint64_t number(Node leaf) {
    const std::string_view text = leaf.value();
    uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

void compile_limits(const Tree& tree, Settings& settings) {
    const Node openeti = tree.top("services").child("openeti");
    const Node node = openeti.child("limits");
    const auto u32 = [&](std::string_view name) {
        return static_cast<uint32_t>(number(node.child(name)));
    };
    Limits& limits = settings.limits;
    limits.flows_per_worker = u32("flows-per-worker");
    limits.sessions_per_worker = u32("sessions-per-worker");
    limits.inspected_bytes_per_direction = u32("inspected-bytes-per-direction");
    limits.out_of_order_segments_per_direction = u32("out-of-order-segments-per-direction");
    limits.stream_blocks_per_worker = u32("stream-blocks-per-worker");
    limits.fragmented_datagrams_per_worker = u32("fragmented-datagrams-per-worker");
    limits.fragment_blocks_per_worker = u32("fragment-blocks-per-worker");
    limits.dns_ring_slots = u32("dns-ring-slots");
    limits.record_ring_slots = u32("record-ring-slots");
    limits.certificate_ring_slots = u32("certificate-ring-slots");
    limits.batch_records = u32("batch-records");
    limits.batch_age = std::chrono::milliseconds(u32("batch-age"));
    limits.spool_bytes = number(node.child("spool-bytes"));
    limits.submission_timeout = std::chrono::seconds(u32("submission-timeout"));
    limits.mbufs = u32("mbufs");
    limits.handoff_ring_slots = u32("handoff-ring-slots");
    limits.recent_sessions = u32("recent-sessions");
    limits.tcp_idle_timeout = std::chrono::seconds(u32("tcp-idle-timeout"));
    limits.tcp_handshake_timeout = std::chrono::seconds(u32("tcp-handshake-timeout"));
    limits.udp_idle_timeout = std::chrono::seconds(u32("udp-idle-timeout"));

    settings.workers = static_cast<unsigned>(number(openeti.child("workers")));
    for (const Node& list : openeti.children("certificate-list")) {
        settings.certificate_lists.emplace_back(list.value());
    }
}

void compile_exceptions(const Tree& tree, Settings& settings) {
    const Node node = tree.top("services").child("openeti").child("exceptions");
    const auto blocks = [&](std::string_view fault) { return node.text(fault) == "block"; };
    settings.exceptions = {blocks("service-not-ready"), blocks("out-of-resources"),
                           blocks("submission-timeout"),
                           node.text("service-not-ready") == "local-model"};
    const bool needs_service = settings.exceptions.block_service_not_ready ||
                               settings.exceptions.judge_service_not_ready ||
                               settings.exceptions.block_submission_timeout;
    if (needs_service &&
        !tree.top("services").child("advanced-anti-malware").child("connection").has("url")) {
        settings.warnings.emplace_back(
            "services openeti exceptions: no analysis service is configured, so none can fail; "
            "set services advanced-anti-malware connection url");
    }
}

void compile_privacy(const Tree& tree, Settings& settings) {
    const Node node = tree.top("services").child("openeti").child("privacy");
    settings.privacy = {node.has("client-address"), node.has("server-name")};
}

void compile_login(const Tree& tree, Settings& settings) {
    for (const Node& user : tree.top("system").child("login").children("user")) {
        const std::string class_name(user.text("class"));
        if (class_name != "read-only" && class_name != "operator" && class_name != "super-user") {
            settings.warnings.push_back(
                "system login user " + std::string(user.value()) +
                " may run no command: its class is none of read-only, operator, super-user");
        }
        settings.login_users.push_back({std::string(user.value()), class_name});
    }
}

void compile_log_streams(const Tree& tree, Settings& settings) {
    const Node log = tree.top("security").child("log");
    for (const Node& stream : log.children("stream")) {
        LogStream out;
        out.name = stream.value();
        out.category = stream.text("category");
        out.host = stream.child("host").text("ipaddr");
        if (!net::parse_ip(out.host)) {
            tree.fail(stream.child("host").child("ipaddr"),
                      "invalid ip address: '" + out.host + "'");
        }
        out.port = static_cast<uint16_t>(number(stream.child("host").child("port")));
        const Node own = stream.child("transport").child("protocol");
        const Node protocol = own ? own : log.child("transport").child("protocol");
        if (protocol.value() == "tcp" || protocol.value() == "tls") {
            out.transport = protocol.value() == "tcp" ? LogTransport::Tcp : LogTransport::Tls;
            const Node its = stream.child("transport").child("tls-profile");
            const Node profile = its ? its : log.child("transport").child("tls-profile");
            if (profile && out.transport == LogTransport::Tls) {
                out.tls = compile_tls_profile(tree, profile);
            }
        }
        const Node format = stream.has("format") ? stream.child("format") : log.child("format");
        if (format && format.value() != "sd-syslog") {
            settings.warnings.push_back("accepted, not enforced: security log stream " + out.name +
                                        " format " + std::string(format.value()) +
                                        ": events are written as sd-syslog");
        }
        settings.log_streams.push_back(std::move(out));
    }
}

Settings compile_settings(const Tree& tree) {
    Settings settings;
    const std::string_view host_name = tree.top("system").text("host-name");
    if (!host_name.empty()) {
        settings.host_name = host_name;
    }
    if (const Node rollbacks = tree.top("system").child("max-configuration-rollbacks")) {
        settings.most_rollbacks = static_cast<unsigned>(number(rollbacks));
    }
    for (const Node& top : tree.tops()) {
        warn_not_enforced(tree, top, settings.warnings);
    }
    compile_limits(tree, settings);
    compile_local_lists(tree, settings);
    compile_exceptions(tree, settings);
    compile_privacy(tree, settings);
    compile_wires(tree, settings);
    compile_policies(tree, settings);
    compile_cloud(tree, settings);
    compile_log_streams(tree, settings);
    compile_login(tree, settings);
    return settings;
}

}  // namespace eti::config
