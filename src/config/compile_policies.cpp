#include "config/addresses.h"
#include "config/applications.h"
#include "config/compile.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eti::config {
namespace {

// PolicyCompiler builds the zone pairs and notes which profiles some rule refers to.
class PolicyCompiler {
  public:
    PolicyCompiler(const Tree& tree, Settings& settings)
        : tree_(tree),
          settings_(settings),
          intelligence_(tree.top("services").child("security-intelligence")) {}

    void run() {
        std::vector<policy::ZonePair> pairs;
        const Node policies = tree_.top("security").child("policies");
        for (const Node& pair : policies.children("policy")) {
            pairs.push_back(compile_pair(pair));
            note_use(pairs.back());
            warn_half_configured(pairs.back());
            warn_without_wire(pairs.back());
        }
        warn_unused_profiles();
        warn_unused_streaming();
        settings_.policy = policy::Policy(std::move(pairs));
    }

  private:
    policy::ZonePair compile_pair(Node node) {
        policy::ZonePair pair;
        pair.from = node.text("from-zone-name");
        pair.to = node.text("to-zone-name");
        const Node streaming =
            node.child("application-services").child("security-metadata-streaming-policy");
        if (streaming) {
            pair.streaming = compile_streaming(streaming.value());
        }
        for (const Node& rule : node.children("policy")) {
            pair.rules.push_back(compile_rule(rule));
        }
        return pair;
    }

    std::optional<policy::MetadataStreaming> compile_streaming(std::string_view name) {
        used_streaming_.insert(name);
        const Node policy =
            tree_.top("services").child("security-metadata-streaming").entry("policy", name);
        const Node http = policy.child("http");
        const Node detections = http.child("detections");
        const bool inspects = http.has("action") || http.child("notification").has("log") ||
                              !detections.children().empty();
        if (!inspects) {
            warn("security-metadata-streaming policy " + std::string(name) +
                 " has no http statement: no session is inspected under it");
            return std::nullopt;
        }
        policy::MetadataStreaming out{.name = std::string(name)};
        out.log = http.child("notification").has("log");
        for (const Node& detection : detections.children()) {
            out.log = out.log || detection.text("notification") == "log";
            out.log_detections =
                out.log_detections || detection.text("notification") == "log-detections";
        }
        return out;
    }

    policy::Rule compile_rule(Node node) {
        policy::Rule rule;
        rule.name = node.value();
        const Node match = node.child("match");
        rule.sources = compile_addresses(tree_, match.children("source-address"));
        rule.destinations = compile_addresses(tree_, match.children("destination-address"));
        rule.applications = compile_applications(tree_, match.children("application"));
        const Node reference = node.child("then")
                                   .child("permit")
                                   .child("application-services")
                                   .child("security-intelligence-policy");
        if (reference) {
            rule.security_intelligence_policy = reference.value();
            const Node policy = intelligence_.entry("policy", reference.value());
            rule.certificates = compile_category(policy, "CC");
            rule.infected_hosts = compile_category(policy, "Infected-Hosts");
        }
        return rule;
    }

    std::optional<policy::Profile> compile_category(Node policy, std::string_view category) {
        const Node reference = policy.child(category);
        if (!reference) {
            return std::nullopt;
        }
        const Node profile = intelligence_.entry("profile", reference.value());
        const bool first_use = used_profiles_.insert(profile.value()).second;
        std::vector<std::string> repeated;  // a profile's warnings are said once
        return compile_profile(profile, first_use ? settings_.warnings : repeated);
    }

    // Infected hosts are learned only if a rule asks for them, as the vendor does it. The
    // certificate list applies to every inspected rule: without a profile its default decides.
    void note_use(const policy::ZonePair& pair) {
        for (const policy::Rule& rule : pair.rules) {
            settings_.infected_hosts_used =
                settings_.infected_hosts_used ||
                (rule.infected_hosts && !is_disabled("Infected-Hosts", "Infected-Hosts"));
            settings_.certificate_feed_used =
                settings_.certificate_feed_used ||
                (pair.streaming && !is_disabled("CC", "cc_cert_sha1"));
        }
    }

    bool is_disabled(std::string_view category, std::string_view feed) const {
        const Node feeds = intelligence_.child("global-disable-feed");
        bool disabled = feeds.has("all");
        for (const Node& name : feeds.children("feed-name")) {
            disabled = disabled || name.value() == feed;
        }
        return disabled || intelligence_.entry("category", "all").has("disable") ||
               intelligence_.entry("category", category).has("disable");
    }

    // Streaming hangs on the zone pair and SecIntel on the rule: one is easily forgotten.
    void warn_half_configured(const policy::ZonePair& pair) {
        const std::string context = "from-zone " + pair.from + " to-zone " + pair.to;
        if (pair.rules.empty()) {
            warn(context + " has no policy: its traffic is forwarded uninspected");
        }
        for (const policy::Rule& rule : pair.rules) {
            const bool intelligence = !rule.security_intelligence_policy.empty();
            if (pair.streaming && !intelligence) {
                warn(context + " policy " + rule.name +
                     ": security-metadata-streaming-policy without security-intelligence-policy: "
                     "no infected host is stopped");
            } else if (!pair.streaming && intelligence) {
                warn(context + " policy " + rule.name +
                     ": security-intelligence-policy without security-metadata-streaming-policy: "
                     "no session is inspected");
            }
        }
    }

    void warn_unused_profiles() {
        for (const Node& profile : intelligence_.children("profile")) {
            const std::string_view category = profile.text("category");
            const bool enforced = category == "CC" || category == "Infected-Hosts";
            if (enforced && !used_profiles_.contains(profile.value())) {
                warn("security-intelligence profile " + std::string(profile.value()) +
                     " is used by no policy of a zone pair: feeds of category " +
                     std::string(category) + " are not downloaded for it");
            }
        }
    }

    void warn_unused_streaming() {
        const Node streaming = tree_.top("services").child("security-metadata-streaming");
        for (const Node& policy : streaming.children("policy")) {
            if (!used_streaming_.contains(policy.value())) {
                warn("security-metadata-streaming policy " + std::string(policy.value()) +
                     " is attached to no zone pair: it has no effect");
            }
        }
    }

    // Either end of a wire may be the side sessions come from.
    void warn_without_wire(const policy::ZonePair& pair) {
        const auto is = [](const std::string& named, const Interface& end) {
            return named == "any" || named == end.zone;
        };
        bool joined = settings_.wires.empty();  // said elsewhere
        for (const Wire& wire : settings_.wires) {
            const auto& [first, second] = wire.interfaces;
            joined = joined || (is(pair.from, first) && is(pair.to, second)) ||
                     (is(pair.from, second) && is(pair.to, first));
        }
        if (!joined) {
            warn("from-zone " + pair.from + " to-zone " + pair.to +
                 ": no secure-wire joins these zones, the policies have no effect");
        }
    }

    void warn(std::string text) { settings_.warnings.push_back(std::move(text)); }

    const Tree& tree_;
    Settings& settings_;
    const Node intelligence_;
    std::set<std::string_view> used_profiles_;
    std::set<std::string_view> used_streaming_;
};

}  // namespace

void compile_policies(const Tree& tree, Settings& settings) {
    PolicyCompiler(tree, settings).run();
}

}  // namespace eti::config
