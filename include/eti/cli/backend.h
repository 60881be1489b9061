// What commands ask of the daemon. The program hands in the controller, tests hand in fixed values.
#pragma once

#include "eti/cli/audit.h"
#include "eti/config/workspace.h"
#include "eti/control/controller.h"
#include "eti/control/link_checker.h"
#include "eti/control/status.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

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
    virtual void clear_statistics(control::Cleared what) = 0;
    virtual const control::RecentSessions& recent_sessions() = 0;
    // check_link calls done later, or at once; false: a walk is under way already.
    virtual bool check_link(const std::string& host, control::LinkChecker::Done done) = 0;
    virtual Timestamp now() = 0;
    // login_users is [edit system login] of the configuration in force.
    virtual std::vector<config::LoginUser> login_users() = 0;
    virtual void audit(const AuditEntry& entry) = 0;
    // workspace is the daemon's configuration; null: it has none that could be edited.
    virtual config::Workspace* workspace() = 0;
};

class ControllerBackend final : public Backend {
  public:
    // What the program adds to the controller; each may be left out.
    struct Parts {
        config::Workspace* workspace = nullptr;
        control::LinkChecker* link_checker = nullptr;
        std::string audit_log;  // the file's path
    };
    ControllerBackend(control::Controller& controller, Parts parts);

    control::Status status() override { return controller_.status(); }
    bool sessions(SessionsDone done) override {
        return controller_.request_sessions(std::move(done));
    }
    std::string refresh_feeds() override { return controller_.refresh_feeds(); }
    void clear_statistics(control::Cleared what) override { controller_.clear_statistics(what); }
    const control::RecentSessions& recent_sessions() override {
        return controller_.recent_sessions();
    }
    bool check_link(const std::string& host, control::LinkChecker::Done done) override;
    Timestamp now() override { return controller_.now(); }
    std::vector<config::LoginUser> login_users() override { return controller_.login_users(); }
    void audit(const AuditEntry& entry) override;
    config::Workspace* workspace() override { return parts_.workspace; }

  private:
    control::Controller& controller_;
    Parts parts_;
    AuditLog audit_log_;
    bool audit_failed_ = false;  // told once until it works again
};

}  // namespace eti::cli
