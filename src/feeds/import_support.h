// What the importers share.
#pragma once

#include "eti/feeds/import.h"

namespace eti::analysis {

// read_typed reads a value whose type the feed names in ThreatFox's or MISP's words.
bool read_typed(std::string_view type, std::string_view value, Indicator& indicator);
// is_ignored_type is true for types that are well known and match nothing on the wire we read.
bool is_ignored_type(std::string_view type);

// level_of_confidence turns 0 to 100 into a level; a feed that gives none lists at the highest.
intel::ThreatLevel level_of_confidence(std::string_view percent);
// plain_reference keeps an address, not the word "None" some exports write.
std::string plain_reference(std::string_view text);

// finished drops the indicators of a feed that carries an error.
ImportedFeed finished(ImportedFeed feed);

}  // namespace eti::analysis
