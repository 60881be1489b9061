// docs/cli.md is what the command table and the model say. ETI_WRITE_REFERENCE=1 writes it anew.
#include "cli/commands/commands.h"
#include "cli/configuration/editor.h"
#include "cli/configuration/operational.h"
#include "config/model.h"
#include "eti/cli/access.h"
#include "eti/config/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace eti::cli {
namespace {

constexpr const char* kFile = ETI_SOURCE_DIR "/docs/cli.md";

// cell keeps a text in its column of a Markdown table.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
    }
    return out;
}

std::string row(std::initializer_list<std::string_view> cells) {
    std::string line = "|";
    for (const std::string_view text : cells) {
        line += " " + cell(text) + " |";
    }
    return line + "\n";
}

std::string code(std::string_view text) {
    return "`" + std::string(text) + "`";
}

std::string usage_of(const Command& command) {
    std::string line(command.path);
    for (const Option& option : command.options) {
        std::string part(option.keyword);
        part += option.keyword.empty() || option.value.empty() ? "" : " ";
        part += option.value;
        line += option.required ? " " + part : " [" + part + "]";
    }
    return line + (command.rest.empty() ? "" : " " + std::string(command.rest));
}

void write_operational(std::ostream& out) {
    std::vector<Command> commands = all_commands();
    for (Command& command : configuration_commands()) {
        commands.push_back(std::move(command));
    }
    std::sort(commands.begin(), commands.end(),
              [](const Command& a, const Command& b) { return a.path < b.path; });
    out << "## Operational mode\n\nClass is the least login class that may run it; RPC the name of "
           "the request that `| display xml rpc` prints.\n\n"
        << row({"command", "what it does", "class", "RPC"}) << "|---|---|---|---|\n";
    for (const Command& command : commands) {
        const std::string_view keyword = command.path.substr(0, command.path.find(' '));
        out << row({code(usage_of(command)), command.help, name_of(class_needed(keyword)),
                    command.rpc.empty() ? "" : code(command.rpc)});
    }
}

void write_verbs(std::ostream& out) {
    out << "\n## Configuration mode\n\n" << row({"command", "what it does"}) << "|---|---|\n";
    for (const Verb& verb : verbs()) {
        out << row({code(verb.keyword.word), verb.keyword.help});
    }
}

void write_pipes(std::ostream& out) {
    out << "\n## Pipes\n\n" << row({"pipe", "what it does"}) << "|---|---|\n";
    const Token empty{};
    for (const Completion& pipe : Pipeline::complete(std::span(&empty, 1))) {
        out << row({code(pipe.word), pipe.help});
    }
}

std::string value_of(config::Statement statement) {
    using config::Kind;
    if (statement.kind() != Kind::Leaf && statement.kind() != Kind::LeafList) {
        return {};
    }
    std::string text;
    for (const auto& name : statement.names()) {
        text += (text.empty() ? "" : ", ") + std::string(name.name);
    }
    text = text.empty() ? statement.range() : text;
    if (!statement.default_value().empty()) {
        text += (text.empty() ? "default " : "; default ") + std::string(statement.default_value());
    }
    return text;
}

std::string effect_of(config::Statement statement) {
    if (const auto why = statement.extension("refused")) {
        return "refused: " + std::string(*why);
    }
    if (const auto why = statement.extension("not-enforced")) {
        return "accepted, not enforced: " + std::string(*why);
    }
    return {};
}

std::string words_of(config::Statement statement) {
    std::string words(statement.keyword());
    const auto& keys = statement.keys();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const std::string_view keyword = i == 0 ? std::string_view() : statement.key_keyword(i);
        words += (words.empty() ? "" : " ") + std::string(keyword) + (keyword.empty() ? "" : " ");
        words += "<" + std::string(keys[i].name()) + ">";
    }
    if (statement.kind() == config::Kind::Leaf || statement.kind() == config::Kind::LeafList) {
        words += (words.empty() ? "<" : " <") + std::string(statement.name()) + ">";
    }
    return words;
}

void write_statements(std::ostream& out, const config::Model& model, config::Statement parent,
                      const std::string& path) {
    for (const config::Statement& child : model.children(parent)) {
        if (child.universal()) {
            continue;  // said once, below
        }
        const std::string words = path + (path.empty() ? "" : " ") + words_of(child);
        std::string effect = effect_of(child);
        std::string help(child.description());
        help += effect.empty() ? "" : " (" + effect + ")";
        out << row({code(words), help, value_of(child)});
        if (!child.hierarchy()) {
            write_statements(out, model, child, words);
        }
    }
}

std::string reference() {
    std::ostringstream out;
    out << "# The command line\n\nMade from the table of commands and the YANG model; "
           "`tests/unit/cli/reference_test.cpp` compares, and writes it anew with "
           "`ETI_WRITE_REFERENCE=1`. Every word may be cut to a unique beginning.\n\n";
    write_operational(out);
    write_verbs(out);
    write_pipes(out);
    out << "\n## Statements\n\nEvery hierarchy also takes `apply-groups`, `apply-groups-except` "
           "and `apply-macro`; below `groups <name>` the whole hierarchy may be typed again.\n\n"
        << row({"statement", "what it is", "values"}) << "|---|---|---|\n";
    const config::Model model(config::default_yang_directory());
    write_statements(out, model, {}, {});
    return out.str();
}

TEST(Reference, TheDocumentIsWhatTheTablesSay) {
    const std::string made = reference();
    if (std::getenv("ETI_WRITE_REFERENCE") != nullptr) {
        std::ofstream(kFile) << made;
    }
    std::ifstream file(kFile);
    const std::string kept{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(kept, made) << "ETI_WRITE_REFERENCE=1 writes docs/cli.md anew";
}

}  // namespace
}  // namespace eti::cli
