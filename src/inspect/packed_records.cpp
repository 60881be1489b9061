#include "packed_records.h"

#include "eti/base/check.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eti::inspect {
namespace {

// No record is longer when packed: lists lose what they do not use, and a number grows by at most
// a quarter.
constexpr std::size_t kMostBytes = sizeof(metadata::Record) + 1024;

// Items of lists that are copied in one piece; the others have an item() below.
template <typename T>
constexpr bool kAsTheyAre = std::is_same_v<T, uint16_t> || std::is_same_v<T, Sha1Digest> ||
                            std::is_same_v<T, metadata::Alert>;

// Lists and texts begin with their size and whether there was more, in one number. Numbers have
// seven bits a byte, the lowest first; the highest bit says that more follow. Signed ones keep the
// sign in the lowest bit.
class Packer {
  public:
    explicit Packer(std::span<uint8_t, kMostBytes> out) : out_(out) {}
    std::size_t size() const { return size_; }

    template <typename T>
    void plain(const T& value) {
        static_assert(std::is_trivially_copyable_v<T>);
        std::memcpy(room(sizeof value), &value, sizeof value);
    }
    template <std::size_t N>
    void text(const BoundedText<N>& value) {
        const std::string_view view = value.view();
        number(static_cast<uint32_t>(view.size()) << 1 | (value.truncated() ? 1U : 0U));
        std::memcpy(room(view.size()), view.data(), view.size());
    }
    template <typename T, std::size_t N>
    void list(const BoundedList<T, N>& values) {
        number(static_cast<uint32_t>(values.size()) << 1 | (values.truncated() ? 1U : 0U));
        if constexpr (kAsTheyAre<T>) {
            const std::size_t size = values.size() * sizeof(T);
            std::memcpy(room(size), values.view().data(), size);
        } else {
            for (const T& value : values.view()) {
                item(value);
            }
        }
    }

    // Few of them are not zero: a mask says which.
    void sparse(const std::array<uint32_t, 32>& values) {
        uint32_t mask = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            mask |= (values[i] != 0 ? 1U : 0U) << i;
        }
        number(mask);
        for (; mask != 0; mask &= mask - 1) {
            number(values[static_cast<std::size_t>(std::countr_zero(mask))]);
        }
    }

  private:
    template <std::size_t N>
    void item(const BoundedText<N>& value) {
        text(value);
    }
    void item(const metadata::PacketSample& sample) {
        signed_number(sample.payload_bytes);
        number(sample.delta_us);
    }
    void item(const metadata::RecordSample& sample) {
        signed_number(sample.record_bytes);
        number(sample.delta_us);
        plain(sample.type);
    }
    void number(uint32_t value) {
        for (; value >= 0x80; value >>= 7) {
            *room(1) = static_cast<uint8_t>(value | 0x80);
        }
        *room(1) = static_cast<uint8_t>(value);
    }
    void signed_number(int32_t value) {
        number(static_cast<uint32_t>(value) << 1 ^ (value < 0 ? UINT32_MAX : 0));
    }
    uint8_t* room(std::size_t size) {
        ETI_CHECK(size <= out_.size() - size_);
        uint8_t* at = out_.data() + size_;
        size_ += size;
        return at;
    }

    std::span<uint8_t, kMostBytes> out_;
    std::size_t size_ = 0;
};

// Unpacker reads what Packer wrote, into fresh values.
class Unpacker {
  public:
    explicit Unpacker(std::span<const uint8_t> in) : in_(in) {}

    template <typename T>
    void plain(T& value) {
        std::memcpy(&value, next(sizeof value), sizeof value);
    }
    template <std::size_t N>
    void text(BoundedText<N>& value) {
        const uint32_t head = number();
        const auto* bytes = reinterpret_cast<const char*>(next(head >> 1));
        value.assign({bytes, head >> 1});
        if ((head & 1) != 0) {
            value.mark_truncated();
        }
    }
    template <typename T, std::size_t N>
    void list(BoundedList<T, N>& values) {
        const uint32_t head = number();
        const std::span<T> items = values.extend(head >> 1);
        if constexpr (kAsTheyAre<T>) {
            std::memcpy(items.data(), next(items.size_bytes()), items.size_bytes());
        } else {
            for (T& value : items) {
                item(value);
            }
        }
        if ((head & 1) != 0) {
            values.mark_truncated();
        }
    }

    void sparse(std::array<uint32_t, 32>& values) {
        for (uint32_t mask = number(); mask != 0; mask &= mask - 1) {
            values[static_cast<std::size_t>(std::countr_zero(mask))] = number();
        }
    }

