// Runs the checks of the cloud link on a thread of their own and brings back what they found.
#pragma once

#include "eti/base/mailbox.h"
#include "eti/control/event_loop.h"
#include "eti/uplink/diagnostics.h"

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace eti::control {

// LinkChecker serves one request at a time. Its destructor waits for a walk under way.
class LinkChecker {
  public:
    using Checks = std::vector<uplink::Check>;
    using Walk = std::function<Checks()>;  // blocks; on the thread
    // Prepare copies on the control thread what the walk needs.
    using Prepare = std::function<Walk(const std::string& host)>;
    using Done = std::function<void(const Checks&)>;  // on the control thread

    LinkChecker(EventLoop& loop, Prepare prepare);
    ~LinkChecker();
    LinkChecker(const LinkChecker&) = delete;
    LinkChecker& operator=(const LinkChecker&) = delete;

    bool request(const std::string& host, Done done);  // false: one is under way

  private:
    void take();

    EventLoop& loop_;
    Prepare prepare_;
    Done done_;
    Mailbox<Checks> results_;
    std::thread thread_;
};

}  // namespace eti::control
