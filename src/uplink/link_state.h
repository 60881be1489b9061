// How the link is, gathered from the three clients into LinkStatus events.
#pragma once

#include "eti/base/mailbox.h"
#include "eti/uplink/uplink.h"
#include "uplink/backoff.h"

#include <array>
#include <optional>
#include <string>

namespace eti::uplink {

enum class Channel : std::size_t { Records, InfectedHosts, Feeds };
enum class Disk : std::size_t { Spool, InfectedHosts };

// LinkState posts when something changed: at once when a connection or an error did, else not
// more often than kQuiet, so that a busy link does not flood the control thread.
class LinkState {
  public:
    static constexpr std::chrono::milliseconds kQuiet{200};

    LinkState(const Options& options, Mailbox<Event>& events);

    void succeeded(Channel channel);
    void failed(Channel channel, std::string sentence);
    void disk_problem(Disk disk, std::string sentence) {  // empty: none
        disk_problems_[static_cast<std::size_t>(disk)] = std::move(sentence);
    }
    void realm(const std::string& name) { status_.realm = name; }
    // Amount is what some batches hold.
    struct Amount {
        uint64_t records = 0;
        uint64_t sessions = 0;
    };
    void restored(Amount amount) {
        status_.restored_records = amount.records;
        status_.restored_sessions = amount.sessions;
    }
    void numbers(uint64_t batches, uint64_t bytes, Amount spooled, Amount in_flight);
    void oldest(std::optional<SteadyTime> since) { oldest_ = since; }  // of what waits

    void publish(SteadyTime now);
    // due is when publish has something to say that it held back.
    std::optional<SteadyTime> due() const { return due_; }

  private:
    struct ChannelState {
        bool counts = false;  // decides about "connected"
        bool good = false;
        std::string error;
    };
    ChannelState& at(Channel channel) { return channels_[static_cast<std::size_t>(channel)]; }
    void settle();

    Mailbox<Event>& events_;
    std::array<ChannelState, 3> channels_;
    std::array<std::string, 2> disk_problems_;
    LinkStatus status_;
    LinkStatus told_;
    bool told_once_ = false;
    SteadyTime told_at_{};
    std::optional<SteadyTime> oldest_;
    std::optional<SteadyTime> told_oldest_;
    std::optional<SteadyTime> due_;
};

}  // namespace eti::uplink
