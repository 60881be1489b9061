// Lines of a stranger's making, read and judged one after the other by a scorer that knew nothing
// before and remembers little.
#include "eti/base/check.h"
#include "eti/ingest/record_reader.h"
#include "eti/scoring/behaviour.h"
#include "eti/scoring/kinds.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace {

using namespace eti::analysis;
using eti::model::Model;

constexpr std::size_t kLines = 64;

BehaviourScorer new_scorer() {
    static const auto roots = eti::x509::ChainVerifier::of_system();
    // Never destroyed: XGBoost keeps a part of it per thread, and that is gone before statics are.
    static const auto& model = *new auto(std::make_shared<const Model>(eti::model::built_in()));
    BehaviourOptions options;
    options.usual_after = std::chrono::hours(1);
    options.clients = 4;
    options.limits = {4, 4, 4, 8, 4};
    return BehaviourScorer(model, {roots, nullptr}, options);
}

void check(const BehaviourVerdict& verdict, const eti::model::Thresholds& thresholds) {
    ETI_CHECK(verdict.score >= 0 && verdict.score <= 1);
    ETI_CHECK(verdict.reasons.empty() || verdict.score >= thresholds.low);
    ETI_CHECK(!verdict.usual || verdict.evidence.empty());
    for (const Evidence& evidence : verdict.evidence) {
        ETI_CHECK(kind_named(evidence.kind).name == evidence.kind);
        ETI_CHECK(std::ranges::count(verdict.evidence, evidence.kind, &Evidence::kind) == 1);
        ETI_CHECK(evidence.level > 0 && evidence.level <= eti::intel::kMaxThreatLevel);
        ETI_CHECK(evidence.detail.size() < 2048);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static RecordReader reader;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    BehaviourScorer scorer = new_scorer();
    FullRecord session;
    CertificateLine certificate;
    for (std::size_t lines = 0; lines < kLines && !rest.empty(); ++lines) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        switch (reader.read(line, session, certificate)) {
            case RecordReader::Kind::Session:
                check(scorer.judge(session.record, session.leaf ? &*session.leaf : nullptr,
                                   session.key),
                      scorer.model().thresholds());
                break;
            case RecordReader::Kind::Certificate:
                scorer.learn(certificate.sha1, certificate.der);
                ETI_CHECK(scorer.knows(certificate.sha1));
                break;
            case RecordReader::Kind::Other:
                break;
        }
    }
    return 0;
}
