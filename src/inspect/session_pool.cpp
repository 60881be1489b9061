#include "session_pool.h"

#include <new>
#include <type_traits>

namespace eti::inspect {

static_assert(std::is_trivially_destructible_v<SessionState>);
static_assert(alignof(SessionState) <= alignof(std::max_align_t));

SessionPool::SessionPool(uint32_t sessions)
    : memory_(std::make_unique_for_overwrite<std::byte[]>(sessions * sizeof(SessionState))),
      sessions_(sessions) {
    free_.reserve(sessions);
    for (uint32_t i = sessions; i > 0; --i) {
        free_.push_back(i - 1);
    }
}

uint32_t SessionPool::acquire() {
    if (free_.empty()) {
        return kNone;
    }
    const uint32_t index = free_.back();
    free_.pop_back();
    new (memory_.get() + index * sizeof(SessionState)) SessionState;
    return index;
}

void SessionPool::release(uint32_t index) {
    free_.push_back(index);
}

}  // namespace eti::inspect
