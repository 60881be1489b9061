#include "eti/scoring/behaviour.h"

#include "eti/base/bounded_map.h"
#include "scoring/behaviour_rules.h"

#include <algorithm>
#include <cmath>

namespace eti::analysis {
namespace {

constexpr std::size_t kReasons = 5;
constexpr std::size_t kManifestDigits = 12;
constexpr std::chrono::hours kDestinationsWindow{24};

// The destinations of one client that had a suspicious session, each with its latest.
class BadDestinations {
  public:
    static constexpr std::size_t kMax = 32;

    void note(uint64_t destination, Timestamp at) {
        const auto same = std::ranges::find(visits_, destination, &Visit::destination);
        if (same != visits_.end()) {
            same->at = std::max(same->at, at);
        } else if (visits_.size() < kMax) {
            visits_.push_back({destination, at});
        } else {
            *std::ranges::min_element(visits_, {}, &Visit::at) = {destination, at};
        }
    }
    uint32_t within(Timestamp now) const {
        return static_cast<uint32_t>(std::ranges::count_if(visits_, [now](const Visit& visit) {
            return visit.at <= now && now - visit.at <= kDestinationsWindow;
        }));
    }

  private:
    struct Visit {
        uint64_t destination = 0;
        Timestamp at{};
    };
    std::vector<Visit> visits_;
};

}  // namespace

struct BehaviourScorer::Impl {
    Impl(std::shared_ptr<const model::Model> shared, features::Knowledge knowledge,
         const BehaviourOptions& chosen, const KeyedHash& secret)
        : options(chosen),
          model(std::move(shared)),
          context(std::move(knowledge), chosen.limits),
          hash(secret),
          clients(chosen.clients, secret),
          version(model->version() + "-" + model->manifest().substr(0, kManifestDigits)) {}

    // The features that raised the score, the weightiest first.
    std::vector<features::Feature> raising(const features::Vector& values) const {
        std::vector<features::Feature> found;
        for (const model::Contribution& part : model->contributions(values)) {
            if (part.margin <= 0 || found.size() == kReasons) {
                break;
            }
            if (!std::isnan(values[part.feature])) {
                found.push_back(part.feature);
            }
        }
        return found;
    }

    BehaviourOptions options;
    std::shared_ptr<const model::Model> model;
    features::Context context;
    features::Destinations destinations;
    KeyedHash hash;
    BoundedMap<std::array<uint8_t, 16>, BadDestinations> clients;
    std::string version;  // the model's, and what it was trained on
};

BehaviourScorer::BehaviourScorer(std::shared_ptr<const model::Model> model,
                                 features::Knowledge knowledge, const BehaviourOptions& options)
    : impl_(std::make_unique<Impl>(std::move(model), std::move(knowledge), options,
                                   KeyedHash::drawn())) {}

BehaviourScorer::BehaviourScorer(const model::Files& files, features::Knowledge knowledge,
                                 const BehaviourOptions& options)
    : BehaviourScorer(std::make_shared<const model::Model>(files), std::move(knowledge), options) {}

BehaviourScorer::~BehaviourScorer() = default;

void BehaviourScorer::learn(const Sha1Digest& sha1, std::span<const uint8_t> der) {
    impl_->context.learn(sha1, der);
}

bool BehaviourScorer::knows(const Sha1Digest& sha1) const {
    return impl_->context.knows(sha1);
}

BehaviourVerdict BehaviourScorer::judge(const metadata::Record& record,
                                        const metadata::CertificateSummary* leaf,
                                        const std::string& key) {
    const features::Session session = impl_->context.observe(record, leaf);
    BehaviourVerdict verdict;
    verdict.score = impl_->model->score(session.values);
    SessionFacts facts{
        record, session, verdict.score, impl_->model->thresholds(), impl_->version, {}, {}, 0};
    facts.destination =
        impl_->destinations.note(record, session, verdict.score, facts.above_low(), key);
    verdict.destination = facts.destination;
    verdict.usual = is_usual(session.values, impl_->options.usual_after);
    if (facts.above_low()) {
        facts.raising = impl_->raising(session.values);
        for (const features::Feature feature : facts.raising) {
            verdict.reasons.push_back(sentence(feature, session.values[feature]));
        }
    }
    if (facts.above_low() && !verdict.usual) {
        BadDestinations& bad = impl_->clients.touch(record.client.ip.bytes());
        bad.note(impl_->hash(server_text(record, session)), record.start);
        facts.bad_destinations = bad.within(record.start);
    }
    verdict.evidence = behaviour_evidence(facts);
    verdict.usual = verdict.usual && !verdict.evidence.empty();
    if (verdict.usual) {
        verdict.evidence.clear();
    }
    return verdict;
}

const model::Model& BehaviourScorer::model() const {
    return *impl_->model;
}

}  // namespace eti::analysis
