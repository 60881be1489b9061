// What commands ask of the daemon. The program hands in the controller, tests hand in fixed values.
#pragma once

#include "eti/control/controller.h"
#include "eti/control/status.h"

#include <functional>
#include <string>
#include <utility>

namespace eti::cli {

class Backend {
  public:
    using SessionsDone = std::function<void(control::SessionListing)>;

    Backend() = default;
    virtual ~Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;

    virtual control::Status status() = 0;
    // sessions calls done later, or at once; false: too many requests are waiting.
    virtual bool sessions(SessionsDone done) = 0;
    virtual std::string refresh_feeds() = 0;  // empty, or why not
};

class ControllerBackend final : public Backend {
  public:
    explicit ControllerBackend(control::Controller& controller) : controller_(controller) {}

    control::Status status() override { return controller_.status(); }
    bool sessions(SessionsDone done) override {
        return controller_.request_sessions(std::move(done));
    }
    std::string refresh_feeds() override { return controller_.refresh_feeds(); }

  private:
    control::Controller& controller_;
};

}  // namespace eti::cli
