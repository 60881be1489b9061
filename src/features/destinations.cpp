#include "eti/features/destinations.h"

#include "eti/base/bounded_map.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

namespace eti::features {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;
constexpr double kMergeSeconds = 1;

// In whole microseconds, as JSON has them.
double seconds_of(Timestamp time) {
    const auto micros = std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch());
    return std::chrono::duration<double>(micros).count();
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// MAD / median; not skewness, which finds nothing in a perfect timer: its quartiles coincide.
float irregularity_of(const std::vector<double>& values, std::size_t least) {
    if (values.size() < least) {
        return kMissing;
    }
    const double middle = median(values);
    std::vector<double> distances;
    for (const double value : values) {
        distances.push_back(std::abs(value - middle));
    }
    return middle > 0 ? static_cast<float>(median(distances) / middle) : kMissing;
}

float near_mode_of(const std::vector<double>& values, std::size_t least) {
    if (values.size() < least) {
        return kMissing;
    }
    std::ptrdiff_t most = 0;
    for (const double mode : values) {
        most = std::max(most, std::count_if(values.begin(), values.end(), [mode](double value) {
                            return std::abs(value - mode) <= 0.1 * mode;
                        }));
    }
    return static_cast<float>(most) / static_cast<float>(values.size());
}

// Ring keeps the last N values.
template <typename T, std::size_t N>
class Ring {
  public:
    void push(T value) {
        items_[next_ % N] = value;
        ++next_;
    }
    T* last() { return next_ == 0 ? nullptr : &items_[(next_ - 1) % N]; }
    std::vector<double> values() const {
        return {items_.begin(),
                items_.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(next_, N))};
    }

  private:
    std::array<T, N> items_{};
    uint32_t next_ = 0;
};

struct Pair {
    double first_s = 0;
    Ring<float, 24> starts;  // merged, seconds after first_s
    Ring<float, 12> bytes_out;
    std::array<uint16_t, 24> hours{};       // sessions by hour since 1970, modulo
    std::array<uint16_t, 6> ten_minutes{};  // the same by ten minutes
    int64_t last_s = 0;
    uint64_t last_key = 0;
    uint32_t sessions = 0;
    uint32_t hidden = 0;
    uint32_t above_low = 0;
    float best_score = 0;
};
using Key = std::array<uint8_t, 24>;  // client, keyed hash of the destination
// The map's node holds key, value, place, next and hash; the list's node two links and a pointer.
constexpr std::size_t kBytes = sizeof(Key) + sizeof(Pair) + 3 * 8 + 3 * 8 + 8 + 2 * 16;
static_assert(kBytes <= 512);

template <std::size_t N>
uint32_t add_to(std::array<uint16_t, N>& buckets, int64_t last, int64_t now, int64_t width,
                bool count) {
    const auto slot = [](int64_t number) {
        return static_cast<std::size_t>((number % int64_t{N} + int64_t{N}) % int64_t{N});
    };
    const int64_t from = last / width;
    const int64_t to = now / width;
    for (int64_t i = from + 1; i <= std::min(to, from + int64_t{N}); ++i) {
        buckets[slot(i)] = 0;
    }
    uint16_t& bucket = buckets[slot(to)];
    if (count && to > from - int64_t{N} && bucket < UINT16_MAX) {
        ++bucket;
    }
    uint32_t sum = 0;
    for (const uint16_t sessions : buckets) {
        sum += sessions;
    }
    return sum;
}

void note_start(Pair& pair, double at) {
    const auto after = static_cast<float>(at - pair.first_s);
    float* last = pair.starts.last();
    if (last != nullptr && std::abs(double{after} - double{*last}) <= kMergeSeconds) {
        return;
    }
    pair.starts.push(after);
}

void fill_intervals(DestinationFacts& facts, const Pair& pair) {
    std::vector<double> starts = pair.starts.values();
    std::sort(starts.begin(), starts.end());  // records come when sessions end
    std::vector<double> intervals;
    for (std::size_t i = 1; i < starts.size(); ++i) {
        const double interval = starts[i] - starts[i - 1];
        if (interval > kMergeSeconds && interval < static_cast<double>(kDay)) {
            intervals.push_back(interval);
        }
    }
    facts.starts = static_cast<uint32_t>(starts.size());
    facts.interval_s = intervals.empty() ? kMissing : static_cast<float>(median(intervals));
    facts.irregularity = irregularity_of(intervals, 5);
    facts.near_mode = near_mode_of(intervals, 5);
}

