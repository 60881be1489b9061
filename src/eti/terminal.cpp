#include "eti/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>

namespace eti::client {
namespace {

constexpr char kEnd = 0x04;     // Ctrl-D
constexpr char kErase = 0x7f;   // Backspace
constexpr char kErase2 = '\b';  // Ctrl-H

std::atomic<bool> interrupt{false};
std::atomic<bool> resized{false};

void on_signal(int signal) {
    (signal == SIGINT ? interrupt : resized).store(true);
}

void handle(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;  // without SA_RESTART: waiting calls end
    ::sigaction(signal, &action, nullptr);
}

// TypedText is a text as it grows under the fingers; it echoes what it takes.
class TypedText {
  public:
    // take returns false at the end.
    bool take(char c) {
        if (c == kEnd && (text_.empty() || text_.back() == '\n')) {
            return false;
        }
        if (c == kErase || c == kErase2) {
            erase();
        } else {
            c = c == '\r' ? '\n' : c;
            text_ += c;
            std::cout << printable({&c, 1}) << std::flush;
        }
        return true;
    }
    std::string text() { return std::move(text_); }

  private:
    void erase() {
        if (!text_.empty() && text_.back() != '\n') {
            text_.pop_back();
            std::cout << "\b \b" << std::flush;
        }
    }

    std::string text_;
};

}  // namespace

RawKeys::RawKeys() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) {
        return;
    }
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_lflag |= ISIG;
    raw.c_cc[VSUSP] = _POSIX_VDISABLE;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    changed_ = ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

RawKeys::~RawKeys() {
    if (changed_) {
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
    }
}

std::optional<char> RawKeys::key(std::optional<std::chrono::milliseconds> longest) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int ready = ::poll(&input, 1, longest ? static_cast<int>(longest->count()) : -1);
    char c = 0;
    if (ready <= 0 || interrupted()) {
        return std::nullopt;
    }
    const ssize_t size = ::read(STDIN_FILENO, &c, 1);
    ended_ = size == 0 || (size < 0 && errno != EINTR);
    return size == 1 ? std::optional(c) : std::nullopt;
}

Interrupts::Interrupts() {
    handle(SIGINT, on_signal);
    handle(SIGWINCH, on_signal);
    handle(SIGTSTP, SIG_IGN);
}

Interrupts::~Interrupts() {
    handle(SIGINT, SIG_DFL);
    handle(SIGWINCH, SIG_DFL);
    handle(SIGTSTP, SIG_DFL);
}

bool interrupted() {
    return interrupt.load();
}

void forget_interrupt() {
    interrupt.store(false);
}

bool take_resized() {
    return resized.exchange(false);
}

Size terminal_size() {
    winsize window{};
    Size size;
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_row > 0) {
        size.rows = window.ws_row;
        size.columns = window.ws_col > 0 ? window.ws_col : size.columns;
    }
    return size;
}

std::string printable(std::string_view text) {
    constexpr unsigned char kFirstPrintable = 0x20;
    constexpr unsigned char kDelete = 0x7f;
    std::string safe;
    safe.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        // U+0080 to U+009F are control characters too, C2 80 to C2 9F in UTF-8.
        const bool second =
            c == 0xc2U && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0U;
        if (second) {
            char hex[8];
            std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned char>(text[++i]));
            safe += hex;
        } else if ((c < kFirstPrintable && c != '\n' && c != '\t') || c == kDelete) {
            safe += '^';
            safe += static_cast<char>(c ^ 0x40U);
        } else {
            safe += text[i];
        }
    }
    return safe;
}

std::optional<std::string> read_until_end() {
    RawKeys keys;
    TypedText text;
    forget_interrupt();
    for (;;) {
        const std::optional<char> c = keys.key();
        if (interrupted()) {
            forget_interrupt();
            return std::nullopt;
        }
        if (keys.ended() || (c && !text.take(*c))) {
            return text.text();
        }
    }
}

}  // namespace eti::client
