#include "eti/features/table.h"

namespace eti::features {
namespace {

constexpr std::string_view kPreface =
    "# What a session's vector holds\n"
    "\n"
    "Made from `include/eti/features/features.def` by `eti-analysis features --documentation`.\n"
    "\n"
    "`log` is log10(1 + x). A message is a run of application records in one direction, of the "
    "first 50\n"
    "records; in TLS 1.3 the server's handshake and the client's Finished are left out. What was "
    "not seen\n"
    "is missing (NaN), never 0. `trust` needs the certificates' bytes and the system's roots; "
    "`site` and\n"
    "`client` need the sessions before. A model names those it uses: `eti-analysis score "
    "--thresholds`.\n"
    "\n"
    "| name | group | unit | definition |\n"
    "|---|---|---|---|\n";

}  // namespace

std::string documentation() {
    std::string text(kPreface);
    for (const FeatureText& row : feature_table()) {
        text.append("| `").append(row.name).append("` | ").append(name_of(row.group));
        text.append(" | ").append(row.unit).append(" | ").append(row.definition).append(" |\n");
    }
    return text;
}

}  // namespace eti::features
