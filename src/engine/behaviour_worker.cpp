#include "eti/engine/behaviour_worker.h"

#include "eti/engine/writer.h"
#include "eti/ingest/record_parser.h"
#include "eti/metadata/record_json.h"
#include "eti/store/sqlite.h"

#include <algorithm>
#include <future>
#include <optional>
#include <string_view>
#include <utility>

namespace eti::analysis {
namespace {

constexpr std::size_t kBatchesRead = 4;

// The session as the engine took it; none when it had refused the line.
std::optional<SessionRecord> session_in(std::string_view line) {
    std::string text(line);
    RecordBatch batch;
    parse_records(text, batch);
    return batch.sessions.empty() ? std::nullopt : std::optional(std::move(batch.sessions.front()));
}

}  // namespace

BehaviourJudge::BehaviourJudge(Database& database, const BehaviourWorkerOptions& options)
    : database_(database),
      options_(options),
      model_(std::make_shared<const model::Model>(options.model)) {}

BehaviourJudge::~BehaviourJudge() = default;

BehaviourScorer& BehaviourJudge::scorer_of(Realm realm) {
    auto& scorer = scorers_[realm];
    if (!scorer) {
        scorer = std::make_unique<BehaviourScorer>(model_, options_.knowledge, options_.behaviour);
    }
    return *scorer;
}

// Certificates come once, perhaps in another batch than the sessions that show them.
void BehaviourJudge::learn(BehaviourScorer& scorer, Realm realm, const metadata::Record& record) {
    for (const Sha1Digest& sha1 : record.certificate.chain.view()) {
        if (scorer.knows(sha1)) {
            continue;
        }
        Query row = database_.query(
            "SELECT der FROM certificates WHERE realm = ? AND sha1 = ? AND length(der) > 0", realm,
            metadata::to_hex(sha1));
        if (row.next()) {
            const std::string der = row.text(0);
            scorer.learn(sha1, {reinterpret_cast<const uint8_t*>(der.data()), der.size()});
        }
    }
}

std::vector<BehaviourFinding> BehaviourJudge::judge(const LoggedBatch& batch) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<BehaviourFinding> findings;
    BehaviourScorer& scorer = scorer_of(batch.realm);
    FullRecord session;
    CertificateLine certificate;
    std::string_view rest = batch.lines;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const RecordReader::Kind kind = reader_.read(line, session, certificate);
        if (kind == RecordReader::Kind::Certificate) {
            scorer.learn(certificate.sha1, certificate.der);
        }
        if (kind != RecordReader::Kind::Session ||
            session.record.protocol == metadata::Protocol::Unknown) {
            continue;  // nothing behind it
        }
        learn(scorer, batch.realm, session.record);
        BehaviourVerdict verdict =
            scorer.judge(session.record, session.leaf ? &*session.leaf : nullptr, session.key);
        ++figures_.sessions;
        figures_.usual += verdict.usual ? 1 : 0;
        if (verdict.evidence.empty()) {
            continue;
        }
        if (auto taken = session_in(line)) {
            ++figures_.suspicious;
            findings.push_back({std::move(*taken), std::move(verdict.evidence)});
        }
    }
    figures_.seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return findings;
}

void BehaviourJudge::forget() {
    scorers_.clear();
    figures_ = {};
}

BehaviourWorker::BehaviourWorker(Database& database, Writer& writer, BehaviourWorkerOptions options)
    : database_(database),
      stores_(embedded_stores(database)),
      writer_(writer),
      options_(std::move(options)),
      judge_(database, options_) {}

BehaviourWorker::~BehaviourWorker() {
    stop();
}

void BehaviourWorker::start() {
    thread_ = std::thread([this] { run(); });
}

void BehaviourWorker::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) {
        thread_.join();
    }
}

void BehaviourWorker::wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    wake_.notify_one();
}

BehaviourFigures BehaviourWorker::figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
}

// sleep is false when it is time to leave.
bool BehaviourWorker::sleep(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, time, [this] { return stopping_ || woken_; });
    woken_ = false;
    return !stopping_;
}

void BehaviourWorker::run() {
    bool remembered = false;
    bool more = true;
    while (more || sleep(options_.retry)) {
        bool waiting = false;
        more = false;
        try {
            if (!remembered) {  // one that failed half way would count its sessions twice
                judge_.forget();
                remember();
                remembered = true;
            }
            more = judge_next();
        } catch (const StorageError&) {
            waiting = true;
        }
        const std::lock_guard lock(mutex_);
        figures_ = judge_.figures();
        figures_.waiting = waiting;
        more = more && !stopping_;
    }
}

// What was judged before the start is read once more, so that what follows is seen as it would
// have been without the restart. Nothing of it is stored again.
void BehaviourWorker::remember() {
    const int64_t judged = stores_.records->acknowledged(kGroup);
    int64_t position = stores_.records->last_before(options_.now() - options_.memory);
    while (position < judged) {
        const auto batches = stores_.records->read_from(position, kBatchesRead);
        for (const LoggedBatch& batch : batches) {
            if (batch.position > judged) {
                return;
            }
            judge_.judge(batch);
        }
        if (batches.empty()) {
            return;
        }
        position = batches.back().position;
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            return;
        }
    }
}

// judge_next is false when there is nothing left.
bool BehaviourWorker::judge_next() {
    const auto batches = stores_.records->read(kGroup, kBatchesRead);
    for (const LoggedBatch& batch : batches) {
        if (!store(judge_.judge(batch), batch.realm, batch.position)) {
            return false;
        }
    }
    return !batches.empty();
}

// A batch that was judged is stored, or the thread is to leave: judging it again would count its
// sessions twice.
bool BehaviourWorker::store(std::vector<BehaviourFinding> findings, Realm realm, int64_t position) {
    const auto shared = std::make_shared<const std::vector<BehaviourFinding>>(std::move(findings));
    while (true) {
        auto stored = std::make_shared<std::promise<bool>>();
        auto result = stored->get_future();
        const bool taken = writer_.submit(
            [shared, realm, position, now = options_.now()](Engine& engine) {
                engine.hold_behaviour(realm, *shared, now);
                engine.behaviour_judged(kGroup, position);
            },
            [stored](std::exception_ptr error) { stored->set_value(error == nullptr); });
        if (taken && result.get()) {
            return true;
        }
        {
            const std::lock_guard lock(mutex_);
            figures_.waiting = true;
        }
        if (!sleep(options_.retry)) {
            return false;
        }
    }
}

}  // namespace eti::analysis
