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
// traffic_of: sessions that are measured once established last longer than a run of so many flows;
// segments is how many early segments a half-open flow holds.
std::vector<Share> traffic_of(std::string_view mode, uint32_t flows, unsigned segments);

// Traffic keeps a number of sessions open and takes a packet of each in turn. Where one ends, a
// new flow takes its place. The same arguments give the same packets in the same order.
class Traffic {
  public:
    struct Next {
        const TemplatePacket* packet = nullptr;
        uint32_t flow = 0;
    };

    // Sessions that have an opening take it in groups of at least this many, or all together: a
    // real box never sees all its flows in their handshakes.
    static constexpr uint32_t kGroup = 4096;

    Traffic(std::vector<Share> shares, uint32_t flows);

    Next next();
    uint32_t flows_started() const { return next_flow_; }
    uint32_t sessions_ended() const { return ended_; }
    // opening: how many packets it takes until every session is established; 0: none is.
    uint64_t opening() const { return uint64_t{opening_rounds_} * slots_.size(); }
    // left is, after the opening, how many packets it takes until every session has ended.
    uint64_t left() const { return packets_.size() * slots_.size() - opening(); }
    // probe is a packet with a stamp, whose size no other has; or none.
    const TemplatePacket* probe() const;
    // flood puts so many SYNs, each of a new flow, after every packet from here on.
    void flood(unsigned syns_per_packet);

  private:
    struct Slot {
        uint32_t flow = 0;
        uint32_t packet = 0;
    };
    void renew(Slot& slot);
    void next_round();
    void next_group();

    std::vector<TemplatePacket> packets_;  // of all kinds of session
    std::vector<uint32_t> first_;          // of a kind, by its share of flows; repeated
    std::vector<Slot> slots_;
    std::size_t turn_ = 0;
    std::size_t group_ = 0;  // the first of those that take turns
    std::size_t group_end_ = 0;
    uint32_t rounds_ = 0;  // of this group, until it is open
    uint32_t next_flow_ = 0;
    uint32_t ended_ = 0;
    uint32_t opening_rounds_ = 0;
    TemplatePacket syn_;
    unsigned syns_per_packet_ = 0;
    unsigned syns_due_ = 0;
    uint32_t next_syn_ = 1U << 29;  // far from the flows of sessions
};

}  // namespace eti::bench
