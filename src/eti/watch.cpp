#include "eti/watch.h"

#include <optional>

namespace eti::client {

bool Watch::next_wanted(std::chrono::seconds pause) {
    std::optional<std::chrono::milliseconds> longest = pause;
    for (;;) {
        const std::optional<char> key = keys_.key(longest);
        if (interrupted() || keys_.ended() || key == 'q' || key == 'Q') {
            return false;
        }
        if (key == 'f') {
            longest.reset();
        } else if (key || longest) {
            return true;
        }  // else the terminal has another size, and what is frozen stays
    }
}

}  // namespace eti::client
