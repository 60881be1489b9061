#include "uplink/link_state.h"

#include "uplink/http_client.h"

#include <algorithm>

namespace eti::uplink {
namespace {

bool same_numbers(const LinkStatus& a, const LinkStatus& b) {
    return a.retries == b.retries && a.spooled_batches == b.spooled_batches &&
           a.spooled_records == b.spooled_records && a.spool_bytes == b.spool_bytes &&
           a.in_flight_records == b.in_flight_records;
}

bool same_news(const LinkStatus& a, const LinkStatus& b) {
    return a.connected == b.connected && a.last_error == b.last_error && a.realm == b.realm;
}

}  // namespace

LinkState::LinkState(const Options& options, Mailbox<Event>& events) : events_(events) {
    const bool analysis = !options.analysis_url.empty();
    at(Channel::Records).counts = analysis;
    at(Channel::InfectedHosts).counts = analysis && options.want_infected_hosts;
    at(Channel::Feeds).counts =
        options.feed_url == options.analysis_url || options.analysis_url.empty();
    origin_of(analysis ? options.analysis_url : options.feed_url, status_.server_host,
              status_.server_port);
    status_.realm = "default";
}

void LinkState::succeeded(Channel channel) {
    at(channel).good = true;
    at(channel).error.clear();
}

void LinkState::failed(Channel channel, std::string sentence) {
    at(channel).good = false;
    at(channel).error = std::move(sentence);
    ++status_.retries;
}

void LinkState::numbers(uint64_t batches, uint64_t bytes, Amount spooled, Amount in_flight) {
    status_.spooled_batches = batches;
    status_.spool_bytes = bytes;
    status_.spooled_records = spooled.records;
    status_.spooled_sessions = spooled.sessions;
    status_.in_flight_records = in_flight.records;
    status_.in_flight_sessions = in_flight.sessions;
}

// settle: connected means that one channel works and none that counts is failing. The first
// error in the order records, infected hosts, feeds, disk is the one to repair first.
void LinkState::settle() {
    const auto counts_good = [](const ChannelState& c) { return c.counts && c.good; };
    const auto counts_bad = [](const ChannelState& c) { return c.counts && !c.error.empty(); };
    const bool connected = std::any_of(channels_.begin(), channels_.end(), counts_good) &&
                           std::none_of(channels_.begin(), channels_.end(), counts_bad);
    if (connected && !status_.connected) {
        status_.connected_since = std::chrono::system_clock::now();
    } else if (!connected) {
        status_.connected_since = {};
    }
    status_.connected = connected;
    const auto failing = std::find_if(channels_.begin(), channels_.end(),
                                      [](const ChannelState& c) { return !c.error.empty(); });
    if (failing != channels_.end()) {
        status_.last_error = failing->error;
        return;
    }
    const bool both = !disk_problems_[0].empty() && !disk_problems_[1].empty();
    status_.last_error = disk_problems_[0] + (both ? "; " : "") + disk_problems_[1];
}

void LinkState::publish(SteadyTime now) {
    settle();
    due_.reset();
    if (told_once_ && same_news(status_, told_)) {
        if (same_numbers(status_, told_) && oldest_ == told_oldest_) {
            return;
        }
        if (now < told_at_ + kQuiet) {
            due_ = told_at_ + kQuiet;
            return;
        }
    }
    status_.oldest_age = std::chrono::milliseconds(0);
    if (oldest_) {  // at least 1 ms, because 0 means that nothing waits
        status_.oldest_age =
            std::max(std::chrono::milliseconds(1),
                     std::chrono::duration_cast<std::chrono::milliseconds>(now - *oldest_));
    }
    told_oldest_ = oldest_;
    told_ = status_;
    told_at_ = now;
    told_once_ = true;
    events_.post(status_);
}

}  // namespace eti::uplink
