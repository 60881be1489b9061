// The page's files and the API's description over HTTP: public, so no credential is asked for.
#pragma once

#include "eti/api/message.h"

namespace eti::analysis {

// is_page says whether a request is for one of the files or for a path that the page itself
// understands, such as /servers/203.0.113.7; a browser is shown any other path by the page too.
bool is_page(const Request& request);

// page_answer is the file, compressed for who takes it, or a 304. Only for is_page requests.
Response page_answer(const Request& request);

}  // namespace eti::analysis
