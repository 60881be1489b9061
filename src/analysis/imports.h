// Lists that were imported by hand: kept in DIR/imports, sources like any other. A folder instead
// of the store, so that the command works beside a running service and without one.
#pragma once

#include "eti/feeds/source.h"

#include <string>
#include <vector>

namespace eti::analysis {

// ImportReport is what became of a list.
struct ImportReport {
    std::string name;
    int64_t entries = 0;
    std::vector<intel::RejectedLine> rejected;  // the first ones
    std::size_t rejected_count = 0;
};

// check_import reads the list without keeping it; source's location is the file. Throws
// std::runtime_error when the list as a whole must not be used.
ImportReport check_import(const SourceOptions& source, const SourceLimits& limits);
// import_list checks the list and keeps a copy under source's name, in the place of an earlier one.
ImportReport import_list(const std::string& data_directory, const SourceOptions& source,
                         const SourceLimits& limits);
// remove_import throws std::runtime_error when there is no such import.
void remove_import(const std::string& data_directory, const std::string& name);

// imported_sources are those in the folder, ordered by name. What cannot be read is left out.
std::vector<SourceOptions> imported_sources(const std::string& data_directory);

// import_name makes a source's name of a file's: "lists/sslbl (1).csv" is "sslbl-1".
std::string import_name(const std::string& file);

}  // namespace eti::analysis
