// Server-sent events for the page. Everything on the I/O thread.
#pragma once

#include "eti/api/asio.h"
#include "eti/api/change_signal.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace eti::analysis {

struct Event {
    uint64_t id = 0;
    int64_t realm = 1;
    std::string text;  // the lines of the event, with the empty one
};

// EventHub keeps the last events, so that a client that comes back goes on where it was.
class EventHub {
  public:
    // start is the first event's number; the clock's, so that numbers of an earlier run of the
    // service are never taken for this one's.
    explicit EventHub(uint64_t start) : next_(start), oldest_(start) {}

    void publish(int64_t realm, const std::string& name, const std::string& data);
    uint64_t next() const { return next_; }
    // after is the first event of the realm from number id on.
    const Event* from(int64_t realm, uint64_t id) const;
    bool knows(uint64_t id) const { return id + 1 >= oldest_ && id < next_; }
    void close();
    ChangeSignal& changed() { return changed_; }
    std::size_t& clients() { return clients_; }

  private:
    static constexpr std::size_t kKept = 1000;

    std::deque<Event> events_;
    uint64_t next_;
    uint64_t oldest_;
    std::size_t clients_ = 0;
    ChangeSignal changed_;
};

// EventSource is one client's place in the events.
class EventSource {
  public:
    EventSource(EventHub& hub, int64_t realm, std::optional<uint64_t> last_id, std::string first);
    ~EventSource();
    EventSource(const EventSource&) = delete;
    EventSource& operator=(const EventSource&) = delete;

    // next is the next piece of text: events, or a comment when there was none for a while; empty
    // when the service stops.
    asio::awaitable<std::string> next();

  private:
    EventHub& hub_;
    int64_t realm_;
    uint64_t place_;
    std::string first_;
};

}  // namespace eti::analysis
