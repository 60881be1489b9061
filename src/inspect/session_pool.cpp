#include "session_pool.h"

#include <cstddef>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

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
    : counts_(huge_memory<SessionCounts>(sessions)),
      states_(huge_memory<SessionState>(sessions)),
      records_(sessions * PackedRecords::kBlocksPerRecord),
      sessions_(sessions) {
    free_.reserve(sessions);
    for (uint32_t i = sessions; i > 0; --i) {
        free_.push_back(i - 1);
    }
    free_states_ = free_;
}

SessionState& SessionPool::take_state(SessionCounts& counts) {
    counts.state = free_states_.back();
    free_states_.pop_back();
    SessionState* state = new (&states_.get()[counts.state]) SessionState;
    state->counts = &counts;
    return *state;
}

void SessionPool::give_back(SessionCounts& counts) {
    free_states_.push_back(std::exchange(counts.state, kNone));
}

uint32_t SessionPool::acquire() {
    if (free_.empty()) {
        return kNone;
    }
    const uint32_t index = free_.back();
    free_.pop_back();
    take_state(*new (&counts(index)) SessionCounts);
    return index;
}

void SessionPool::release(uint32_t index) {
    SessionCounts& session = counts(index);
    if (session.state != kNone) {
        give_back(session);
    }
    records_.release(session.packed);
    free_.push_back(index);
}

void SessionPool::pack(uint32_t index, metadata::Visibility visibility) {
    SessionCounts& session = counts(index);
    const SessionState& state = at(index);
    session.packed = records_.pack(state.record, state.leaf_sha256);
    if (session.packed != kNone) {
        session.visibility = visibility;
        give_back(session);
    }
}

SessionState& SessionPool::open(uint32_t index) {
    SessionCounts& session = counts(index);
    if (session.state != kNone) {
        return at(index);
    }
    SessionState& state = take_state(session);
    records_.unpack(session.packed, state.record, state.leaf_sha256);
    records_.release(std::exchange(session.packed, kNone));
    state.unpacked = true;
    return state;
}

void SessionPool::read_record(uint32_t index, metadata::Record& record) const {
    const SessionCounts& session = counts(index);
    if (session.state != kNone) {
        record = at(index).record;
        return;
    }
    std::optional<Sha256Digest> leaf_sha256;
    record = {};
    records_.unpack(session.packed, record, leaf_sha256);
}

void SessionPool::prefetch(uint32_t index) const {
    fetch(&counts(index));
}

void SessionPool::prefetch_state(uint32_t index) const {
    const SessionCounts& session = counts(index);
    if (!session.inspecting) {
        return;
    }
    const SessionState& state = at(index);
    fetch(&state.streams[0]);
    fetch(&state.streams[1] + 1);
    fetch(&state.tls);
    fetch_end(state.record.traffic.splt, session.packet_samples);
    fetch_end(state.record.traffic.records, session.record_samples);
}

}  // namespace eti::inspect
