// The operator's terminal: keys, size, and text that cannot harm it.
#pragma once

#include <termios.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace eti::client {

// RawKeys gives single keys, unechoed, until it goes. Ctrl-C still interrupts.
class RawKeys {
  public:
    RawKeys();
    ~RawKeys();
    RawKeys(const RawKeys&) = delete;
    RawKeys& operator=(const RawKeys&) = delete;

    // key waits; nothing: the time is over, or Ctrl-C (then interrupted() is true), or the end of
    // the input (then ended() is true).
    std::optional<char> key(std::optional<std::chrono::milliseconds> longest = {});
    bool ended() const { return ended_; }

  private:
    termios before_{};
    bool changed_ = false;
    bool ended_ = false;
};

// Interrupts counts Ctrl-C, which ends no program while it lives. One at a time.
class Interrupts {
  public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
};
bool interrupted();  // since forget_interrupt
void forget_interrupt();
bool take_resized();  // the window has another size since it was last asked

struct Size {
    unsigned rows = 24;
    unsigned columns = 80;
};
Size terminal_size();

// printable shows control characters as ^X and \x80; lines and tabs stay. Names come from the
// network, and a terminal obeys what is printed on it.
std::string printable(std::string_view text);

// read_until_end reads typed or pasted text until ^D at the start of a line; none: Ctrl-C.
std::optional<std::string> read_until_end();

}  // namespace eti::client