// A tool that keeps one connection for hours shows its timer inside it.
void fill_gaps(DestinationFacts& facts, const metadata::Record& record) {
    std::vector<double> gaps;
    for (const metadata::RecordSample& sample : record.traffic.records.view()) {
        if (sample.delta_us >= 1'000'000) {
            gaps.push_back(sample.delta_us * 1e-6);
        }
    }
    facts.gap_irregularity = irregularity_of(gaps, 8);
    facts.gap_s = gaps.empty() ? kMissing : static_cast<float>(median(gaps));
}

}  // namespace

bool DestinationFacts::regular_starts() const {
    return starts >= 6 && interval_s >= 2 && (irregularity < 0.15F || near_mode >= 0.8F);
}

struct Destinations::Impl {
    Impl(std::size_t limit, const KeyedHash& secret) : pairs(limit, secret), hash(secret) {}

    Key key_of(const metadata::Record& record, const Session& session) const {
        const std::string where = session.name.empty() ? net::to_string(record.server.ip) + " " +
                                                             std::to_string(record.server.port)
                                                       : session.name;
        const uint64_t word = hash(where);
        Key key{};
        auto at = std::ranges::copy(record.client.ip.bytes(), key.begin()).out;
        for (unsigned shift = 0; shift < 64; shift += 8) {
            *at++ = static_cast<uint8_t>(word >> shift);
        }
        return key;
    }

    BoundedMap<Key, Pair> pairs;
    KeyedHash hash;
};

Destinations::Destinations(std::size_t pairs)
    : impl_(std::make_unique<Impl>(pairs, KeyedHash::drawn())) {}

Destinations::~Destinations() = default;

DestinationFacts Destinations::note(const metadata::Record& record, const Session& session,
                                    float score, bool above_low, const std::string& key) {
    Pair& pair = impl_->pairs.touch(impl_->key_of(record, session));
    const double at = seconds_of(record.start);
    const auto second = static_cast<int64_t>(std::floor(at));
    const uint64_t mark = impl_->hash(key) | 1;
    if (pair.sessions == 0) {
        pair.first_s = at;
        pair.last_s = second;
    }
    const bool is_new = mark != pair.last_key;
    DestinationFacts facts;
    facts.sessions_day = add_to(pair.hours, pair.last_s, second, kHour, is_new);
    facts.sessions_hour = add_to(pair.ten_minutes, pair.last_s, second, kHour / 6, is_new);
    pair.last_s = std::max(pair.last_s, second);
    if (is_new) {
        pair.last_key = mark;
        ++pair.sessions;
        note_start(pair, at);
        pair.bytes_out.push(static_cast<float>(record.traffic.payload[0]));
        pair.hidden += session.values[Feature::certificate] > 0 ? 0U : 1U;
        pair.above_low += above_low ? 1U : 0U;
    }
    pair.best_score = std::max(pair.best_score, score);
    facts.hours = static_cast<uint32_t>(std::count_if(
        pair.hours.begin(), pair.hours.end(), [](uint16_t sessions) { return sessions > 0; }));
    facts.size_irregularity = irregularity_of(pair.bytes_out.values(), 4);
    facts.hidden_share = static_cast<float>(pair.hidden) / static_cast<float>(pair.sessions);
    facts.best_score = pair.best_score;
    facts.above_low = pair.above_low;
    facts.clients = static_cast<uint32_t>(session.values[Feature::name_clients]);
    fill_intervals(facts, pair);
    fill_gaps(facts, record);
    return facts;
}

std::size_t Destinations::size() const {
    return impl_->pairs.size();
}

uint64_t Destinations::evicted() const {
    return impl_->pairs.evicted();
}

std::size_t Destinations::bytes_per_pair() {
    return kBytes;
}

}  // namespace eti::features
