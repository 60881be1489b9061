#include "control/batcher.h"

#include <utility>

namespace eti::control {

void Batcher::record_appended(Timestamp now, bool last_of_session) {
    ++batch_.records;
    batch_.sessions += last_of_session ? 1 : 0;
    line_appended(now);
}

void Batcher::certificate_appended(Timestamp now) {
    line_appended(now);
}

void Batcher::line_appended(Timestamp now) {
    if (!open_) {
        open_ = true;
        opened_ = now;
    }
    if (batch_.records >= limits_.records || batch_.ndjson.size() >= limits_.bytes) {
        flush();
    }
}

void Batcher::flush_if_old(Timestamp now) {
    if (open_ && now - opened_ >= limits_.age) {
        flush();
    }
}

void Batcher::flush() {
    if (batch_.ndjson.empty()) {
        return;
    }
    batch_.sequence = ++last_sequence_;
    sink_.submit(std::exchange(batch_, {}));
    open_ = false;
}

}  // namespace eti::control
