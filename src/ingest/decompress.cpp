#include "eti/ingest/decompress.h"

#include "eti/base/check.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <memory>

namespace eti::analysis {
namespace {

constexpr int kMaxWindowLog = 23;  // 8 MiB: what a stream may make us hold beside its output
constexpr std::size_t kChunkBytes = 64UL << 10;
using Chunk = std::array<char, kChunkBytes>;

bool equals_lower(std::string_view text, std::string_view lower) {
    return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == b;
    });
}

bool append_bounded(std::string& out, const Chunk& chunk, std::size_t size, std::size_t max) {
    if (size > max - out.size()) {
        return false;
    }
    out.append(chunk.data(), size);
    return true;
}

DecompressResult read_zstd(std::string_view body, std::size_t max_bytes, std::string& out) {
    // Making one costs more than unpacking a small batch.
    thread_local const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(
        ZSTD_createDCtx(), &ZSTD_freeDCtx);
    ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_and_parameters);
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
    ZSTD_inBuffer in{body.data(), body.size(), 0};
    Chunk chunk;
    while (true) {
        ZSTD_outBuffer piece{chunk.data(), chunk.size(), 0};
        // Zero exactly when a frame is complete and all of it came out.
        const std::size_t pending = ZSTD_decompressStream(context.get(), &piece, &in);
        if (ZSTD_isError(pending) != 0) {
            return DecompressResult::Damaged;
        }
        if (!append_bounded(out, chunk, piece.pos, max_bytes)) {
            return DecompressResult::TooLarge;
        }
        if (in.pos == in.size && pending == 0) {
            return DecompressResult::Ok;
        }
        if (in.pos == in.size && piece.pos < piece.size) {
            return DecompressResult::Damaged;  // nothing more comes out: the frame is incomplete
        }
    }
}

DecompressResult read_gzip(std::string_view body, std::size_t max_bytes, std::string& out) {
    if (body.size() > std::numeric_limits<uInt>::max()) {
        return DecompressResult::TooLarge;
    }
    z_stream stream{};
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) {
        return DecompressResult::Damaged;
    }
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> owner(&stream, &inflateEnd);
    std::string copy(body);  // zlib's interface takes a pointer to mutable bytes
    stream.next_in = reinterpret_cast<Bytef*>(copy.data());
    stream.avail_in = static_cast<uInt>(copy.size());
    Chunk chunk;
    while (true) {
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        const int result = inflate(&stream, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END) {
            return DecompressResult::Damaged;
        }
        if (!append_bounded(out, chunk, chunk.size() - stream.avail_out, max_bytes)) {
            return DecompressResult::TooLarge;
        }
        if (result == Z_STREAM_END) {
            return stream.avail_in == 0 ? DecompressResult::Ok : DecompressResult::Damaged;
        }
    }
}

}  // namespace

DecompressResult decompress(std::string_view encoding, std::string_view body, std::size_t max_bytes,
                            std::string& out) {
    out.clear();
    if (encoding.empty() || equals_lower(encoding, "identity")) {
        if (body.size() > max_bytes) {
            return DecompressResult::TooLarge;
        }
        out.assign(body);
        return DecompressResult::Ok;
    }
    if (equals_lower(encoding, "zstd")) {
        return read_zstd(body, max_bytes, out);
    }
    if (equals_lower(encoding, "gzip")) {
        return read_gzip(body, max_bytes, out);
    }
    return DecompressResult::UnknownEncoding;
}

std::string compress_zstd(std::string_view text) {
    constexpr int kFastest = 1;
    std::string out(ZSTD_compressBound(text.size()), '\0');
    const std::size_t size =
        ZSTD_compress(out.data(), out.size(), text.data(), text.size(), kFastest);
    ETI_CHECK(ZSTD_isError(size) == 0);
    out.resize(size);
    return out;
}

}  // namespace eti::analysis
