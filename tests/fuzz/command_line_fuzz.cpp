// Any text as lines of a session, operational and in configuration mode: each is answered exactly
// once, a bad word's column is in the line, and a key never reaches beyond it.
#include "eti/base/check.h"
#include "eti/cli/session.h"
#include "eti/config/store.h"
#include "src/cli/completion_reply.h"
#include "tests/support/fixed_backend.h"
#include "tests/support/temporary_folder.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace eti;

struct Fixture {
    Fixture() {
        test::write_file(folder / "first", "set system host-name eti1\nset vlans v vlan-id 1\n");
        workspace.emplace(config::default_yang_directory(), folder / "state", folder / "first");
        backend.edited = &*workspace;
    }
    test::TemporaryFolder folder;
    std::optional<config::Workspace> workspace;
    cli::FixedBackend backend;
    cli::Interpreter interpreter{backend};
};

void check_answer(const cli::Answer& answer, std::string_view line) {
    ETI_CHECK(!answer.column || *answer.column <= line.size());
    ETI_CHECK(answer.output.empty() || answer.output.back() == '\n');
    ETI_CHECK(answer.ok || !answer.output.empty());
}

void check_line(cli::Session& session, std::string_view line) {
    int answers = 0;
    const auto count = [&](const cli::Answer& answer) {
        ++answers;
        check_answer(answer, line);
    };
    const cli::Completions found = session.complete(line);
    ETI_CHECK(found.column <= line.size());
    ETI_CHECK(!found.problem || found.problem->column <= line.size());
    for (const cli::Key key : {cli::Key::Help, cli::Key::Space, cli::Key::Tab}) {
        const cli::CompletionReply reply = cli::reply_to_key(found, line, key);
        ETI_CHECK(reply.output.empty() || reply.output.back() == '\n');
    }
    session.execute(line, count);
    ETI_CHECK(answers == 1);
    session.answer("no", [](const cli::Answer&) {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
    static Fixture fixture;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // Private: what one input sets is gone before the next.
    cli::Session session(fixture.interpreter, fixture.backend, cli::sample_caller());
    check_line(session, text);
    session.execute("configure private", [](const cli::Answer&) {});
    std::string_view rest = text;
    for (int lines = 0; lines < 16 && !rest.empty() && session.in_configuration(); ++lines) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        if (line.find("com") == std::string_view::npos) {  // a commit would outlive the input
            check_line(session, line);
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    fixture.backend.audited.clear();
    return 0;
}
