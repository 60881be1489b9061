#include "eti/cli/interpreter.h"

#include "cli/commands/commands.h"
#include "cli/errors.h"
#include "cli/grammar.h"
#include "cli/pipes.h"
#include "cli/render.h"
#include "cli/shape.h"
#include "cli/tokens.h"

#include <algorithm>
#include <utility>

namespace eti::cli {
namespace {

Answer failure(const std::string& message, std::optional<std::size_t> column = {}) {
    return {false, message + "\n", column, {}};
}

// call_of is the command as the vendor's remote procedure call.
Element call_of(const ParsedCommand& parsed) {
    Element call = Element::group(std::string(parsed.command->rpc));
    for (const auto& [key, value] : parsed.options) {
        const std::string_view name = key.starts_with('<') ? key.substr(1, key.size() - 2) : key;
        call.children.push_back(Element::leaf(std::string(name), value));
    }
    return call;
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
               const control::SessionListing& sessions, const std::vector<uplink::Check>& checks) {
        try {
            std::string text = answer_text(parsed, pipeline, sessions, checks);
            Answer answer{true, pipeline.filter(std::move(text)), {}, pipeline.client_actions()};
            if (answer.output.size() > max_output) {
                return failure("error: the output is larger than " + std::to_string(max_output) +
                               " bytes; narrow it with | match, | last or | count");
            }
            return answer;
        } catch (const CommandError& error) {
            return failure("error: " + std::string(error.what()));
        }
    }

    std::string answer_text(const ParsedCommand& parsed, const Pipeline& pipeline,
                            const control::SessionListing& sessions,
                            const std::vector<uplink::Check>& checks) {
        const Command& command = *parsed.command;
        if (pipeline.form() == Pipeline::Form::Schema) {
            return render_schema(command.path, command.help, parse_shape(command.shape));
        }
        if (pipeline.form() == Pipeline::Form::Rpc) {
            return render_rpc(call_of(parsed));
        }
        const control::Status status = backend.status();
        const Reply reply =
            command.run({status, sessions, checks, parsed.options, backend, pipeline.wants_tree()});
        switch (pipeline.form()) {
            case Pipeline::Form::Json:
                return render_json(reply.tree);
            case Pipeline::Form::FlatJson:
                return render_flat_json(reply.tree, parse_shape(command.shape));
            case Pipeline::Form::Xml:
                return render_xml(reply.tree);
            default:
                return reply.text;
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

    // answer runs the command once what it needs is there. Rpc and Schema need nothing.
    void answer(const ParsedCommand& parsed, const Pipeline& pipeline, Done done) {
        const bool about_command =
            pipeline.form() == Pipeline::Form::Rpc || pipeline.form() == Pipeline::Form::Schema;
        const Needs needs = about_command ? Needs::Nothing : parsed.command->needs;
        if (needs == Needs::Nothing) {
            done(run(parsed, pipeline, {}, {}));
            return;
        }
        const auto shared = std::make_shared<Done>(std::move(done));
        if (needs == Needs::Sessions) {
            const bool accepted = backend.sessions(
                [this, shared, parsed, pipeline](const control::SessionListing& sessions) {
                    (*shared)(run(parsed, pipeline, sessions, {}));
                });
            if (!accepted) {
                (*shared)(failure("error: too many session listings are waiting; try again"));
            }
            return;
        }
        const auto host = parsed.options.find("<host>");
        const bool accepted = backend.check_link(
            host == parsed.options.end() ? std::string() : host->second,
            [this, shared, parsed, pipeline](const std::vector<uplink::Check>& checks) {
                (*shared)(run(parsed, pipeline, {}, checks));
            });
        if (!accepted) {
            (*shared)(failure("error: another diagnosis is under way; try again"));
        }
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
    impl_->answer(parsed, pipeline, std::move(done));
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
    completions.candidates = pipe == list.tokens.rend()
                                 ? impl_->grammar.complete(all, impl_->backend.status())
                                 : Pipeline::complete(all.last(after));
    return completions;
}

}  // namespace eti::cli
