// The long poll on GET /v1/infected-hosts: merge, store, then tell.
#pragma once

#include "eti/base/mailbox.h"
#include "eti/uplink/uplink.h"
#include "uplink/backoff.h"
#include "uplink/http_client.h"
#include "uplink/link_state.h"
#include "uplink/metadata_uploader.h"

#include <optional>
#include <string>

namespace eti::uplink {

// InfectedHostPoller keeps one request open at a time. For one thread.
class InfectedHostPoller {
  public:
    // A service that answers at once without news, again and again, is asked no more often.
    static constexpr std::chrono::milliseconds kPauseWithoutNews{1000};
    static constexpr std::chrono::milliseconds kPauseAfterNews{100};

    InfectedHostPoller(const Options& options, HttpClient& http, LinkState& link,
                       Mailbox<Event>& events, Random random);

    void open();  // reads the stored table; load_stored_state has reported any damage
    void run(SteadyTime now);
    std::optional<SteadyTime> due() const;

  private:
    void on_answer(const HttpRequest& request, const HttpResponse& response);
    std::string apply(const HttpResponse& response);  // why the answer is refused
    void tell(Refusal kind, const std::string& reason);
    void failed(std::string why, const HttpResponse& response);

    const Options& options_;
    HttpClient& http_;
    LinkState& link_;
    Mailbox<Event>& events_;
    Random random_;
    Backoff backoff_;
    InfectedHostsUpdate table_;
    std::string refusal_;       // of the last answer
    bool ask_for_all_ = false;  // the last answer did not fit the table
    bool asking_ = false;
    SteadyTime next_{};
};

}  // namespace eti::uplink
