// Deadlines of flows without scans: a hashed wheel of intrusive lists, one slot per tick.
#pragma once

#include <cstdint>
#include <vector>

namespace eti::flow {

// TimerWheel holds at most one timer per index. Ticks only grow. A timer farther away than the
// wheel reaches fires early and is scheduled again by whoever handles it: handlers check.
class TimerWheel {
  public:
    // slots is a power of two.
    TimerWheel(uint32_t timers, uint32_t slots);

    void schedule(uint32_t index, uint64_t tick);  // moves the timer if it already runs
    void cancel(uint32_t index);
    uint64_t now() const { return now_; }

    // advance fires timers due up to tick, at most budget of them, by calling fire(index). The
    // handler may schedule or cancel any timer. What is over budget fires in the next call.
    template <typename Fire>
    void advance(uint64_t tick, uint32_t budget, Fire&& fire) {
        while (budget > 0) {
            const uint32_t index = pop_due(tick);
            if (index == kNone) {
                return;
            }
            fire(index);
            --budget;
        }
    }

  private:
    static constexpr uint32_t kNone = UINT32_MAX;
    struct Link {
        uint32_t previous = kNone;
        uint32_t next = kNone;
        uint32_t slot = kNone;
    };
    // pop_due removes one timer of the slots up to tick; kNone when there is none.
    uint32_t pop_due(uint64_t tick);

    std::vector<Link> links_;
    std::vector<uint32_t> slots_;
    uint64_t now_ = 0;  // the slot of this tick may still hold timers
    bool started_ = false;
};

}  // namespace eti::flow
