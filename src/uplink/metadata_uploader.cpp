#include "uplink/metadata_uploader.h"

#include "uplink/compression.h"
#include "uplink/responses.h"

#include <algorithm>
#include <string_view>

namespace eti::uplink {
namespace {

using Outcome = SubmissionResult::Outcome;

constexpr std::size_t kMostBatchBytes = 256U << 20;
// A batch that the service itself fails on so often steps behind the others.
constexpr uint32_t kFailuresBeforeSetBack = 3;

// is_last_of_session reads a rendered line; in a string quotes would be escaped. A blocked attempt
// is a record, but no session that was recognised.
bool is_last_of_session(std::string_view line) {
    return line.find(R"("phase":"end")") != std::string_view::npos &&
           line.find(R"("protocol":"unknown")") == std::string_view::npos;
}

bool is_final_refusal(long status) {
    return status == 400 || status == 413 || status == 422;
}

}  // namespace

MetadataUploader::MetadataUploader(const Options& options, HttpClient& http, LinkState& link,
                                   Mailbox<Event>& events, Spool& spool, Random random)
    : options_(options),
      http_(http),
      link_(link),
      events_(events),
      random_(std::move(random)),
      spool_(spool),
      backoff_(options.backoff_first, options.backoff_most) {}

void MetadataUploader::open() {
    for (const auto& [id, item] : spool_.items()) {
        waiting_.emplace(0, id);
        taken_.emplace(id, std::chrono::steady_clock::now());
    }
    link_.restored({spool_.records(), spool_.sessions()});
    update_numbers();
}

void MetadataUploader::take(std::vector<Batch> batches) {
    settle();  // what is decided must not be dropped as well
    std::vector<SpoolBatch> stored;
    for (const Batch& batch : batches) {
        stored.push_back(
            {options_.sensor + '/' + options_.boot + '/' + std::to_string(batch.sequence),
             batch.records, compress(batch.ndjson), batch.sessions});
    }
    const Spool::Added added = spool_.add(std::move(stored), in_flight_);
    for (const uint64_t id : added.dropped) {
        waiting_.erase({failures_[id] / kFailuresBeforeSetBack, id});
        failures_.erase(id);
    }
    for (const uint64_t id : added.ids) {
        waiting_.emplace(0, id);
        taken_.emplace(id, std::chrono::steady_clock::now());
    }
    report({Outcome::SpoolFull, added.lost_records, added.lost_sessions});
    update_numbers();
}

void MetadataUploader::report(SubmissionResult result) {
    if (result.records > 0) {
        events_.post(result);
    }
}

void MetadataUploader::run(SteadyTime now) {
    if (options_.analysis_url.empty() || !backoff_.ready(now)) {
        return;
    }
    while (!waiting_.empty() && in_flight_.size() < window_) {
        const uint64_t id = waiting_.begin()->second;
        waiting_.erase(waiting_.begin());
        post(id);
    }
    update_numbers();
}

void MetadataUploader::post(uint64_t id) {
    std::optional<std::string> body = spool_.body(id);
    if (!body) {
        lose(id);
        return;
    }
    HttpRequest request;
    request.url = options_.analysis_url + "/v1/records";
    request.post = true;
    request.body = std::move(*body);
    request.headers = {"Content-Type: application/x-ndjson", "Content-Encoding: zstd",
                       "Idempotency-Key: " + spool_.items().at(id).key};
    request.tls = options_.analysis_tls;
    request.token_file = options_.token_file;
    in_flight_.insert(id);
    http_.start(std::move(request), [this, id](const HttpRequest& sent, HttpResponse response) {
        on_answer(id, sent, response);
    });
}

void MetadataUploader::lose(uint64_t id) {
    const Spool::Item& item = spool_.items().at(id);
    results_.push_back({Outcome::Corrupt, item.records, item.sessions});
    decided_.push_back(id);
}

void MetadataUploader::on_answer(uint64_t id, const HttpRequest& request,
                                 const HttpResponse& response) {
    in_flight_.erase(id);
    if (response.status == 202) {
        on_accepted(id, request, response);
    } else if (is_final_refusal(response.status)) {
        on_reached();
        const Spool::Item& item = spool_.items().at(id);
        decide(id, {item.records, item.sessions});
    } else {
        try_again(id, response, unexpected(request, response));
    }
}

void MetadataUploader::on_reached() {
    link_.succeeded(Channel::Records);
    // An answer to an older exchange does not shorten a pause the service has asked for since.
    if (backoff_.ready(std::chrono::steady_clock::now())) {
        backoff_.succeeded();
    }
}

void MetadataUploader::on_accepted(uint64_t id, const HttpRequest& request,
                                   const HttpResponse& response) {
    const RecordsAnswer answer = parse_records_answer(response.body);
    if (!answer.error.empty()) {
        try_again(id, response,
                  request.url + ": " + answer.error + "; check what runs at that address");
        return;
    }
    on_reached();
    window_ = std::min(window_ + 1, kMostInFlight);
    decide(id, rejected_in(request.body, answer.rejected_lines));
}

// rejected_in counts the named lines that are session records; certificates are lines of a batch
// too, but no records.
LinkState::Amount MetadataUploader::rejected_in(const std::string& body,
                                                const std::vector<uint64_t>& lines) const {
    const std::optional<std::string> text =
        lines.empty() ? std::nullopt : decompress(body, kMostBatchBytes);
    if (!text) {
        return {};
    }
    LinkState::Amount count;
    uint64_t number = 0;
    std::size_t start = 0;
    for (const uint64_t line : lines) {  // ascending
        while (++number < line && start != std::string::npos) {
            const std::size_t end = text->find('\n', start);
            start = end == std::string::npos ? end : end + 1;
        }
        if (start >= text->size()) {
            break;
        }
        const std::size_t end = text->find('\n', start);
        const std::string_view rest = std::string_view(*text).substr(start, end - start);
        count.records += rest.starts_with(R"({"type":"certificate")") ? 0U : 1U;
        count.sessions += is_last_of_session(rest) ? 1U : 0U;
        start = end == std::string::npos ? end : end + 1;
    }
    return count;
}

void MetadataUploader::try_again(uint64_t id, const HttpResponse& response, std::string why) {
    const bool of_this_batch = response.status != 0 && response.status != 401 &&
                               response.status != 403 && response.status != 429 &&
                               response.status != 503;
    uint32_t& failures = failures_[id];
    failures += of_this_batch ? 1 : 0;
    waiting_.emplace(failures / kFailuresBeforeSetBack, id);
    // Exchanges that fail together are one failure of the link.
    const SteadyTime now = std::chrono::steady_clock::now();
    if (backoff_.ready(now)) {
        backoff_.failed(now, random_(), response.retry_after);
    }
    window_ = 1;
    link_.failed(Channel::Records, std::move(why));
}

void MetadataUploader::decide(uint64_t id, LinkState::Amount rejected) {
    const Spool::Item& item = spool_.items().at(id);
    const uint64_t records = std::min<uint64_t>(item.records, rejected.records);
    const uint64_t sessions = std::min<uint64_t>(item.sessions, rejected.sessions);
    if (records < item.records) {
        results_.push_back(
            {Outcome::Acknowledged, item.records - records, item.sessions - sessions});
    }
    if (records > 0) {
        results_.push_back({Outcome::Rejected, records, sessions});
    }
    decided_.push_back(id);
}

void MetadataUploader::settle() {
    if (!decided_.empty()) {
        spool_.remove(decided_);
        for (const uint64_t id : decided_) {
            failures_.erase(id);
        }
        decided_.clear();
    }
    for (const SubmissionResult& result : std::exchange(results_, {})) {
        report(result);
    }
    update_numbers();
}

void MetadataUploader::close() {
    spool_.flush();
    update_numbers();
}

void MetadataUploader::update_numbers() {
    const auto oldest = spool_.items().begin();
    if (oldest == spool_.items().end()) {
        taken_.clear();
        link_.oldest(std::nullopt);
    } else {
        taken_.erase(taken_.begin(), taken_.lower_bound(oldest->first));
        link_.oldest(taken_.at(oldest->first));
    }
    LinkState::Amount in_flight;
    for (const uint64_t id : in_flight_) {
        in_flight.records += spool_.items().at(id).records;
        in_flight.sessions += spool_.items().at(id).sessions;
    }
    // In flight and spooled are two rows of one ledger: a record is in one of them.
    link_.numbers(spool_.items().size() - in_flight_.size(), spool_.bytes(),
                  {spool_.records() - in_flight.records, spool_.sessions() - in_flight.sessions},
                  in_flight);
    link_.disk_problem(Disk::Spool, spool_.problem());
}

std::optional<SteadyTime> MetadataUploader::due() const {
    const bool can_start =
        !options_.analysis_url.empty() && !waiting_.empty() && in_flight_.size() < window_;
    return can_start ? std::optional(backoff_.due()) : std::nullopt;
}

}  // namespace eti::uplink
