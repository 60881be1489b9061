// NDJSON lines to records, by simdjson. Lines come from the network: each is checked, a bad one
// is named and left out, the good ones are kept.
#pragma once

#include "eti/ingest/session_record.h"

#include <string>

namespace eti::analysis {

struct RecordLimits {
    std::size_t max_line_bytes = 256UL << 10;
    std::size_t max_lines = 100'000;
};

// parse_records returns false when the batch holds more lines than it may; batch is then unset.
// Empty lines are skipped. The body is moved into batch.text. Any thread.
bool parse_records(std::string& body, RecordBatch& batch, const RecordLimits& limits = {});

}  // namespace eti::analysis
