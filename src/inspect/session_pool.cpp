#include "session_pool.h"

#include <cstddef>
#include <new>
#include <type_traits>

namespace eti::inspect {
namespace {

void fetch(const void* line) {
    __builtin_prefetch(line, 1);
}

// Where push will write: the next item, and the size behind the last.
template <typename T, std::size_t N>
void fetch_end(const BoundedList<T, N>& list, uint8_t size) {
    const auto* items = reinterpret_cast<const char*>(&list);
    fetch(items + size * sizeof(T));
    fetch(items + N * sizeof(T));
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
    fetch(&session.last_payload);
    fetch(&session.gaps);
}

void SessionPool::prefetch_samples(uint32_t index) const {
    const SessionState& session = at(index);
    if (!session.inspecting) {
        return;
    }
    fetch(&session.streams[0]);
    fetch(&session.streams[1] + 1);
    fetch(&session.tls);
    fetch_end(session.record.traffic.splt, session.packet_samples);
    fetch_end(session.record.traffic.records, session.record_samples);
}

void SessionPool::release(uint32_t index) {
    free_.push_back(index);
}

}  // namespace eti::inspect
