// zstd (RFC 8878) for batches, with its content checksum.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace eti::uplink {

std::string compress(std::string_view bytes);
// decompress returns nothing for damaged input or more than most bytes of content.
std::optional<std::string> decompress(std::string_view bytes, std::size_t most);

}  // namespace eti::uplink
