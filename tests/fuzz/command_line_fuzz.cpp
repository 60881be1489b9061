// Any text as a command line: it is answered exactly once, and a bad word's column is in the line.
#include "eti/base/check.h"
#include "eti/cli/interpreter.h"
#include "tests/support/fixed_backend.h"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
    static eti::cli::FixedBackend backend;
    static eti::cli::Interpreter interpreter(backend);
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    backend.audited.clear();
    int answers = 0;
    interpreter.execute(line, eti::cli::sample_caller(), [&](const eti::cli::Answer& answer) {
        ++answers;
        ETI_CHECK(!answer.column || *answer.column <= line.size());
        ETI_CHECK(answer.output.empty() || answer.output.back() == '\n');
        ETI_CHECK(answer.ok || !answer.output.empty());
    });
    ETI_CHECK(answers == 1);
    ETI_CHECK(interpreter.complete(line).column <= line.size());
    return 0;
}
