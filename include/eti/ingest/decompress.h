// Bodies as they arrive, decompressed within a bound.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace eti::analysis {

enum class DecompressResult : unsigned char { Ok, UnknownEncoding, Damaged, TooLarge };

// decompress fills out with at most max_bytes. Encoding is the Content-Encoding: empty or
// identity, gzip, zstd (any case). Any thread.
DecompressResult decompress(std::string_view encoding, std::string_view body, std::size_t max_bytes,
                            std::string& out);

// compress_zstd is for what was posted in another encoding. Any thread.
std::string compress_zstd(std::string_view text);

}  // namespace eti::analysis
