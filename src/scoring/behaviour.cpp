#include "eti/scoring/behaviour.h"

#include "eti/base/bounded_map.h"

#include <cmath>
#include <cstdio>
#include <random>

namespace eti::analysis {
namespace {

using features::DestinationFacts;
using features::Feature;

constexpr std::size_t kReasons = 5;
// Without its DNS in sight a client may well have looked names up: one server more is asked for.
constexpr float kNamelessServers = 3;
constexpr float kNamelessWithoutDns = 4;
constexpr uint32_t kFewClients = 3;

std::string server_text(const metadata::Record& record, const features::Session& session) {
    std::string text =
        net::to_string(record.server.ip) + " port " + std::to_string(record.server.port);
    return session.name.empty() ? text : session.name + " (" + text + ")";
}

std::string decimals(double value, const char* format) {
    char text[48];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

KeyedHash new_hash() {
    std::random_device random;
    const auto word = [&random] { return uint64_t{random()} << 32 | random(); };
    return KeyedHash({word(), word()});
}

// Only beside one of these does a timer or a burst say anything: update services are timers too.
bool suspicious(const features::Session& session, bool above_low) {
    return above_low || session.values[Feature::issuer_known] == 0 ||
           (session.dns_visible && session.name.empty());
}

std::string beacon_text(const DestinationFacts& facts) {
    if (facts.starts >= 6 && (facts.irregularity < 0.15F || facts.near_mode >= 0.8F)) {
        return "sessions start every " + decimals(facts.interval_s, "%.1f s");
    }
    return "data every " + decimals(facts.gap_s, "%.1f s") + " inside one session";
}

}  // namespace

struct BehaviourScorer::Impl {
    Impl(const model::Files& files, std::shared_ptr<const x509::ChainVerifier> roots,
         const BehaviourOptions& chosen, const KeyedHash& secret)
        : options(chosen),
          model(files),
          context(std::move(roots), chosen.limits),
          hash(secret),
          hosts(chosen.hosts, secret) {}

    void explain(BehaviourVerdict& verdict, const features::Vector& values) const {
        for (const model::Contribution& part : model.contributions(values)) {
            if (part.margin <= 0 || verdict.reasons.size() == kReasons) {
                break;
            }
            if (!std::isnan(values[part.feature])) {
                verdict.reasons.push_back(sentence(part.feature, values[part.feature]));
            }
        }
    }

    // The points one session and its destination bring.
    std::vector<HostPoint> points_of(const metadata::Record& record,
                                     const features::Session& session,
                                     const BehaviourVerdict& verdict) const {
        const std::string server = server_text(record, session);
        const model::Thresholds thresholds = model.thresholds();
        const bool above_low = verdict.score >= thresholds.low;
        std::vector<HostPoint> points;
        const auto add = [&](const char* kind, double value, const std::string& why) {
            points.push_back({kind, value, record.start, why});
        };
        if (record.reason == metadata::Reason::CertificateBlocklist) {
            add("certificate-list", 10, "certificate of " + server + " is on a list");
        } else if (record.reason == metadata::Reason::ServerBlocklist) {
            add("server-list", 9, server + " is on a list");
        }
        if (verdict.score >= thresholds.high) {
            add("session", 7,
                "session with " + server + " looks like malware, score " +
                    decimals(verdict.score, "%.3f"));
        } else if (above_low) {
            add("session", 4,
                "session with " + server + " is suspicious, score " +
                    decimals(verdict.score, "%.3f"));
        }
        const float nameless = session.values[Feature::nameless_servers];
        if (session.name.empty() &&
            nameless >= (session.dns_visible ? kNamelessServers : kNamelessWithoutDns)) {
            add("nameless", 7,
                decimals(nameless, "%.0f") +
                    " servers within an hour that neither "
                    "the client nor an answer of DNS named, " +
                    server + " among them");
        }
        const DestinationFacts& facts = verdict.destination;
        if (above_low && facts.above_low >= 2) {
            add("+repeated", facts.above_low >= 3 ? 3 : 2,
                decimals(facts.above_low, "%.0f") + " suspicious sessions with " + server);
        }
        if (facts.clients <= kFewClients && suspicious(session, above_low)) {
            if (facts.beacon()) {
                add("+beacon", 3, beacon_text(facts) + " with " + server);
            } else if (facts.burst()) {
                add("+burst", 3,
                    decimals(facts.sessions_hour, "%.0f") + " sessions within an hour with " +
                        server);
            }
        }
        return points;
    }

    BehaviourOptions options;
    model::Model model;
    features::Context context;
    features::Destinations destinations;
    KeyedHash hash;
    BoundedMap<std::array<uint8_t, 16>, HostLevel> hosts;
};

BehaviourScorer::BehaviourScorer(const model::Files& files,
                                 std::shared_ptr<const x509::ChainVerifier> roots,
                                 const BehaviourOptions& options)
    : impl_(std::make_unique<Impl>(files, std::move(roots), options, new_hash())) {}

BehaviourScorer::~BehaviourScorer() = default;

void BehaviourScorer::learn(const Sha1Digest& sha1, std::span<const uint8_t> der) {
    impl_->context.learn(sha1, der);
}

BehaviourVerdict BehaviourScorer::judge(const metadata::Record& record,
                                        const metadata::CertificateSummary* leaf,
                                        const std::string& key) {
    const features::Session session = impl_->context.observe(record, leaf);
    BehaviourVerdict verdict;
    verdict.score = impl_->model.score(session.values);
    const bool above_low = verdict.score >= impl_->model.thresholds().low;
    verdict.destination = impl_->destinations.note(record, session, verdict.score, above_low, key);
    HostLevel& host = impl_->hosts.touch(record.client.ip.bytes());
    for (HostPoint& point : impl_->points_of(record, session, verdict)) {
        verdict.reasons.push_back(point.reason);
        host.hold(std::move(point));
    }
    if (above_low) {
        host.note_bad_destination(impl_->hash(server_text(record, session)), record.start);
        impl_->explain(verdict, session.values);
    }
    verdict.level = host.level(record.start, impl_->options.half_life);
    return verdict;
}

std::map<net::IpAddress, double> BehaviourScorer::levels(Timestamp now) const {
    std::map<net::IpAddress, double> levels;
    impl_->hosts.for_each([&](const std::array<uint8_t, 16>& ip, const HostLevel& host) {
        levels[net::IpAddress(ip)] = host.level(now, impl_->options.half_life);
    });
    return levels;
}

const model::Model& BehaviourScorer::model() const {
    return impl_->model;
}

uint64_t BehaviourScorer::hosts_evicted() const {
    return impl_->hosts.evicted();
}

}  // namespace eti::analysis
