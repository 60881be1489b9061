// load and save. The files are the client's: it reads and writes them with its user's own rights.
#include "cli/configuration/editor.h"

#include <array>

namespace eti::cli {
namespace {

constexpr std::size_t kFactoryDefault = 6;
constexpr std::array<Keyword, 7> kModes{{
    {"merge", "Add to the candidate"},
    {"override", "Put in place of the whole candidate"},
    {"patch", "Apply what \"show | compare\" shows"},
    {"replace", "Put in place of what is tagged replace:"},
    {"set", "Run set and delete lines"},
    {"update", "Put in place of what differs"},
    {"factory-default", "Take the configuration the program came with"},
}};
constexpr std::array<config::LoadMode, kFactoryDefault> kLoadModes{
    config::LoadMode::Merge,   config::LoadMode::Override, config::LoadMode::Patch,
    config::LoadMode::Replace, config::LoadMode::Set,      config::LoadMode::Update};
constexpr std::array<Keyword, 1> kTerminal{{{"terminal", "Type or paste it, then Ctrl-D"}}};
constexpr std::array<Keyword, 1> kRelative{{{"relative", "Below this level"}}};

struct Source {
    config::LoadMode mode;
    std::string file;  // empty: the terminal
    bool relative = false;
};

Source source_of(const Part& arguments, std::size_t mode) {
    const Part rest = arguments.after(1);
    require_arguments(rest);
    Source source{kLoadModes[mode], rest.words[0].text};
    if (source.file == kTerminal[0].word) {
        source.file.clear();
    }
    if (rest.words.size() > 1) {
        choose(kRelative, rest.words[1]);
        source.relative = true;
    }
    require_end(rest, 2);
    return source;
}

Answer result_of(const config::LoadResult& result) {
    Answer answer;
    for (const std::string& warning : result.warnings) {
        answer.output += warning + "\n";
    }
    for (const std::string& error : result.errors) {
        answer.output += error + "\n";
    }
    answer.ok = result.errors.empty();
    answer.output += "load complete";
    answer.output += answer.ok ? "\n" : " (" + std::to_string(result.errors.size()) + " errors)\n";
    return answer;
}

}  // namespace

Answer load_text(Editor& editor, const Call& call) {
    require_arguments(call.arguments);
    const std::size_t mode = choose(kModes, call.arguments.words.front());
    if (mode == kFactoryDefault) {
        require_end(call.arguments, 1);
        editor.session->load_factory_default();
        return {true, "warning: activating factory configuration\n", {}};
    }
    const Source source = source_of(call.arguments, mode);
    if (editor.text == nullptr) {
        Answer answer;
        answer.input = Input{source.file};
        answer.output = source.file.empty() ? "[Type ^D at a new line to end input]\n" : "";
        return answer;
    }
    return result_of(editor.session->load(source.mode, *editor.text,
                                          source.file.empty() ? "terminal" : source.file,
                                          source.relative));
}

Completions complete_load(Editor&, const Part& arguments) {
    const std::size_t count = arguments.words.size();
    if (count == 1) {
        return keywords(arguments, kModes);
    }
    Completions found;
    found.column = arguments.words.back().column;
    if (choose(kModes, arguments.words.front()) == kFactoryDefault) {
        found.may_end = count == 2;
    } else if (count == 2) {
        found.candidates = {{"<filename>", "A file of yours"}};
        for (Completion& terminal : matching(kTerminal, arguments.words[1].text)) {
            found.candidates.push_back(std::move(terminal));
        }
    } else if (count == 3) {
        found = keywords(arguments.after(2), kRelative);
        found.may_end = arguments.words.back().text.empty();
    } else {
        found.may_end = count == 4 && arguments.words.back().text.empty();
    }
    return found;
}

Answer save_text(Editor& editor, const Call& call) {
    require_arguments(call.arguments);
    require_end(call.arguments, 1);
    Answer answer;
    answer.output = editor.session->saved();
    if (call.arguments.words.front().text != kTerminal[0].word) {
        answer.file = OutputFile{call.arguments.words.front().text, false, false, "configuration"};
    }
    return answer;
}

Completions complete_save(Editor&, const Part& arguments) {
    return one_value(arguments, "<filename>", "A file of yours, or terminal");
}

}  // namespace eti::cli
