// Keys while the answer to a line is shown again and again.
#pragma once

#include "eti/terminal.h"

#include <chrono>

namespace eti::client {

// Watch holds the keys until it goes, so that none is lost or echoed between two answers.
class Watch {
  public:
    static constexpr const char* kKeys = "q leaves, f freezes, t thaws, others do not wait";

    Watch() { forget_interrupt(); }
    // next_wanted waits until the next answer is due, or a key asks for it. False: the operator
    // leaves, by q, Ctrl-C or the end of the input.
    bool next_wanted(std::chrono::seconds pause);

  private:
    RawKeys keys_;
};

}  // namespace eti::client
