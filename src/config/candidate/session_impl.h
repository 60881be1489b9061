// What an EditSession is made of. The workspace owns candidates and decides what a commit does.
#pragma once

#include "config/candidate/config_node.h"
#include "config/candidate/words.h"
#include "eti/config/edit_session.h"

#include <memory>

namespace eti::config {

// Candidate is a configuration being edited: shared by operators, or one's own.
struct Candidate {
    std::unique_ptr<ConfigNode> root = std::make_unique<ConfigNode>();
    // The candidate of a shared session was changed by someone since the last commit.
    bool touched = false;
};

// SessionHost is what a session asks of the workspace it belongs to.
class SessionHost {
  public:
    virtual ~SessionHost() = default;

    virtual const ConfigNode& active() const = 0;
    virtual std::unique_ptr<ConfigNode> revision(unsigned revision) const = 0;  // throws EditError
    // check_may_change throws EditError while another operator holds the exclusive lock.
    virtual void check_may_change(const EditSession::Impl& session) const = 0;
    virtual CommitResult commit(EditSession::Impl& session, const CommitOptions& options) = 0;
    // rollback makes a revision the session's candidate. Throws EditError.
    virtual void rollback(EditSession::Impl& session, unsigned revision) = 0;
    virtual void closed(EditSession::Impl& session) = 0;
};

struct EditSession::Impl {
    const Model& model;
    SessionHost& host;
    std::shared_ptr<Candidate> candidate;
    Access access = Access::Shared;
    Operator who;
    Level level;  // where the operator stands; need not exist
};

}  // namespace eti::config
