#include "dns/name.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace eti::dns {
namespace {

constexpr uint8_t kPointer = 0xc0;  // both upper bits of the length set
constexpr uint8_t kMaxLabel = 63;
constexpr std::size_t kMaxWireName = 255;
// A name of 127 labels with a pointer before each: more jumps lead from pointer to pointer only.
constexpr unsigned kMaxJumps = 127;

// LabelWalk reads the labels of one name. Every pointer must lead before everything the walk has
// read since the last one, so it ends however the pointers are laid.
class LabelWalk {
  public:
    LabelWalk(std::span<const uint8_t> message, wire::Reader at)
        : message_(message), segment_(at), start_(message.size() - at.remaining()), after_(at) {}

    enum class Step : uint8_t { Label, End, Malformed };

    Step next(wire::Reader& label) {
        uint8_t length = 0;
        while (segment_.u8(length)) {
            if (length == 0) {
                leave();
                return Step::End;
            }
            if (length <= kMaxLabel) {
                bytes_ += std::size_t{1} + length;
                return bytes_ <= kMaxWireName && segment_.take(length, label) ? Step::Label
                                                                              : Step::Malformed;
            }
            if (length < kPointer || !jump(length)) {
                break;
            }
        }
        return Step::Malformed;
    }
    // after is the cursor behind the name, once next returned End.
    wire::Reader after() const { return after_; }

  private:
    bool jump(uint8_t high) {
        uint8_t low = 0;
        if (++jumps_ > kMaxJumps || !segment_.u8(low)) {
            return false;
        }
        leave();
        const auto target = static_cast<std::size_t>(high & ~kPointer) << 8 | low;
        wire::Reader next(message_);
        // A prior occurrence of a name cannot lie in the header.
        if (target < kHeaderBytes || target >= start_ || !next.skip(target)) {
            return false;
        }
        start_ = target;
        segment_ = next;
        return true;
    }
    // leave notes where the name ends in its own place: at its first pointer or its root label.
    void leave() {
        if (!left_) {
            left_ = true;
            after_ = segment_;
        }
    }

    std::span<const uint8_t> message_;
    wire::Reader segment_;
    std::size_t start_;  // offset of the segment
    wire::Reader after_;
    std::size_t bytes_ = 1;  // of the name when uncompressed, its root label included
    unsigned jumps_ = 0;
    bool left_ = false;
};

template <typename Visit>
bool walk_name(std::span<const uint8_t> message, wire::Reader& at, Visit visit) {
    LabelWalk walk(message, at);
    wire::Reader label;
    LabelWalk::Step step = walk.next(label);
    for (; step == LabelWalk::Step::Label; step = walk.next(label)) {
        visit(label.bytes());
    }
    if (step != LabelWalk::Step::End) {
        return false;
    }
    at = walk.after();
    return true;
}

// RFC 4343: only ASCII letters have a case.
uint8_t lower(uint8_t byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<uint8_t>(byte + ('a' - 'A')) : byte;
}

// PresentationText collects a name's text and remembers when it did not fit.
class PresentationText {
  public:
    void label(std::span<const uint8_t> bytes) {
        if (size_ > 0) {
            put('.');
        }
        for (const uint8_t byte : bytes) {
            character(lower(byte));
        }
    }
    bool fits() const { return fits_; }
    std::string_view text() const {
        return size_ == 0 ? std::string_view(".") : std::string_view(text_.data(), size_);
    }

  private:
    void character(uint8_t byte) {
        if (byte <= ' ' || byte > '~') {
            put('\\');
            put(static_cast<char>('0' + byte / 100));
            put(static_cast<char>('0' + byte / 10 % 10));
            put(static_cast<char>('0' + byte % 10));
            return;
        }
        if (byte == '.' || byte == '\\') {
            put('\\');
        }
        put(static_cast<char>(byte));
    }
    void put(char character) {
        if (size_ == text_.size()) {
            fits_ = false;
            return;
        }
        text_[size_++] = character;
    }

    std::array<char, 255> text_;
    std::size_t size_ = 0;
    bool fits_ = true;
};

}  // namespace

bool skip_name(wire::Reader& at) {
    wire::Reader cursor = at;
    uint8_t length = 0;
    while (cursor.u8(length)) {
        const bool pointer = length >= kPointer;
        if ((!pointer && length > kMaxLabel) || !cursor.skip(pointer ? 1 : length)) {
            return false;
        }
        if (pointer || length == 0) {
            at = cursor;
            return true;
        }
    }
    return false;
}

bool hash_name(std::span<const uint8_t> message, wire::Reader& at, uint64_t& hash) {
    uint64_t value = 0xcbf29ce484222325U;  // FNV-1a
    const auto stir = [&value](uint8_t byte) { value = (value ^ byte) * 0x100000001b3U; };
    const bool whole = walk_name(message, at, [&](std::span<const uint8_t> label) {
        stir(static_cast<uint8_t>(label.size()));
        for (const uint8_t byte : label) {
            stir(lower(byte));
        }
    });
    if (whole) {
        hash = value;
    }
    return whole;
}

bool read_name(std::span<const uint8_t> message, wire::Reader& at, Name& name) {
    PresentationText text;
    wire::Reader cursor = at;
    if (!walk_name(message, cursor, [&](std::span<const uint8_t> label) { text.label(label); }) ||
        !text.fits()) {
        return false;
    }
    name.assign(text.text());
    at = cursor;
    return true;
}

}  // namespace eti::dns
