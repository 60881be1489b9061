// Which packet of which flow comes next.
#pragma once

#include "session_template.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace eti::bench {

// A kind of session with its share of the bytes.
struct Share {
    SessionTemplate session;
    double bytes = 1;
};

// mode_names are what traffic_of knows.
const std::vector<std::string>& mode_names();
// traffic_of: segments is how many early segments a half-open flow holds.
std::vector<Share> traffic_of(std::string_view mode, unsigned segments);

// Traffic keeps a number of sessions open and takes a packet of each in turn. Where one ends, a
// new flow takes its place. The same arguments give the same packets in the same order.
class Traffic {
  public:
    struct Next {
        const TemplatePacket* packet = nullptr;
        uint32_t flow = 0;
    };

    Traffic(std::vector<Share> shares, uint32_t flows);

    Next next();
    uint32_t flows_started() const { return next_flow_; }

  private:
    struct Slot {
        uint32_t flow = 0;
        uint16_t session = 0;
        uint32_t position = 0;
    };
    void renew(Slot& slot);

    std::vector<SessionTemplate> sessions_;
    std::vector<uint16_t> order_;  // of kinds, by their share of flows; repeated
    std::vector<Slot> slots_;
    std::size_t turn_ = 0;
    uint32_t next_flow_ = 0;
};

}  // namespace eti::bench
