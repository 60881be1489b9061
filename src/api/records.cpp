#include "eti/api/context.h"
#include "eti/ingest/decompress.h"
#include "eti/ingest/record_parser.h"

#include <algorithm>
#include <memory>

namespace eti::analysis {
namespace {

constexpr std::size_t kMaxKeyBytes = 255;

std::string batch_key(const Request& request) {
    const std::string key = request.header("idempotency-key");
    const bool printable =
        std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (key.size() > kMaxKeyBytes || !printable) {
        throw RequestError(400,
                           "'Idempotency-Key' must be 1 to 255 printable characters: "
                           "SENSOR/BOOT/SEQUENCE");
    }
    return key;
}

// The body as it came is kept when it is zstd already.
void unpack(const ApiContext& context, Request& request, std::string& text, RecordBatch& batch) {
    const std::size_t most = context.limits.max_records_bytes;
    const std::string encoding = request.header("content-encoding");
    switch (decompress(encoding, request.body, most, text)) {
        case DecompressResult::Ok:
            break;
        case DecompressResult::UnknownEncoding:
            throw RequestError(415, "'Content-Encoding' must be zstd, gzip or identity");
        case DecompressResult::Damaged:
            throw RequestError(400, "the body is no complete stream of its 'Content-Encoding'");
        case DecompressResult::TooLarge:
            throw RequestError(413, "the batch is larger than " + std::to_string(most) +
                                        " bytes decompressed: send smaller ones");
    }
    const bool is_zstd = !encoding.empty() && (encoding[0] == 'z' || encoding[0] == 'Z');
    batch.packed = is_zstd ? std::move(request.body) : compress_zstd(text);
    request.body = std::string();
}

}  // namespace

asio::awaitable<Response> post_records(ApiContext& context, Request& request) {
    const std::string key = batch_key(request);
    ApiMetrics& metrics = context.metrics;
    if (context.writer.full()) {
        ++metrics.batches["throttled"];
        throw RequestError(429, "the queue of batches is full");
    }
    metrics.wire_bytes += request.body.size();
    // Shared with the writer, which may run the job after this coroutine was given up.
    const auto batch = std::make_shared<RecordBatch>();
    const auto answer = std::make_shared<std::string>();
    std::string text;
    try {
        unpack(context, request, text, *batch);
        metrics.decoded_bytes += text.size();
        if (!parse_records(text, *batch)) {
            throw RequestError(413, "the batch has more lines than one may: send smaller ones");
        }
    } catch (const RequestError&) {
        ++metrics.batches["refused"];
        throw;
    }
    const Timestamp now = context.now();
    const std::size_t bytes = batch->text.size() + batch->packed.size();
    Writer::Job job = [realm = request.realm, key, batch, answer, now](Engine& engine) {
        *answer = engine.ingest(realm, key, *batch, now);
    };
    co_await in_store(context, std::move(job), bytes);
    const bool duplicate = answer->find("\"duplicate\":true") != std::string::npos;
    ++metrics.batches[duplicate ? "duplicate" : "stored"];
    metrics.accepted += duplicate ? 0 : batch->accepted();
    metrics.rejected["schema"] += duplicate ? 0 : batch->rejected.size();
    co_return Response{202, "application/json", *answer, {}};
}

}  // namespace eti::analysis
