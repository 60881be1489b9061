#include "eti/api/json_answer.h"

#include "eti/engine/engine.h"

namespace eti::analysis {

Response json_answer(const nlohmann::json& body, int status) {
    return {status,
            "application/json",
            body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
            {}};
}

nlohmann::json json_body(const Request& request) {
    nlohmann::json body = nlohmann::json::parse(request.body, nullptr, false);
    if (!body.is_object()) {
        throw RequestError(400, "the body must be a JSON object");
    }
    return body;
}

}  // namespace eti::analysis