  private:
    template <std::size_t N>
    void item(BoundedText<N>& value) {
        text(value);
    }
    void item(metadata::PacketSample& sample) {
        sample.payload_bytes = signed_number();
        sample.delta_us = number();
    }
    void item(metadata::RecordSample& sample) {
        sample.record_bytes = signed_number();
        sample.delta_us = number();
        plain(sample.type);
    }
    uint32_t number() {
        uint32_t value = 0;
        uint8_t byte = 0x80;
        for (unsigned shift = 0; (byte & 0x80) != 0; shift += 7) {
            plain(byte);
            value |= (byte & 0x7fU) << shift;
        }
        return value;
    }
    int32_t signed_number() {
        const uint32_t bits = number();
        return static_cast<int32_t>(bits >> 1 ^ ((bits & 1) != 0 ? UINT32_MAX : 0));
    }
    const uint8_t* next(std::size_t size) {
        ETI_CHECK(size <= in_.size());
        const uint8_t* at = in_.data();
        in_ = in_.subspan(size);
        return at;
    }

    std::span<const uint8_t> in_;
};

// The order of a packed record, both ways. What is left out is filled in when a record is written:
// the flow's times and counts, and what the control side adds.
template <typename Form, typename Record, typename Leaf>
void each_field(Form& form, Record& record, Leaf& leaf_sha256) {
    form.plain(record.id);
    form.plain(record.transport);
    form.plain(record.protocol);
    form.plain(record.visibility);
    form.plain(record.action);
    form.plain(record.reason);
    form.plain(record.threat_level);
    form.plain(record.client);
    form.plain(record.server);
    form.list(record.vlans);
    form.text(record.from_zone);
    form.text(record.to_zone);
    form.text(record.policy);
    form.text(record.feed);
    form.text(record.category);
    auto& client = record.client_hello;
    form.plain(client.seen);
    form.plain(client.version);
    form.list(client.ciphers);
    form.list(client.extensions);
    form.list(client.groups);
    form.list(client.signature_algorithms);
    form.list(client.versions);
    form.text(client.sni);
    form.list(client.alpn);
    form.plain(client.ech);
    form.plain(client.ja3);
    form.text(client.ja4);
    auto& server = record.server_hello;
    form.plain(server.seen);
    form.plain(server.version);
    form.plain(server.negotiated_version);
    form.plain(server.cipher);
    form.list(server.extensions);
    form.text(server.alpn);
    form.plain(server.resumed);
    form.plain(server.ja3s);
    form.list(record.alerts);
    form.plain(record.certificate.seen);
    form.plain(record.certificate.sha1);
    form.list(record.certificate.chain);
    form.plain(leaf_sha256);
    form.list(record.traffic.splt);
    form.list(record.traffic.records);
    form.sparse(record.traffic.gaps);
}
static_assert(sizeof(metadata::Record) == 3960, "a new member is to be packed, or named above");

}  // namespace

PackedRecords::PackedRecords(uint32_t blocks)
    : memory_(huge_memory<Block>(blocks)), blocks_(blocks) {}

uint32_t PackedRecords::take() {
    if (free_ == kNone) {
        return fresh_ < blocks_ ? fresh_++ : kNone;
    }
    return std::exchange(free_, at(free_).next);
}

uint32_t PackedRecords::pack(const metadata::Record& record,
                             const std::optional<Sha256Digest>& leaf_sha256) {
    std::array<uint8_t, kMostBytes> bytes;
    Packer packer(bytes);
    each_field(packer, record, leaf_sha256);
    std::span<const uint8_t> left(bytes.data(), packer.size());
    uint32_t first = kNone;
    uint32_t* link = &first;
    while (!left.empty()) {
        const uint32_t index = take();
        if (index == kNone) {
            release(first);
            return kNone;
        }
        ++in_use_;
        Block& block = at(index);
        block.next = kNone;
        *link = index;
        link = &block.next;
        const auto piece = left.first(std::min(left.size(), block.bytes.size()));
        std::copy(piece.begin(), piece.end(), block.bytes.begin());
        left = left.subspan(piece.size());
    }
    return first;
}

void PackedRecords::unpack(uint32_t packed, metadata::Record& record,
                           std::optional<Sha256Digest>& leaf_sha256) const {
    std::array<uint8_t, kMostBytes + sizeof(Block)> bytes;
    std::size_t size = 0;
    for (uint32_t index = packed; index != kNone; index = at(index).next) {
        const auto& piece = at(index).bytes;
        ETI_CHECK(size + piece.size() <= bytes.size());
        std::copy(piece.begin(), piece.end(), bytes.data() + size);
        size += piece.size();
    }
    Unpacker unpacker({bytes.data(), size});
    each_field(unpacker, record, leaf_sha256);
}

void PackedRecords::release(uint32_t packed) {
    while (packed != kNone) {
        const uint32_t next = at(packed).next;
        at(packed).next = std::exchange(free_, packed);
        --in_use_;
        packed = next;
    }
}

}  // namespace eti::inspect
