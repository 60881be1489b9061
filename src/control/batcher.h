// Collects rendered lines until count, size or age says flush.
#pragma once

#include "eti/control/batch_sink.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace eti::control {

struct BatchLimits {
    uint32_t records = 100;
    std::chrono::milliseconds age{1000};
    std::size_t bytes = 1U << 20;  // of rendered text; a single line may exceed it
};

// Batcher numbers its batches from 1. Callers append whole lines to text() and then say what they
// appended; the batch leaves at once when it is full and in flush_if_old when it is old.
class Batcher {
  public:
    Batcher(BatchSink& sink, BatchLimits limits) : sink_(sink), limits_(limits) {}

    void set_limits(const BatchLimits& limits) { limits_ = limits; }  // from the next line on
    std::string& text() { return batch_.ndjson; }
    void record_appended(Timestamp now, bool last_of_session);
    void certificate_appended(Timestamp now);
    void flush_if_old(Timestamp now);
    void flush();  // does nothing when empty

    uint32_t pending_records() const { return batch_.records; }
    uint32_t pending_sessions() const { return batch_.sessions; }

  private:
    void line_appended(Timestamp now);

    BatchSink& sink_;
    BatchLimits limits_;
    uplink::Batch batch_;
    uint64_t last_sequence_ = 0;
    bool open_ = false;
    Timestamp opened_{};
};

}  // namespace eti::control
