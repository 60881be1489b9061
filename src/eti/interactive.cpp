#include "eti/interactive.h"

#include <editline/readline.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>

namespace eti::client {
namespace {

// The completion hook of libedit has no argument for its user.
const Client* completing_client = nullptr;
std::vector<Candidate> candidates;

char* next_candidate(const char*, int state) {
    const auto index = static_cast<std::size_t>(state);
    // A value to be typed, "<name>", is no word to insert.
    if (index >= candidates.size() || candidates[index].word.starts_with('<')) {
        return nullptr;
    }
    return ::strdup(candidates[index].word.c_str());
}

char** complete_word(const char* word, int, int end) {
    try {
        const std::string_view line(rl_line_buffer, static_cast<std::size_t>(end));
        candidates = completing_client->complete(line).candidates;
    } catch (const Unreachable&) {
        candidates.clear();
    }
    rl_attempted_completion_over = 1;  // never fall back to file names
    return candidates.empty() ? nullptr : rl_completion_matches(word, next_candidate);
}

std::string user_name() {
    const passwd* user = ::getpwuid(::geteuid());
    return user != nullptr ? user->pw_name : "user";
}

void run_line(const Client& client, const std::string& prompt, const std::string& line) {
    try {
        const Reply reply = client.execute(line);
        if (reply.column) {
            std::cout << caret_line(prompt, line, *reply.column) << '\n';
        }
        std::cout << reply.output << '\n';
    } catch (const Unreachable& error) {
        std::cout << "error: " << error.what() << "\n\n";
    }
    std::cout.flush();
}

struct Free {
    void operator()(char* text) const { std::free(text); }
};

}  // namespace

void run_interactive(const Client& client) {
    const std::string prompt = user_name() + "@" + client.complete("").host + "> ";
    completing_client = &client;
    rl_attempted_completion_function = complete_word;
    using_history();
    stifle_history(1000);
    for (;;) {
        const std::unique_ptr<char, Free> typed(readline(prompt.c_str()));
        if (typed == nullptr) {
            std::cout << '\n';
            return;
        }
        const std::string line(typed.get());
        if (line.find_first_not_of(" \t") == std::string::npos) {
            continue;
        }
        add_history(line.c_str());
        if (line == "exit" || line == "quit") {
            return;
        }
        run_line(client, prompt, line);
    }
}

}  // namespace eti::client
