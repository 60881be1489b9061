// The servers' page as other programs read it, and its filter's errors.
#pragma once

#include "api/page_query.h"
#include "eti/store/filter.h"

namespace eti::analysis {

Response servers_csv(const Request& request, const std::vector<ServerRow>& rows);
Response servers_stix(const std::vector<ServerRow>& rows);
// filter_problem is a 400 that says where in the filter's text, in characters.
Response filter_problem(const std::string& filter, const FilterError& error);

}  // namespace eti::analysis
