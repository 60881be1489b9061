#include "eti/shell.h"

#include "eti/dialogue.h"
#include "eti/line_editor.h"
#include "eti/pager.h"
#include "eti/terminal.h"
#include "eti/watch.h"

#include <pwd.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <utility>

namespace eti::client {
namespace {

struct User {
    std::string name = "user";
    std::string home;
};

User this_user() {
    const passwd* entry = ::getpwuid(::geteuid());
    return entry != nullptr ? User{entry->pw_name, entry->pw_dir} : User{};
}

std::string terminal_name() {
    const char* path = ::ttyname(STDIN_FILENO);
    const std::string name = path == nullptr ? "" : path;
    return name.starts_with("/dev/") ? name.substr(5) : name;
}

std::string time_text() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    char text[64];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %Z", &local)};
}

bool blank(const std::string& line) {
    return line.find_first_not_of(" \t") == std::string::npos;
}

class Shell final : public Operator {
  public:
    explicit Shell(Client& client)
        : client_(client),
          user_(this_user()),
          editor_({[this](std::string_view line, char key) { return on_key(line, key); },
                   [](std::string_view text) { std::cout << text << std::flush; },
                   [this] { return client_.fd(); }, [this] { return events(); }},
                  user_.home + "/.eti_history") {}

    void run() {
        last_ = client_.attach(terminal_name());
        while (turn()) {
        }
    }

    void show(const Reply& reply, const std::string& text) override {
        const std::string safe = printable(text);
        const Size size = page_size(reply.settings);
        if (!reply.pager || size.rows == 0) {
            std::cout << safe << std::flush;
            return;
        }
        forget_interrupt();
        RawKeys keys;
        Pager pager(
            size, [&] { return keys.key(); },
            [](std::string_view part) { std::cout << part << std::flush; });
        pager.show(safe);
    }

    std::string answer(const std::string& question) override {
        std::cout << question << std::flush;
        forget_interrupt();
        std::string words;
        if (!std::getline(std::cin, words)) {
            std::cin.clear();
            ::clearerr(stdin);
            std::cout << '\n';
            return interrupted() ? "no" : "";
        }
        return words;
    }

    std::optional<std::string> typed_text() override {
        auto text = read_until_end();
        std::cout << '\n' << std::flush;
        return text;
    }

  private:
    // turn reads and runs one line; false: the operator leaves.
    bool turn() {
        std::string line;
        switch (editor_.read(options(), line)) {
            case LineEditor::End::Line:
                break;
            case LineEditor::End::Interrupted:
                said_ = false;
                return true;
            case LineEditor::End::EndOfInput:
                std::cout << '\n' << std::flush;
                line = last_.prompt.configuration ? "exit configuration-mode" : "exit";
                break;
            case LineEditor::End::Idle:
                std::cout << "\nidle timeout: leaving\n" << std::flush;
                return false;
        }
        said_ = !blank(line);
        if (!said_) {
            return refresh_prompt();
        }
        editor_.remember(line);
        return run_line(line);
    }

    bool run_line(const std::string& line) {
        try {
            Reply reply = run_dialogue(client_, *this, line);
            reply.pager = reply.pager && reply.refresh_seconds == 0;
            show_reply(reply, line);
            if (reply.refresh_seconds != 0) {
                reply = watch(line, std::move(reply));
            }
            last_ = reply;
            return !reply.exit;
        } catch (const Unreachable& error) {
            std::cout << "error: " << error.what() << '\n' << std::flush;
            last_.prompt = {};
            return true;
        }
    }

    // watch shows what a line says again and again, until the operator leaves or it fails.
    Reply watch(const std::string& line, Reply reply) {
        const std::chrono::seconds pause(reply.refresh_seconds);
        Watch keys;
        while (keys.next_wanted(pause)) {
            reply = run_dialogue(client_, *this, line);
            reply.pager = false;
            std::cout << "\x1b[H\x1b[2J";
            show_reply(reply, line);
            if (!reply.ok) {
                break;
            }
            std::cout << "---(" + time_text() + ": " + Watch::kKeys + ")---\n" << std::flush;
        }
        return reply;
    }

    // A minute may have passed since the last prompt, or the daemon.
    bool refresh_prompt() {
        try {
            last_ = client_.execute("");
        } catch (const Unreachable&) {
            last_.prompt = {};
        }
        return true;
    }

    void show_reply(const Reply& reply, const std::string& line) {
        if (reply.settings.timestamp) {
            std::cout << time_text() << '\n';
        }
        if (reply.column) {
            std::cout << caret_line(prompt(), line, *reply.column) << '\n';
        }
        show(reply, reply.output);
    }

    LineEditor::Options options() {
        LineEditor::Options options;
        const Prompt& now = last_.prompt;
        options.above = said_ || now.configuration || !now.notice.empty() ? "\n" : "";
        options.above += now.notice.empty() ? "" : now.notice + "\n";
        options.above += now.banner.empty() ? "" : printable(now.banner) + "\n";
        options.prompt = prompt();
        options.complete_on_space = last_.settings.complete_on_space;
        if (last_.settings.idle_minutes != 0) {
            options.idle = std::chrono::minutes(last_.settings.idle_minutes);
        }
        return options;
    }

    std::string prompt() const {
        if (last_.settings.prompt) {
            return printable(*last_.settings.prompt);
        }
        return user_.name + "@" + printable(last_.host) +
               (last_.prompt.configuration ? "# " : "> ");
    }

    KeyEffect on_key(std::string_view line, char key) {
        try {
            const Reply reply = client_.complete(line, key);
            KeyEffect effect{reply.column.value_or(line.size()), reply.insert, {}};
            if (reply.caret) {
                effect.show = caret_line(prompt(), line, effect.column) + "\n";
            }
            effect.show += printable(reply.output);
            return effect;
        } catch (const Unreachable& error) {
            return {0, {}, "error: " + std::string(error.what()) + "\n"};
        }
    }

    std::string events() {
        const bool open = client_.fd() < 0 || client_.receive_events();
        std::string text;
        for (const std::string& event : client_.take_events()) {
            text += printable(event) + (event.ends_with('\n') ? "" : "\n");
        }
        return open ? text : text + "warning: the daemon has closed the connection\n";
    }

    static Size page_size(const Settings& settings) {
        Size size = terminal_size();
        size.rows = settings.screen_length.value_or(size.rows);
        size.columns =
            settings.screen_width.value_or(0) != 0 ? *settings.screen_width : size.columns;
        return size;
    }

    Client& client_;
    User user_;
    Reply last_;
    bool said_ = false;  // the last line was a command
    LineEditor editor_;
};

}  // namespace

void run_shell(Client& client) {
    std::setlocale(LC_CTYPE, "");
    const Interrupts interrupts;
    Shell(client).run();
}

}  // namespace eti::client
