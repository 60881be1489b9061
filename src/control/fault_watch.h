// Which faults hold that keep sessions from being judged, and what the operator wants done then.
#pragma once

#include "eti/base/clock.h"
#include "eti/config/settings.h"
#include "eti/policy/policy.h"
#include "eti/uplink/messages.h"

namespace eti::control {

// FaultWatch follows the link to the analysis service. Before its first word the service counts as
// away.
class FaultWatch {
  public:
    void on_link(const uplink::LinkStatus& link, Timestamp now);
    bool service_away(const config::Settings& settings) const;
    policy::Exceptions exceptions(const config::Settings& settings, Timestamp now) const;

  private:
    bool connected_ = false;
    Timestamp oldest_ = Timestamp::max();  // when the oldest record that waits was made
};

// log_change tells the operator's log which faults came and went.
void log_change(const policy::Exceptions& before, const policy::Exceptions& after);

}  // namespace eti::control
