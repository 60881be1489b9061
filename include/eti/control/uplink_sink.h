// The real BatchSink.
#pragma once

#include "eti/control/batch_sink.h"
#include "eti/uplink/uplink.h"

#include <utility>

namespace eti::control {

class UplinkSink final : public BatchSink {
  public:
    explicit UplinkSink(uplink::Uplink& uplink) : uplink_(uplink) {}

    void submit(uplink::Batch batch) override { uplink_.submit(std::move(batch)); }

  private:
    uplink::Uplink& uplink_;
};

}  // namespace eti::control
