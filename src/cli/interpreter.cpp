#include "eti/cli/interpreter.h"

#include "cli/command_line.h"
#include "cli/commands/commands.h"
#include "cli/configuration/operational.h"
#include "cli/configuration/show_pipes.h"
#include "cli/errors.h"
#include "cli/grammar.h"
#include "cli/pipes.h"
#include "cli/render.h"
#include "cli/shape.h"

#include <algorithm>
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

    // What a command asked for before it runs; both empty for the others.
    struct Given {
        control::SessionListing sessions;
        std::vector<uplink::Check> checks;
    };

    Answer run(const Parsed& parsed, const CommandLine& line, Session* session,
               const Given& given) {
        const Command& command = *parsed.command.command;
        try {
            if (command.in_session != nullptr) {
                if (session == nullptr) {
                    return failure("error: this needs a session of its own; connect with eti");
                }
                return bounded(
                    command.in_session(*session, {parsed.rest, line.pipes(), line.last()}));
            }
            if (parsed.pipeline.form() == Pipeline::Form::Rpc ||
                parsed.pipeline.form() == Pipeline::Form::Schema) {
                return bounded(parsed.pipeline.answer(about(parsed)));
            }
            const control::Status status = backend.status();
            const Reply reply =
                command.run({status, given.sessions, given.checks, parsed.command.options, backend,
                             parsed.pipeline.wants_tree(), session, parsed.rest});
            Answer answer =
                parsed.pipeline.form() == Pipeline::Form::FlatJson
                    ? parsed.pipeline.answer(render_flat_json(reply.tree, shape_of(command)))
                    : parsed.pipeline.answer(reply);
            if (answer.refresh_seconds == 0) {
                answer.refresh_seconds = command.refresh_seconds;
            }
            return bounded(std::move(answer));
        } catch (const CommandError& error) {
            return failure("error: " + std::string(error.what()));
        } catch (const SyntaxError& error) {
            return failure(error.what(), error.column);
        } catch (const config::EditError& error) {
            return failure(error.what());
        }
    }

    static Shape shape_of(const Command& command) {
        if (command.shape.empty()) {
            throw CommandError("this command has no schema; use | display json or xml");
        }
        return parse_shape(command.shape);
    }

    // about tells of the command itself, without running it.
    static std::string about(const Parsed& parsed) {
        const Command& command = *parsed.command.command;
        if (parsed.pipeline.form() == Pipeline::Form::Schema) {
            return render_schema(command.path, command.help, shape_of(command));
        }
        if (command.rpc.empty()) {
            throw CommandError("this command has no remote procedure call");
        }
        Element call = Element::group(std::string(rpc_of(parsed.command)));
        for (const auto& [key, value] : parsed.command.options) {
            const std::string_view name =
                key.starts_with('<') ? key.substr(1, key.size() - 2) : key;
            call.children.push_back(Element::leaf(std::string(name), value));
        }
        // What followed the command goes by the names it has there: "<rollback> <compare>".
        std::string_view names = command.rest;
        for (const Token& word : parsed.rest.words) {
            const std::size_t end = names.find('>');
            if (end == std::string_view::npos) {
                break;
            }
            call.children.push_back(
                Element::leaf(std::string(names.substr(1, end - 1)), word.text));
            names.remove_prefix(std::min(end + 2, names.size()));
        }
        return render_rpc(call);
    }

    static std::string_view rpc_of(const ParsedCommand& parsed) {
        for (const Option& option : parsed.command->options) {
            if (!option.rpc.empty() && parsed.options.contains(option.key())) {
                return option.rpc;
            }
        }
        return parsed.command->rpc;
    }

    // ask gets what a command needs and then hands it to next, later or at once; false: too busy.
    bool ask(const Parsed& parsed, std::function<void(const Given&)> next) {
        switch (parsed.command.command->needs) {
            case Needs::Sessions:
                return backend.sessions([next](const control::SessionListing& sessions) {
                    next({sessions, {}});
                });
            case Needs::LinkChecks: {
                const auto host = parsed.command.options.find("<host>");
                return backend.check_link(
                    host == parsed.command.options.end() ? std::string() : host->second,
                    [next](const std::vector<uplink::Check>& checks) {
                        next({{}, checks});
                    });
            }
            case Needs::Nothing:
                break;
        }
        next({});
        return true;
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
        Grammar::Found found = grammar.complete(words.words, backend.status());
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
    const Pipeline::Form form = parsed.pipeline.form();
    if (command.needs == Needs::Nothing || form == Pipeline::Form::Rpc ||
        form == Pipeline::Form::Schema) {
        done(impl_->run(parsed, *typed, session, {}));
        return;
    }
    const auto shared = std::make_shared<Done>(std::move(done));
    // The operator's session may be gone by then; such commands do without it.
    const bool accepted =
        impl_->ask(parsed, [this, shared, parsed, typed, text](const Impl::Given& given) {
            (*shared)(impl_->run(parsed, *typed, nullptr, given));
        });
    if (!accepted) {
        (*shared)(failure(command.needs == Needs::Sessions
                              ? "error: too many session listings are waiting; try again"
                              : "error: another diagnosis is under way; try again"));
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
