#include "eti/cli/session.h"

#include "cli/configuration/commit_history.h"
#include "cli/configuration/editor.h"
#include "cli/configuration/show_pipes.h"

#include <optional>
#include <utility>

namespace eti::cli {
namespace {

Answer failure(std::string message, std::optional<std::size_t> column = {}) {
    if (!message.ends_with('\n')) {
        message += '\n';
    }
    return {false, std::move(message), column};
}

// answered turns what a command throws into what the operator reads.
template <typename Function>
Answer answered(Function do_it) {
    try {
        return do_it();
    } catch (const SyntaxError& error) {
        return failure(error.what(), error.column);
    } catch (const config::EditError& error) {
        return failure(error.what(), error.column);
    } catch (const CommandError& error) {
        return failure("error: " + std::string(error.what()));
    }
}

// run_column is where the operational command of a "run" line starts; none: another command, or
// nothing to run.
std::optional<std::size_t> run_column(const Part& words) {
    if (words.words.size() < 2 || verb_of(words.words.front()).keyword.word != "run") {
        return std::nullopt;
    }
    return words.words[1].column;
}

std::vector<Completion> complete_pipe(const Verb& verb, std::span<const Token> words) {
    return verb.keyword.word == "show"     ? complete_show_pipe(words)
           : verb.keyword.word == "commit" ? complete_commit_pipe(words)
                                           : Pipeline::complete(words);
}

std::string notice_of(const config::PendingConfirm& pending, Timestamp now) {
    // Whole minutes that are left: of ten, nine from the first prompt on. now may be a tick old.
    const auto left = pending.deadline - now - std::chrono::seconds(1);
    const auto minutes = std::chrono::floor<std::chrono::minutes>(left).count();
    const std::string when = minutes < 1    ? "less than a minute"
                             : minutes == 1 ? "1 minute"
                                            : std::to_string(minutes) + " minutes";
    return "# commit confirmed will be rolled back in " + when;
}

std::optional<bool> yes_or_no(std::string_view words, bool by_default) {
    constexpr std::string_view kYes = "yes";
    constexpr std::string_view kNo = "no";
    const std::size_t first = words.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return by_default;
    }
    words = words.substr(first, words.find_last_not_of(" \t\r\n") + 1 - first);
    return kYes.starts_with(words)  ? std::optional(true)
           : kNo.starts_with(words) ? std::optional(false)
                                    : std::nullopt;
}

}  // namespace

struct Session::Impl {
    Impl(Interpreter& given_interpreter, Backend& given_backend, Caller given_caller)
        : interpreter(given_interpreter), backend(given_backend), caller(std::move(given_caller)) {}

    Answer settle(Answer answer) {
        question = answer.question;
        if (editor && editor->left) {
            editor.reset();
        }
        if (answer.output.size() > kMaxOutputBytes) {
            answer = failure("error: the output is larger than " + std::to_string(kMaxOutputBytes) +
                             " bytes; narrow it with | match, | last or | count");
        }
        return answer;
    }

    Answer edit(const CommandLine& line, const std::string_view* text) {
        editor->text = text;
        Answer answer = answered([&] {
            line.require_closed_quotes();
            return dispatch(*editor, line.all_words(), line.last());
        });
        editor->text = nullptr;
        return settle(std::move(answer));
    }

    Completions complete(const LineInProgress& typed, std::string_view line, Session* session) {
        const Part words = typed.words();
        if (const auto column = run_column(words)) {
            Completions found = interpreter.complete(line.substr(*column), session);
            found.column += *column;
            if (found.problem) {
                found.problem->column += *column;
            }
            return found;
        }
        if (!typed.in_pipe() || !verb_of(words.words.front()).pipes) {
            return complete_command(*editor, words);
        }
        Completions found;
        found.column = words.words.back().column;
        found.candidates = complete_pipe(verb_of(words.words.front()), typed.last_pipe());
        return found;
    }

    void audit(std::string_view line, const Answer& answer) {
        backend.audit({backend.now(), caller, std::string(line),
                       answer.ok ? AuditResult::Done : AuditResult::Failed});
    }

    void forget_question() {
        question.reset();
        if (editor) {
            editor->pending = nullptr;
        }
    }

    Interpreter& interpreter;
    Backend& backend;
    Caller caller;
    std::string client = "other";
    std::string tty;
    TerminalSettings terminal;
    std::optional<Editor> editor;
    std::optional<Question> question;
};

