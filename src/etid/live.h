// A new configuration into the running daemon.
#pragma once

#include "eti/config/settings.h"
#include "eti/control/controller.h"
#include "eti/uplink/uplink.h"

#include <string>

namespace eti {

// Live knows what the uplink was told last. Control thread only; what it is given must outlive it.
class Live {
  public:
    Live(control::Controller& controller, uplink::Uplink& uplink, uplink::Options options)
        : controller_(controller), uplink_(uplink), options_(std::move(options)) {}

    // apply puts settings in force without losing a packet or a record. What it throws has changed
    // nothing.
    void apply(const config::Settings& next);
    const uplink::Options& options() const { return options_; }

  private:
    control::Controller& controller_;
    uplink::Uplink& uplink_;
    uplink::Options options_;
};

// link_options are first with what the settings say of the link.
uplink::Options link_options(uplink::Options first, const config::Settings& settings);

}  // namespace eti
