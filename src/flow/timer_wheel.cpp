#include "eti/flow/timer_wheel.h"

#include "eti/base/check.h"

#include <algorithm>
#include <bit>

namespace eti::flow {

TimerWheel::TimerWheel(uint32_t timers, uint32_t slots) : links_(timers), slots_(slots, kNone) {
    ETI_CHECK(std::has_single_bit(slots));
}

void TimerWheel::schedule(uint32_t index, uint64_t tick) {
    cancel(index);
    // The current slot is still being emptied, so a timer due now waits for the next tick.
    const uint64_t due = std::clamp(tick, now_ + 1, now_ + slots_.size() - 1);
    const auto slot = static_cast<uint32_t>(due & (slots_.size() - 1));
    Link& link = links_[index];
    link = {kNone, slots_[slot], slot};
    if (link.next != kNone) {
        links_[link.next].previous = index;
    }
    slots_[slot] = index;
}

void TimerWheel::cancel(uint32_t index) {
    Link& link = links_[index];
    if (link.slot == kNone) {
        return;
    }
    if (link.previous != kNone) {
        links_[link.previous].next = link.next;
    } else {
        slots_[link.slot] = link.next;
    }
    if (link.next != kNone) {
        links_[link.next].previous = link.previous;
    }
    link = {};
}

uint32_t TimerWheel::pop_due(uint64_t tick) {
    if (!started_) {
        // The first tick may be any number, such as seconds since the epoch.
        started_ = true;
        now_ = std::max(now_, tick > slots_.size() ? tick - slots_.size() : 0);
    }
    while (true) {
        const uint32_t index = slots_[now_ & (slots_.size() - 1)];
        if (index != kNone) {
            cancel(index);
            return index;
        }
        if (now_ >= tick) {
            return kNone;
        }
        // After a long silence every slot is visited once at most.
        now_ = tick - now_ > slots_.size() ? tick - slots_.size() : now_ + 1;
    }
}

}  // namespace eti::flow
