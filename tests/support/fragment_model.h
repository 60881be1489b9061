// What FragmentCache must answer while memory lasts, written for clearness: each datagram is a
// list of runs of bytes, as in Linux, where a run grows only at the end of the datagram.
#pragma once

#include "eti/decap/fragment_cache.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace eti::test {

class FragmentModel {
  public:
    using Bytes = std::vector<uint8_t>;

    explicit FragmentModel(const decap::FragmentLimits& limits) : limits_(limits) {}

    // add leaves the payload of a completed datagram in payload.
    decap::Reassembly add(const decap::Fragment& fragment, Timestamp now, Bytes& payload) {
        using decap::Reassembly;
        const Bytes bytes = usable(fragment);
        const std::size_t end = fragment.offset + bytes.size();
        if (fragment.ipv6 && ((fragment.more && bytes.size() % 8 != 0) || end > 65535)) {
            return Reassembly::Malformed;
        }
        if (fragment.ipv6 && fragment.offset == 0 && bytes.size() < 8) {
            return Reassembly::Discarded;  // the scripts know UDP only
        }
        const Key key = key_of(fragment);
        const Duration timeout = fragment.ipv6 ? limits_.timeout_v6 : limits_.timeout_v4;
        if (datagrams_.contains(key) &&
            now - datagrams_[key].first_seen >= timeout + limits_.guard) {
            datagrams_.erase(key);
        }
        const auto [place, is_new] = datagrams_.try_emplace(key);
        Datagram& datagram = place->second;
        if (is_new) {
            datagram.first_seen = now;
        }
        if (now - datagram.first_seen >= timeout - limits_.guard) {
            datagram.refused = true;
        }
        if (datagram.refused) {
            return Reassembly::Discarded;
        }
        const Reassembly result = datagram.add(fragment, bytes);
        datagram.refused = result == Reassembly::Overlap || result == Reassembly::Discarded;
        if (result == Reassembly::Complete) {
            payload = datagram.runs_joined();
            datagrams_.erase(place);
        }
        return result;
    }
    std::size_t datagrams() const { return datagrams_.size(); }

  private:
    using Key =
        std::tuple<net::IpAddress, net::IpAddress, uint32_t, uint8_t, uint16_t, uint8_t, bool>;
    struct Run {
        std::size_t start = 0;
        Bytes bytes;
        std::size_t end() const { return start + bytes.size(); }
    };

    struct Datagram {
        decap::Reassembly add(const decap::Fragment& fragment, const Bytes& bytes) {
            using decap::Reassembly;
            const std::size_t end = fragment.offset + bytes.size();
            if (bytes.empty() || end > 65535 || !agrees(end, !fragment.more)) {
                return Reassembly::Overlap;
            }
            length = std::max(length, end);
            has_last = has_last || !fragment.more;
            const Reassembly result = insert({fragment.offset, bytes});
            if (result != Reassembly::Waiting) {
                return result;
            }
            ecn.insert(fragment.ipv6 ? fragment.header[1] >> 4 & 3 : fragment.header[1] & 3);
            if (fragment.offset == 0) {
                before_payload = fragment.header.size() - (fragment.ipv6 ? 40 : 0);
            }
            if (!has_last || runs_joined().size() != length) {
                return Reassembly::Waiting;
            }
            const bool mixed = ecn.contains(0) && ecn.size() > 1;
            return mixed || before_payload + length > 65535 ? Reassembly::Discarded
                                                            : Reassembly::Complete;
        }
        bool agrees(std::size_t end, bool last) const {
            if (last) {
                return end >= length && (!has_last || end == length);
            }
            return end <= length || !has_last;
        }
        decap::Reassembly insert(const Run& piece) {
            using decap::Reassembly;
            if (!runs.empty() && piece.start == runs.back().end()) {
                Bytes& last = runs.back().bytes;
                last.insert(last.end(), piece.bytes.begin(), piece.bytes.end());
                return Reassembly::Waiting;
            }
            auto place = runs.begin();
            for (; place != runs.end() && place->start < piece.end(); ++place) {
                if (place->end() <= piece.start) {
                    continue;
                }
                if (piece.start < place->start || piece.end() > place->end()) {
                    return Reassembly::Overlap;
                }
                const auto old =
                    place->bytes.begin() + static_cast<std::ptrdiff_t>(piece.start - place->start);
                return std::equal(piece.bytes.begin(), piece.bytes.end(), old)
                           ? Reassembly::Duplicate
                           : Reassembly::Overlap;
            }
            runs.insert(place, piece);
            return Reassembly::Waiting;
        }
        // runs_joined is the payload up to the first gap.
        Bytes runs_joined() const {
            Bytes joined;
            for (const Run& run : runs) {
                if (run.start == joined.size()) {
                    joined.insert(joined.end(), run.bytes.begin(), run.bytes.end());
                }
            }
            return joined;
        }

        Timestamp first_seen;
        std::vector<Run> runs;  // by start
        std::set<int> ecn;
        std::size_t length = 0;
        std::size_t before_payload = 0;
        bool has_last = false;
        bool refused = false;
    };

    static Bytes usable(const decap::Fragment& fragment) {
        Bytes bytes(fragment.payload.begin(), fragment.payload.end());
        if (!fragment.ipv6 && fragment.more) {
            bytes.resize(bytes.size() / 8 * 8);
        }
        return bytes;
    }
    static Key key_of(const decap::Fragment& fragment) {
        return {fragment.source,
                fragment.destination,
                fragment.identification,
                fragment.ipv6 ? uint8_t{0} : fragment.protocol,
                fragment.link,
                fragment.wire,
                fragment.ipv6};
    }

    decap::FragmentLimits limits_;
    std::map<Key, Datagram> datagrams_;
};

}  // namespace eti::test
