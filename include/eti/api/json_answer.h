// JSON bodies in and out; included by handlers only.
#pragma once

#include "eti/api/message.h"

#include <nlohmann/json.hpp>

namespace eti::analysis {

Response json_answer(const nlohmann::json& body, int status = 200);
// json_body throws RequestError 400 unless the body is a JSON object.
nlohmann::json json_body(const Request& request);

}  // namespace eti::analysis
