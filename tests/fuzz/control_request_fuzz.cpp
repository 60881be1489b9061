// Any bytes as a line of the control socket: read or refused with a reason, and always answerable.
#include "eti/base/check.h"
#include "src/cli/request.h"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    eti::cli::Request request;
    std::string why;
    const bool ok = eti::cli::parse_request(text, request, why);
    ETI_CHECK(ok == why.empty());
    const std::string answer =
        eti::cli::render_answer(request.id, "eti1", {ok, ok ? request.line : why, {}});
    ETI_CHECK(answer.find('\n') == answer.size() - 1);
    return 0;
}
