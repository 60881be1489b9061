// A live flow as "show security flow session" lists it: a copy a worker made on request.
#pragma once

#include "eti/base/bounded.h"
#include "eti/base/clock.h"
#include "eti/metadata/record.h"

#include <array>
#include <cstdint>

namespace eti::metadata {

struct SessionView {
    uint64_t request = 0;           // the request this answers
    bool last = false;              // the worker has no more; the other fields are unset
    uint8_t protocol = 0;           // IP protocol number
    uint8_t client_port_index = 0;  // the wire's interface the client's packets come in
    uint16_t wire = 0;
    uint32_t id = 0;
    uint32_t timeout_seconds = 0;  // until the flow expires if it stays silent
    bool blocked = false;
    Endpoint client;
    Endpoint server;
    BoundedText<63> policy;
    std::array<uint64_t, 2> packets{};  // by Direction
    std::array<uint64_t, 2> bytes{};
};

}  // namespace eti::metadata
