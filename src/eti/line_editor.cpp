#include "eti/line_editor.h"

#include "eti/terminal.h"

#include <histedit.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cwchar>

namespace eti::client {
namespace {

constexpr int kHistoryLines = 1000;

int character_count(std::string_view text) {
    return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;  // not the rest of a character
    }));
}

}  // namespace

struct LineEditor::Impl {
    Impl(Hooks given, std::string file)
        : hooks(std::move(given)),
          history_file(std::move(file)),
          editor(::el_init("eti", stdin, stdout, stderr)),
          past(::history_init()) {
        HistEvent event{};
        ::history(past, &event, H_SETSIZE, kHistoryLines);
        ::history(past, &event, H_SETUNIQUE, 1);
        ::history(past, &event, H_LOAD, history_file.c_str());
        ::el_set(editor, EL_CLIENTDATA, this);
        ::el_set(
            editor, EL_PROMPT, +[](EditLine* el) { return self(el).prompt.data(); });
        ::el_set(editor, EL_EDITOR, "emacs");
        ::el_set(editor, EL_HIST, ::history, past);
        ::el_set(editor, EL_SIGNAL, 0);
        ::el_set(editor, EL_GETCFN, &Impl::get_character);
        // Ctrl-C and Ctrl-Z are keys while a line is edited.
        ::el_set(editor, EL_SETTY, "-d", "-isig", nullptr);
        bind();
    }
    ~Impl() {
        ::history_end(past);
        ::el_end(editor);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    static Impl& self(EditLine* el) {
        void* data = nullptr;
        ::el_get(el, EL_CLIENTDATA, &data);
        return *static_cast<Impl*>(data);
    }

    void bind() {
        add("eti-help", "?", [](EditLine* el, int) { return self(el).complete('?'); });
        add("eti-space", " ", [](EditLine* el, int) { return self(el).complete(' '); });
        add("eti-tab", "^I", [](EditLine* el, int) { return self(el).complete('\t'); });
        add("eti-interrupt", "^C", [](EditLine* el, int) { return self(el).interrupt(); });
        add("eti-end", "^D", [](EditLine* el, int) { return self(el).end(); });
        ::el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
        ::el_set(editor, EL_BIND, "^Z", "ed-ignore", nullptr);
        ::el_set(editor, EL_BIND, "^W", "ed-delete-prev-word", nullptr);
    }

    void add(const char* name, const char* key, unsigned char (*function)(EditLine*, int)) {
        ::el_set(editor, EL_ADDFN, name, name, function);
        ::el_set(editor, EL_BIND, key, name, nullptr);
    }

    unsigned char complete(char key) {
        const LineInfo* info = ::el_line(editor);
        const std::string before(info->buffer, info->cursor);
        const bool at_end = info->cursor == info->lastchar;
        const bool plain =
            key == ' ' && (!complete_on_space || !at_end || before.empty() || before.back() == ' ');
        if (plain) {
            ::el_insertstr(editor, " ");
            return CC_REFRESH;
        }
        const KeyEffect effect = hooks.key(before, key);
        if (!effect.show.empty()) {
            hooks.write((key == '?' ? "?\n" : "\n") + effect.show + above);
            ::el_set(editor, EL_REFRESH);
        }
        if (!effect.insert) {
            return CC_NORM;
        }
        const std::string_view typed =
            std::string_view(before).substr(std::min(effect.column, before.size()));
        if (effect.insert->starts_with(typed)) {
            ::el_insertstr(editor, effect.insert->c_str() + typed.size());
        } else {
            ::el_deletestr(editor, character_count(typed));
            ::el_insertstr(editor, effect.insert->c_str());
        }
        return CC_REFRESH;
    }

    unsigned char interrupt() {
        how = End::Interrupted;
        hooks.write("^C\n");
        return CC_NEWLINE;
    }

    unsigned char end() {
        const LineInfo* info = ::el_line(editor);
        if (info->buffer == info->lastchar) {
            how = End::EndOfInput;
            return CC_EOF;
        }
        if (info->cursor != info->lastchar) {
            ::el_cursor(editor, 1);
            ::el_deletestr(editor, 1);
        }
        return CC_REFRESH;
    }

    // get_character waits for a key; meanwhile events are shown and the idle time runs.
    static int get_character(EditLine* el, wchar_t* out) { return self(el).next(*out); }

    int next(wchar_t& out) {
        mbstate_t state{};
        for (;;) {
            char c = 0;
            if (!wait() || ::read(STDIN_FILENO, &c, 1) != 1) {
                how = how == End::Idle ? End::Idle : End::EndOfInput;
                return 0;
            }
            const std::size_t size = std::mbrtowc(&out, &c, 1, &state);
            if (size == static_cast<std::size_t>(-1)) {
                state = {};  // no character of this locale: as if it had not been typed
            } else if (size != static_cast<std::size_t>(-2)) {
                return 1;
            }
        }
    }

    bool wait() {
        const int longest = idle ? static_cast<int>(std::chrono::milliseconds(*idle).count()) : -1;
        for (;;) {
            pollfd ready[] = {{STDIN_FILENO, POLLIN, 0}, {hooks.event_fd(), POLLIN, 0}};
            const int count = ::poll(ready, 2, longest);
            if (take_resized()) {
                ::el_resize(editor);
            }
            if (count == 0) {
                how = End::Idle;
                return false;
            }
            if (count < 0 && errno != EINTR) {
                return false;
            }
            if (count > 0 && ready[1].revents != 0) {
                show_events();
            }
            if (count > 0 && ready[0].revents != 0) {
                return true;
            }
        }
    }

    void show_events() {
        const std::string text = hooks.take_events();
        if (!text.empty()) {
            hooks.write("\n" + text + above);
            ::el_set(editor, EL_REFRESH);
        }
    }

    Hooks hooks;
    std::string history_file;
    EditLine* editor;
    History* past;
    std::string above;
    std::string prompt;
    bool complete_on_space = true;
    std::optional<std::chrono::minutes> idle;
    End how = End::Line;
};

LineEditor::LineEditor(Hooks hooks, std::string history_file)
    : impl_(std::make_unique<Impl>(std::move(hooks), std::move(history_file))) {}
LineEditor::~LineEditor() = default;

LineEditor::End LineEditor::read(const Options& options, std::string& line) {
    impl_->above = options.above;
    impl_->prompt = options.prompt;
    impl_->complete_on_space = options.complete_on_space;
    impl_->idle = options.idle;
    impl_->how = End::Line;
    impl_->hooks.write(options.above);
    int size = 0;
    const char* text = ::el_gets(impl_->editor, &size);
    if (text == nullptr || size <= 0) {
        return impl_->how == End::Line ? End::EndOfInput : impl_->how;
    }
    line.assign(text, static_cast<std::size_t>(size));
    while (line.ends_with('\n') || line.ends_with('\r')) {
        line.pop_back();
    }
    return impl_->how;
}

void LineEditor::remember(const std::string& line) {
    HistEvent event{};
    ::history(impl_->past, &event, H_ENTER, line.c_str());
    ::history(impl_->past, &event, H_SAVE, impl_->history_file.c_str());
}

}  // namespace eti::client
