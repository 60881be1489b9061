// show and status.
#include "cli/configuration/editor.h"
#include "cli/configuration/show_pipes.h"

namespace eti::cli {

Answer show_candidate(Editor& editor, const Call& call) {
    const ShowPipes pipes(call.pipes, call.last);
    return pipes.answer(at(call.arguments, [&](std::string_view text) {
        return pipes.compare ? editor.session->compare(text, pipes.rollback)
                             : editor.session->show(text, pipes.options);
    }));
}

Answer show_status(Editor& editor, const Call& call) {
    require_end(call.arguments, 0);
    return Pipeline::parse(call.pipes, call.last).answer({{}, editor.workspace.editors()});
}

}  // namespace eti::cli
