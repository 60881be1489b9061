#include "eti/cli/interpreter.h"

#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/grammar.h"
#include "cli/pipes.h"
#include "cli/tokens.h"

#include <algorithm>
#include <utility>

namespace eti::cli {
namespace {

Answer failure(const std::string& message, std::optional<std::size_t> column = {}) {
    return {false, message + "\n", column};
}

bool past_word(std::string_view line) {
    return line.empty() || line.back() == ' ' || line.back() == '\t' || line.back() == '|';
}

}  // namespace

struct Interpreter::Impl {
    Impl(Backend& given, std::size_t given_max_output)
        : backend(given),
          max_output(given_max_output),
          commands(all_commands()),
          grammar(commands) {}

    Answer run(const ParsedCommand& parsed, const Pipeline& pipeline,
               const control::SessionListing& sessions) {
        try {
            const control::Status status = backend.status();
            const Invocation invocation{status, sessions, parsed.options, backend,
                                        pipeline.wants_tree()};
            Answer answer{true, pipeline.apply(parsed.command->run(invocation)), {}};
            if (answer.output.size() > max_output) {
                return failure("error: the output is larger than " + std::to_string(max_output) +
                               " bytes; narrow it with | match, | last or | count");
            }
            return answer;
        } catch (const CommandError& error) {
            return failure("error: " + std::string(error.what()));
        }
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

void Interpreter::execute(std::string_view line, const Caller& caller, Done done) {
    const TokenList list = tokenize(line);
    if (list.tokens.empty()) {
        done({});
        return;
    }
    AuditEntry entry{impl_->backend.now(), caller, std::string(line), AuditResult::Denied};
    ParsedCommand parsed;
    Pipeline pipeline;
    try {
        if (list.open_quote) {
            throw SyntaxError(list.tokens.back().column, "syntax error, missing closing quote.");
        }
        const auto pipe = std::find_if(list.tokens.begin(), list.tokens.end(),
                                       [](const Token& t) { return t.pipe; });
        const auto words = static_cast<std::size_t>(pipe - list.tokens.begin());
        const std::span all(list.tokens);
        const std::size_t last = line.find_last_not_of(" \t\r\n") + 1;
        parsed =
            impl_->grammar.parse(all.first(words), pipe == list.tokens.end() ? last : pipe->column);
        pipeline = Pipeline::parse(all.subspan(words), last);
    } catch (const SyntaxError& error) {
        entry.result = AuditResult::Failed;
        impl_->backend.audit(entry);
        done(failure(error.what(), error.column));
        return;
    }
    const AccessClass needs =
        class_needed(parsed.command->path.substr(0, parsed.command->path.find(' ')));
    if (!may(caller.access, needs)) {
        impl_->backend.audit(entry);
        done(failure("error: " + refusal(caller, needs)));
        return;
    }
    done = impl_->audited(std::move(entry), std::move(done));
    if (!parsed.command->needs_sessions) {
        done(impl_->run(parsed, pipeline, {}));
        return;
    }
    const auto shared = std::make_shared<Done>(std::move(done));
    const bool accepted = impl_->backend.sessions(
        [this, shared, parsed, pipeline](const control::SessionListing& sessions) {
            (*shared)(impl_->run(parsed, pipeline, sessions));
        });
    if (!accepted) {
        (*shared)(failure("error: too many session listings are waiting; try again"));
    }
}

Completions Interpreter::complete(std::string_view line) const {
    TokenList list = tokenize(line);
    if (list.open_quote) {
        return {line.size(), {}};
    }
    if (list.tokens.empty() || past_word(line)) {
        list.tokens.push_back({{}, line.size(), false});
    }
    const std::span all(list.tokens);
    const auto pipe = std::find_if(list.tokens.rbegin(), list.tokens.rend(),
                                   [](const Token& t) { return t.pipe; });
    const auto after = static_cast<std::size_t>(pipe - list.tokens.rbegin());
    Completions completions;
    completions.column = list.tokens.back().column;
    completions.candidates = pipe == list.tokens.rend() ? impl_->grammar.complete(all)
                                                        : Pipeline::complete(all.last(after));
    return completions;
}

}  // namespace eti::cli
