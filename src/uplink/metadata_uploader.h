// Batches to POST /v1/records: into the spool first, then sent, and forgotten on acknowledgement.
#pragma once

#include "eti/base/mailbox.h"
#include "eti/uplink/uplink.h"
#include "uplink/backoff.h"
#include "uplink/http_client.h"
#include "uplink/link_state.h"
#include "uplink/spool.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace eti::uplink {

using Random = std::function<double()>;  // uniform, 0 to 1

// MetadataUploader answers for each record exactly once: an event Acknowledged, Rejected,
// SpoolFull or Corrupt, or the record is still in the spool. For one thread.
class MetadataUploader {
  public:
    static constexpr std::size_t kMostInFlight = 4;

    MetadataUploader(const Options& options, HttpClient& http, LinkState& link,
                     Mailbox<Event>& events, Spool& spool, Random random);

    void open();                            // takes on what is in the spool
    void take(std::vector<Batch> batches);  // one commit for all of them
    void run(SteadyTime now);               // starts the exchanges that are due
    void settle();                          // after answers: forgets and reports what is decided
    void close();                           // a last try to bring everything to disk

    std::optional<SteadyTime> due() const;

  private:
    using Order = std::pair<uint32_t, uint64_t>;  // times set back, id

    void post(uint64_t id);
    void on_answer(uint64_t id, const HttpRequest& request, const HttpResponse& response);
    void on_accepted(uint64_t id, const HttpRequest& request, const HttpResponse& response);
    void try_again(uint64_t id, const HttpResponse& response, std::string why);
    void on_reached();
    void decide(uint64_t id, LinkState::Amount rejected);
    void lose(uint64_t id);
    void report(SubmissionResult result);
    void update_numbers();
    LinkState::Amount rejected_in(const std::string& body,
                                  const std::vector<uint64_t>& lines) const;

    const Options& options_;
    HttpClient& http_;
    LinkState& link_;
    Mailbox<Event>& events_;
    Random random_;
    Spool& spool_;
    Backoff backoff_;
    std::set<Order> waiting_;
    std::set<uint64_t> in_flight_;
    std::map<uint64_t, SteadyTime> taken_;   // when each batch came
    std::map<uint64_t, uint32_t> failures_;  // of a batch alone, while others may pass
    std::size_t window_ = 1;                 // exchanges at once; grows as answers come
    std::vector<uint64_t> decided_;
    std::vector<SubmissionResult> results_;
};

}  // namespace eti::uplink
