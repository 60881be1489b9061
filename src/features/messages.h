// Application data as messages: runs of application records in one direction.
#pragma once

#include "eti/metadata/record.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace eti::features {

struct Message {
    bool out = false;
    uint32_t bytes = 0;    // of all its records
    double silence_s = 0;  // since the record before it, of any kind
};

// Messages of the first 50 records. handshake is what the other records weighed, headers included.
struct Messages {
    std::array<Message, 50> items;
    std::size_t count = 0;
    std::array<uint64_t, 2> handshake{};  // by Direction

    std::span<const Message> view() const { return {items.data(), count}; }
};

Messages messages_of(const metadata::Record& record);

}  // namespace eti::features
