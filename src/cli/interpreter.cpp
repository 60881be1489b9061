#include "eti/cli/interpreter.h"

#include "cli/command_line.h"
#include "cli/commands/commands.h"
#include "cli/configuration/operational.h"
#include "cli/configuration/show_pipes.h"
#include "cli/errors.h"
#include "cli/grammar.h"
#include "cli/pipes.h"

#include <iterator>
#include <utility>

namespace eti::cli {
namespace {

Answer failure(const std::string& message, std::optional<std::size_t> column = {}) {
    return {false, message + "\n", column};
}

std::vector<Command> every_command() {
    std::vector<Command> all = all_commands();
    std::vector<Command> more = configuration_commands();
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
    return all;
}

// Parsed is a line that may be run; it points into the line.
struct Parsed {
    ParsedCommand command;
    Pipeline pipeline;
    Part rest;
};

}  // namespace

struct Interpreter::Impl {
    Impl(Backend& given, std::size_t given_max_output)
        : backend(given),
          max_output(given_max_output),
          commands(every_command()),
          grammar(commands) {}

    Parsed parse(const CommandLine& line) const {
        line.require_closed_quotes();
        const Part words = line.words();
        Parsed parsed;
        parsed.command = grammar.parse(words.words, words.end);
        parsed.rest = words.after(parsed.command.words);
        // What is done in a session reads its pipes itself: configuration has forms of its own.
        if (parsed.command.command->in_session == nullptr) {
            parsed.pipeline = Pipeline::parse(line.pipes(), line.last());
        }
        return parsed;
    }

    Answer run(const Parsed& parsed, const CommandLine& line, Session* session,
               const control::SessionListing& sessions) {
        const Command& command = *parsed.command.command;
        try {
            if (command.in_session != nullptr) {
                if (session == nullptr) {
                    return failure("error: this needs a session of its own; connect with eti");
                }
                return bounded(
                    command.in_session(*session, {parsed.rest, line.pipes(), line.last()}));
            }
            const control::Status status = backend.status();
            const Invocation invocation{
                status,  sessions,   parsed.command.options, backend, parsed.pipeline.wants_tree(),
                session, parsed.rest};
            return bounded(parsed.pipeline.answer(command.run(invocation)));
        } catch (const CommandError& error) {
            return failure("error: " + std::string(error.what()));
        } catch (const SyntaxError& error) {
            return failure(error.what(), error.column);
        } catch (const config::EditError& error) {
            return failure(error.what());
        }
    }

    Answer bounded(Answer answer) const {
        if (answer.output.size() <= max_output) {
            return answer;
        }
        return failure("error: the output is larger than " + std::to_string(max_output) +
                       " bytes; narrow it with | match, | last or | count");
    }

    Completions complete(const LineInProgress& typed, Session* session,
                         Completions completions) const {
        if (typed.in_pipe()) {
            completions.candidates = complete_pipe(typed);
            return completions;
        }
        const Part words = typed.words();
        Grammar::Found found = grammar.complete(words.words);
        if (found.rest != nullptr && found.rest->complete_rest != nullptr && session != nullptr) {
            Completions rest = found.rest->complete_rest(*session, words.after(found.rest_at));
            rest.candidates.insert(rest.candidates.begin(), found.candidates.begin(),
                                   found.candidates.end());
            return rest;
        }
        completions.candidates = std::move(found.candidates);
        completions.may_end = found.may_end && words.words.back().text.empty();
        completions.pipes = completions.may_end;
        if (found.rest != nullptr) {
            completions.candidates.push_back({std::string(found.rest->rest), {}});
        }
        return completions;
    }

    // A command done in a session reads its pipes itself, and "show configuration" has its own.
    std::vector<Completion> complete_pipe(const LineInProgress& typed) const {
        const ParsedCommand parsed =
            grammar.parse(typed.first_words().words, typed.first_words().end);
        return parsed.command->path == kShowConfiguration ? complete_show_pipe(typed.last_pipe())
                                                          : Pipeline::complete(typed.last_pipe());
    }

    // audited writes the entry when the answer is there.
    Done audited(AuditEntry entry, Done done) {
        return [this, entry = std::move(entry), done = std::move(done)](Answer answer) mutable {
            entry.result = answer.ok ? AuditResult::Done : AuditResult::Failed;
            backend.audit(entry);
            done(std::move(answer));
        };
    }

    Backend& backend;
    std::size_t max_output;
    std::vector<Command> commands;
    Grammar grammar;
};

Interpreter::Interpreter(Backend& backend, std::size_t max_output)
    : impl_(std::make_unique<Impl>(backend, max_output)) {}
Interpreter::~Interpreter() = default;

void Interpreter::execute(std::string_view line, const Caller& caller, Done done,
                          Session* session) {
    const auto text = std::make_shared<const std::string>(line);
    const auto typed = std::make_shared<const CommandLine>(*text);
    if (typed->empty()) {
        done({});
        return;
    }
    AuditEntry entry{impl_->backend.now(), caller, *text, AuditResult::Denied};
    Parsed parsed;
    try {
        parsed = impl_->parse(*typed);
    } catch (const SyntaxError& error) {
        entry.result = AuditResult::Failed;
        impl_->backend.audit(entry);
        done(failure(error.what(), error.column));
        return;
    }
    const Command& command = *parsed.command.command;
    const AccessClass needs = class_needed(command.path.substr(0, command.path.find(' ')));
    if (!may(caller.access, needs)) {
        impl_->backend.audit(entry);
        done(failure("error: " + refusal(caller, needs)));
        return;
    }
    done = impl_->audited(std::move(entry), std::move(done));
    if (!command.needs_sessions) {
        done(impl_->run(parsed, *typed, session, {}));
        return;
    }
    const auto shared = std::make_shared<Done>(std::move(done));
    // The operator's session may be gone by then; such commands do without it.
    const bool accepted = impl_->backend.sessions(
        [this, shared, parsed, typed, text](const control::SessionListing& sessions) {
            (*shared)(impl_->run(parsed, *typed, nullptr, sessions));
        });
    if (!accepted) {
        (*shared)(failure("error: too many session listings are waiting; try again"));
    }
}

Completions Interpreter::complete(std::string_view line, Session* session) const {
    const LineInProgress typed(line);
    Completions completions;
    if (typed.open_quote()) {
        completions.column = line.size();
        completions.quoted = true;
        return completions;
    }
    const Part words = typed.words();
    completions.column = words.words.back().column;
    try {
        return impl_->complete(typed, session, completions);
    } catch (const SyntaxError& error) {
        completions.problem = Problem{error.column, error.what()};
    } catch (const config::EditError& error) {
        completions.problem = Problem{completions.column, error.what()};
    }
    return completions;
}

}  // namespace eti::cli
