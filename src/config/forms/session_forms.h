// The forms of "show" beyond text and set lines.
#pragma once

#include "config/candidate/session_impl.h"

#include <string>
#include <vector>

namespace eti::config {

// show_form prints what "show" found in a session's candidate as XML, as JSON, or as text with
// marks of what changed; secrets are masked. The first two have the way from the top around it, so
// that they load back.
std::string show_form(const EditSession::Impl& session, const std::vector<ConfigNode*>& nodes,
                      const ShowOptions& options);

}  // namespace eti::config
