#include "uplink/compression.h"

#include "eti/base/check.h"

#include <zstd.h>

#include <memory>

namespace eti::uplink {
namespace {
constexpr int kLevel = 3;
}

std::string compress(std::string_view bytes) {
    const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                       &ZSTD_freeCCtx);
    ETI_CHECK(context != nullptr);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    std::string result(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size =
        ZSTD_compress2(context.get(), result.data(), result.size(), bytes.data(), bytes.size());
    ETI_CHECK(ZSTD_isError(size) == 0U);  // the bound was the library's own
    result.resize(size);
    result.shrink_to_fit();  // a batch may wait in memory for long
    return result;
}

std::optional<std::string> decompress(std::string_view bytes, std::size_t most) {
    const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > most) {
        return std::nullopt;
    }
    std::string result(static_cast<std::size_t>(size), '\0');
    const std::size_t written =
        ZSTD_decompress(result.data(), result.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(written) != 0U || written != result.size()) {
        return std::nullopt;
    }
    return result;
}

}  // namespace eti::uplink
