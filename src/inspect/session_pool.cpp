#include "session_pool.h"

#include <new>
#include <type_traits>

namespace eti::inspect {
namespace {

// The first and the last cache line of a part.
template <typename Part>
void fetch(const Part& part) {
    const auto* bytes = reinterpret_cast<const char*>(&part);
    __builtin_prefetch(bytes, 1);
    __builtin_prefetch(bytes + sizeof part - 1, 1);
}

}  // namespace

static_assert(std::is_trivially_destructible_v<SessionState>);

SessionPool::SessionPool(uint32_t sessions)
    : memory_(huge_memory<SessionState>(sessions)), sessions_(sessions) {
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
    new (&at(index)) SessionState;
    return index;
}

void SessionPool::prefetch(uint32_t index) const {
    const SessionState& session = at(index);
    fetch(session.last_payload);
    fetch(session.tls);
    fetch(session.streams);
    fetch(session.record.traffic.splt);
    fetch(session.record.traffic.records);
    fetch(session.record.traffic.gaps);
    fetch(session.last_tls_record);
}

void SessionPool::release(uint32_t index) {
    free_.push_back(index);
}

}  // namespace eti::inspect
