#include "eti/ingest/decompress.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

namespace eti::analysis {
namespace {

std::string zstd(const std::string& text, int window_log = 0) {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    if (window_log != 0) {
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
        ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    }
    std::string out(ZSTD_compressBound(text.size()), '\0');
    std::size_t size = 0;
    if (window_log == 0) {
        size = ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size());
    } else {
        // Streaming without a known size: the frame really asks for the large window.
        ZSTD_inBuffer in{text.data(), text.size(), 0};
        ZSTD_outBuffer piece{out.data(), out.size(), 0};
        ZSTD_compressStream2(context, &piece, &in, ZSTD_e_continue);
        ZSTD_compressStream2(context, &piece, &in, ZSTD_e_end);
        size = piece.pos;
    }
    ZSTD_freeCCtx(context);
    out.resize(size);
    return out;
}

std::string gzip(std::string text) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

const std::string kText = "one line\nand another\n";

TEST(Decompress, ReadsEveryEncodingInAnyCase) {
    std::string out;
    EXPECT_EQ(decompress("", kText, 100, out), DecompressResult::Ok);
    EXPECT_EQ(out, kText);
    EXPECT_EQ(decompress("Identity", kText, 100, out), DecompressResult::Ok);
    EXPECT_EQ(decompress("ZSTD", zstd(kText), 100, out), DecompressResult::Ok);
    EXPECT_EQ(out, kText);
    EXPECT_EQ(decompress("GZip", gzip(kText), 100, out), DecompressResult::Ok);
    EXPECT_EQ(out, kText);
    EXPECT_EQ(decompress("zstd", zstd(kText) + zstd(kText), 100, out), DecompressResult::Ok);
    EXPECT_EQ(out, kText + kText) << "frames may follow each other";
    for (const char* unknown : {"br", "deflate", "zstd, gzip", "zst", "zstdd"}) {
        EXPECT_EQ(decompress(unknown, kText, 100, out), DecompressResult::UnknownEncoding);
    }
}

TEST(Decompress, ATruncatedOrExtendedStreamIsDamaged) {
    std::string out;
    for (const auto& [name, body] : {std::pair("zstd", zstd(kText)), {"gzip", gzip(kText)}}) {
        for (std::size_t size = 0; size < body.size(); ++size) {
            EXPECT_EQ(decompress(name, body.substr(0, size), 100, out), DecompressResult::Damaged)
                << name << " cut after " << size;
        }
        EXPECT_EQ(decompress(name, body + "x", 100, out), DecompressResult::Damaged) << name;
    }
}

TEST(Decompress, StopsABombAtTheBound) {
    constexpr std::size_t kMost = 1UL << 20;
    std::string out;
    const std::string fits(kMost, 'a');
    const std::string bomb(64 * kMost, 'a');
    for (const auto& [name, pack] : {std::pair(
                                         "zstd", +[](const std::string& t) { return zstd(t); }),
                                     {"gzip", +[](const std::string& t) { return gzip(t); }}}) {
        EXPECT_EQ(decompress(name, pack(fits), kMost, out), DecompressResult::Ok) << name;
        EXPECT_EQ(decompress(name, pack(fits + "b"), kMost, out), DecompressResult::TooLarge);
        EXPECT_EQ(decompress(name, pack(bomb), kMost, out), DecompressResult::TooLarge) << name;
        EXPECT_LE(out.capacity(), 4 * kMost) << name << ": no memory beyond the bound";
    }
    EXPECT_EQ(decompress("", fits + "b", kMost, out), DecompressResult::TooLarge);
}

TEST(Decompress, RefusesAWindowLargerThanItKeeps) {
    std::string out;
    const std::string text(100'000, 'w');
    EXPECT_EQ(decompress("zstd", zstd(text, 23), 1UL << 20, out), DecompressResult::Ok);
    EXPECT_EQ(decompress("zstd", zstd(text, 24), 1UL << 20, out), DecompressResult::Damaged);
}

}  // namespace
}  // namespace eti::analysis
