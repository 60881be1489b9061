#include "control/session_list.h"

#include <algorithm>
#include <utility>

namespace eti::control {

SessionList::SessionList(std::span<const WorkerLink> workers) : workers_(workers) {}

bool SessionList::request(Timestamp now, Done done) {
    if (waiting_.size() >= kMaxWaiting) {
        return false;
    }
    waiting_.push_back(std::move(done));
    if (waiting_.size() == 1) {
        start(now);
    }
    return true;
}

void SessionList::start(Timestamp now) {
    ++number_;
    deadline_ = now + kDeadline;
    answered_.assign(workers_.size(), false);
    listing_ = {};
    for (const WorkerLink& worker : workers_) {
        worker.session_request->store(number_, std::memory_order_release);
    }
}

void SessionList::poll(Timestamp now) {
    for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
        collect(worker);
    }
    if (waiting_.empty()) {
        return;
    }
    const bool complete = std::all_of(answered_.begin(), answered_.end(), [](bool b) { return b; });
    if (complete || now >= deadline_) {
        finish();
        if (!waiting_.empty()) {
            start(now);
        }
    }
}

void SessionList::collect(std::size_t worker) {
    auto& ring = *workers_[worker].sessions;
    for (std::size_t left = ring.capacity(); left > 0; --left) {
        const metadata::SessionView* view = ring.front();
        if (view == nullptr) {
            return;
        }
        if (!waiting_.empty() && view->request == number_) {
            if (view->last) {
                answered_[worker] = true;
            } else if (listing_.sessions.size() < kMaxSessions) {
                listing_.sessions.push_back(*view);
            } else {
                ++listing_.left_out;
            }
        }
        ring.release();
    }
}

void SessionList::finish() {
    for (std::size_t worker = 0; worker < answered_.size(); ++worker) {
        if (!answered_[worker]) {
            listing_.silent_workers.push_back(static_cast<unsigned>(worker));
        }
    }
    const Done done = std::move(waiting_.front());
    waiting_.pop_front();
    done(std::exchange(listing_, {}));
}

}  // namespace eti::control
