// Where finished batches go. The program hands in the uplink, tests hand in a list.
#pragma once

#include "eti/uplink/messages.h"

namespace eti::control {

class BatchSink {
  public:
    BatchSink() = default;
    virtual ~BatchSink() = default;
    BatchSink(const BatchSink&) = delete;
    BatchSink& operator=(const BatchSink&) = delete;

    virtual void submit(uplink::Batch batch) = 0;  // never waits
};

}  // namespace eti::control
