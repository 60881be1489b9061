#include "config/compile.h"

#include <string>
#include <utility>

namespace eti::config {
namespace {

using policy::Decision;
using policy::Enforcement;

constexpr std::size_t kCertainLevel = 10;

// What "recommended" stands for: the vendor asks its cloud, we close what is certain.
constexpr Enforcement kRecommendedAtCertainLevel = Enforcement::BlockClose;

Decision compile_decision(Node then) {
    Decision decision;
    decision.log = then.has("log");
    if (const Node block = then.child("action").child("block")) {
        decision.action = block.has("close") ? Enforcement::BlockClose : Enforcement::BlockDrop;
    }
    return decision;
}

bool is_recommended(Node then) {
    return then.child("action").has("recommended");
}

policy::Profile::Rule compile_rule(Node rule) {
    policy::Profile::Rule out;
    out.name = rule.value();
    for (const Node& feed : rule.child("match").children("feed-name")) {
        out.feeds.emplace_back(feed.value());
    }
    for (const Node& level : rule.child("match").children("threat-level")) {
        out.threat_levels.at(number(level)) = true;
    }
    out.decision = compile_decision(rule.child("then"));
    return out;
}

// A recommended action differs by level and a rule has one decision, so the certain level gets a
// rule of its own in front.
void split_recommended(const policy::Profile::Rule& rule, std::vector<policy::Profile::Rule>& out) {
    if (!rule.threat_levels[kCertainLevel]) {
        return;
    }
    policy::Profile::Rule certain = rule;
    certain.threat_levels = {};
    certain.threat_levels[kCertainLevel] = true;
    certain.decision.action = kRecommendedAtCertainLevel;
    out.push_back(std::move(certain));
}

}  // namespace

policy::Profile compile_profile(Node profile, std::vector<std::string>& warnings) {
    policy::Profile out;
    out.name = profile.value();
    for (const Node& rule : profile.children("rule")) {
        policy::Profile::Rule compiled = compile_rule(rule);
        if (is_recommended(rule.child("then"))) {
            split_recommended(compiled, out.rules);
        }
        if (rule.child("then").child("action").children().empty()) {
            warnings.push_back("services security-intelligence profile " + out.name + " rule " +
                               compiled.name + " has no action: it permits");
        }
        out.rules.push_back(std::move(compiled));
    }
    const Node then = profile.child("default-rule").child("then");
    out.default_decision = compile_decision(then);
    if (is_recommended(then)) {
        policy::Profile::Rule everything;
        everything.name = "default-rule";
        everything.threat_levels[kCertainLevel] = true;
        everything.decision = out.default_decision;
        split_recommended(everything, out.rules);
    }
    return out;
}

}  // namespace eti::config
