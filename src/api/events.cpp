#include "eti/api/events.h"

#include "eti/api/context.h"
#include "eti/api/json_answer.h"

#include <algorithm>
#include <charconv>

namespace eti::analysis {
namespace {

constexpr std::chrono::seconds kSilence{15};
constexpr std::size_t kPieceBytes = 64UL << 10;
constexpr std::size_t kMaxClients = 256;

}  // namespace

void EventHub::publish(int64_t realm, const std::string& name, const std::string& data) {
    events_.push_back(
        {next_, realm,
         "id: " + std::to_string(next_) + "\nevent: " + name + "\ndata: " + data + "\n\n"});
    ++next_;
    if (events_.size() > kKept) {
        events_.pop_front();
        oldest_ = events_.front().id;
    }
    changed_.notify();
}

const Event* EventHub::from(int64_t realm, uint64_t id) const {
    const std::size_t first = id > oldest_ ? static_cast<std::size_t>(id - oldest_) : 0;
    for (std::size_t i = first; i < events_.size(); ++i) {
        if (events_[i].realm == realm) {
            return &events_[i];
        }
    }
    return nullptr;
}

void EventHub::close() {
    changed_.close();
}

EventSource::EventSource(EventHub& hub, int64_t realm, std::optional<uint64_t> last_id,
                         std::string first)
    : hub_(hub),
      realm_(realm),
      place_(last_id && hub.knows(*last_id) ? *last_id + 1 : hub.next()),
      first_(std::move(first)) {
    ++hub_.clients();
}

EventSource::~EventSource() {
    --hub_.clients();
}

asio::awaitable<std::string> EventSource::next() {
    if (!first_.empty()) {
        co_return std::exchange(first_, {});
    }
    const auto deadline = std::chrono::steady_clock::now() + kSilence;
    while (hub_.from(realm_, place_) == nullptr && !hub_.changed().closed() &&
           std::chrono::steady_clock::now() < deadline) {
        co_await hub_.changed().wait(deadline);
    }
    std::string text;
    while (text.size() < kPieceBytes) {
        const Event* event = hub_.from(realm_, place_);
        if (event == nullptr) {
            break;
        }
        text += event->text;
        place_ = event->id + 1;
    }
    if (text.empty() && !hub_.changed().closed()) {
        text = ": nothing new\n\n";
    }
    co_return text;
}

Response get_events(ApiContext& context, const Request& request) {
    if (context.events.clients() >= kMaxClients) {
        throw RequestError(503, "256 pages follow already, the limit: close one, or poll");
    }
    std::optional<uint64_t> last;
    const std::string text = request.header("last-event-id");
    uint64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!text.empty() && result.ec == std::errc() && result.ptr == text.data() + text.size()) {
        last = number;
    }
    Response response{200, "text/event-stream", "", {{"Cache-Control", "no-store"}}, nullptr};
    response.events =
        std::make_shared<EventSource>(context.events, request.realm, last, "retry: 2000\n\n");
    return response;
}

}  // namespace eti::analysis
