// The control side as one object: drains the workers, publishes tables, answers questions.
#pragma once

#include "eti/config/settings.h"
#include "eti/control/batch_sink.h"
#include "eti/control/event_loop.h"
#include "eti/control/recent_sessions.h"
#include "eti/control/status.h"
#include "eti/control/worker_link.h"
#include "eti/metadata/record_json.h"
#include "eti/uplink/uplink.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace eti::control {

// Controller lives on the control thread and never waits for the network or a worker. What it is
// given by reference must outlive it. Events come from the mailbox; the loop is the caller's to
// add its own descriptors to (signals, the command socket).
class Controller {
  public:
    struct Setup {
        const config::Settings& settings;  // copied
        DataplaneView dataplane;
        BatchSink& sink;
        Mailbox<uplink::Event>* events = nullptr;  // null: no uplink
        metadata::SensorIdentity sensor;
        std::string version;  // of the product
        std::function<Timestamp()> clock;
        std::function<void()> refresh_feeds;  // empty: nothing to download from
        std::string privacy_key_file = {};    // made when it is first needed
    };

    explicit Controller(Setup setup);
    ~Controller();
    Controller(const Controller&) = delete;
    Controller& operator=(const Controller&) = delete;

    // restore puts what an earlier run stored in force; nothing of it is logged as new.
    void restore(uplink::StoredState stored);
    // reconfigure puts settings in force while traffic flows: policy, lists, log streams, batches,
    // host name. What restart_reasons names stays as it is. What it throws has changed nothing.
    void reconfigure(const config::Settings& next);
    // problems are sentences for the operator's log: unreadable lists, streams that cannot be sent.
    std::vector<std::string> problems() const;

    EventLoop& loop();
    void run();  // until loop().stop()
    // turn does what is due without waiting; true when more work is waiting.
    bool turn();
    // finish drains what stopped workers left and sends the last batch; call after run().
    void finish();

    void apply(uplink::Event event);
    Status status() const;
    // clear_statistics takes the counters as they are for zero; nothing else is touched.
    void clear_statistics(Cleared what);
    const RecentSessions& recent_sessions() const;
    // impact says what another configuration would have done to them; it reads new local lists.
    std::string impact(const config::Settings& next) const;
    Timestamp now() const;
    const std::vector<config::LoginUser>& login_users() const;
    // request_sessions calls done on this thread, later; false: too many requests are waiting.
    bool request_sessions(std::function<void(SessionListing)> done);
    // refresh_feeds returns an empty text, or why nothing can be downloaded.
    std::string refresh_feeds();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::control
