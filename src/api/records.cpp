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

std::string records_text(const ApiContext& context, Request& request) {
    std::string text;
    const std::size_t most = context.limits.max_records_bytes;
    switch (decompress(request.header("content-encoding"), request.body, most, text)) {
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
    request.body = std::string();
    return text;
}

}  // namespace

asio::awaitable<Response> post_records(ApiContext& context, Request& request) {
    const std::string key = batch_key(request);
    if (context.writer.full()) {
        throw RequestError(429, "the queue of batches is full");
    }
    std::string text = records_text(context, request);
    // Shared with the writer, which may run the job after this coroutine was given up.
    const auto batch = std::make_shared<RecordBatch>();
    const auto answer = std::make_shared<std::string>();
    if (!parse_records(text, *batch)) {
        throw RequestError(413, "the batch has more lines than one may: send smaller ones");
    }
    const Timestamp now = context.now();
    Writer::Job job = [key, batch, answer, now](Engine& engine) {
        *answer = engine.ingest(key, *batch, now);
    };
    co_await in_store(context, std::move(job), text.size());
    co_return Response{202, "application/json", *answer, {}};
}

}  // namespace eti::analysis