Session::Session(Interpreter& interpreter, Backend& backend, Caller caller)
    : impl_(std::make_unique<Impl>(interpreter, backend, std::move(caller))) {}
Session::~Session() = default;

void Session::attach(std::string client, std::string terminal) {
    impl_->client = std::move(client);
    impl_->tty = std::move(terminal);
}

void Session::execute(std::string_view line, Done done) {
    impl_->forget_question();
    if (!impl_->editor) {
        impl_->interpreter.execute(line, impl_->caller, std::move(done), this);
        return;
    }
    const CommandLine typed(line);
    if (typed.empty()) {
        done({});
        return;
    }
    std::optional<std::size_t> column;
    try {
        column = run_column(typed.all_words());
    } catch (const SyntaxError& error) {
        const Answer answer = failure(error.what(), error.column);
        impl_->audit(line, answer);
        done(answer);
        return;
    }
    if (!column) {
        const Answer answer = impl_->edit(typed, nullptr);
        impl_->audit(line, answer);
        done(answer);
        return;
    }
    impl_->interpreter.execute(
        line.substr(*column), impl_->caller,
        [done = std::move(done), column = *column](Answer answer) {
            if (answer.column) {
                *answer.column += column;
            }
            done(std::move(answer));
        },
        this);
}

void Session::load(std::string_view line, std::string_view text, const Done& done) {
    impl_->forget_question();
    const CommandLine typed(line);
    Answer answer = !impl_->editor || typed.empty()
                        ? failure("error: load belongs to configuration mode; enter configure")
                        : impl_->edit(typed, &text);
    if (answer.input || answer.question) {
        answer = failure("error: this line takes no text");
    }
    impl_->audit(line, answer);
    done(answer);
}

void Session::answer(std::string_view words, const Done& done) {
    if (!impl_->question || !impl_->editor || !impl_->editor->pending) {
        done(failure("error: nothing was asked"));
        return;
    }
    const std::optional<bool> yes = yes_or_no(words, impl_->question->yes_by_default);
    if (!yes) {
        Answer again;
        again.output = "Please answer yes or no.\n";
        again.question = impl_->question;
        done(again);
        return;
    }
    const auto act = std::exchange(impl_->editor->pending, nullptr);
    done(impl_->settle(answered([&] { return act(*yes); })));
}

Completions Session::complete(std::string_view line) {
    if (!impl_->editor) {
        return impl_->interpreter.complete(line, this);
    }
    const LineInProgress typed(line);
    Completions found;
    found.column = typed.open_quote() ? line.size() : typed.words().words.back().column;
    found.quoted = typed.open_quote();
    if (found.quoted) {
        return found;
    }
    try {
        return impl_->complete(typed, line, this);
    } catch (const SyntaxError& error) {
        found.problem = Problem{error.column, error.what()};
    } catch (const config::EditError& error) {
        found.problem = Problem{error.column.value_or(found.column), error.what()};
    }
    return found;
}

Prompt Session::prompt() const {
    Prompt prompt;
    prompt.configuration = impl_->editor.has_value();
    if (impl_->editor) {
        prompt.banner = impl_->editor->session->banner();
    }
    if (const config::Workspace* workspace = impl_->backend.workspace(); workspace != nullptr) {
        if (const auto pending = workspace->pending_confirm()) {
            prompt.notice = notice_of(*pending, impl_->backend.now());
        }
    }
    return prompt;
}

TerminalSettings& Session::terminal() {
    return impl_->terminal;
}

const TerminalSettings& Session::terminal() const {
    return impl_->terminal;
}

const Caller& Session::caller() const {
    return impl_->caller;
}

Backend& Session::backend() const {
    return impl_->backend;
}

bool Session::in_configuration() const {
    return impl_->editor.has_value();
}

Answer Session::enter(config::Access access) {
    if (impl_->editor) {
        throw CommandError("already in configuration mode");
    }
    config::Workspace& workspace = workspace_of(impl_->backend);
    config::Workspace::Opened opened = workspace.open(
        access, {impl_->caller.user, impl_->client, impl_->tty, impl_->caller.process});
    impl_->editor.emplace(Editor{workspace, std::move(opened.session)});
    return {true, std::move(opened.greeting), {}};
}

}  // namespace eti::cli
