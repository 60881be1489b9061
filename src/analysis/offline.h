// Work on records without a service: from standard input, with fresh state.
#pragma once

#include "eti/x509/chain_verifier.h"

#include <istream>
#include <memory>
#include <ostream>
#include <string>

namespace eti::analysis {

// system_roots are Debian's; null when they are not installed, which messages then says.
std::shared_ptr<const x509::ChainVerifier> system_roots(std::ostream& messages);

// write_features reads records as NDJSON and writes a table, tab-separated with a header: what
// names the session, then its vector, in the shortest digits that give the same float32 again.
// Certificate lines among the records are learned; other lines are counted and named on messages.
void write_features(std::istream& records, std::ostream& out, std::ostream& messages);

struct ScoreOptions {
    std::string model;  // folder of model.json and side.json; empty: the built-in one
    std::string hosts;  // file for one "ip<TAB>highest level" per client; empty: none
};

// write_scores reads records as NDJSON and writes each line again, sessions with "score", "level"
// (of the client after it) and "reasons"; other lines as they were. Throws std::runtime_error.
void write_scores(const ScoreOptions& options, std::istream& records, std::ostream& out,
                  std::ostream& messages);
// write_thresholds writes the model's version, features and thresholds as JSON.
void write_thresholds(const ScoreOptions& options, std::ostream& out);

}  // namespace eti::analysis
