// A revision as a file: a header of commit information, then the configuration.
#pragma once

#include "eti/config/workspace.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eti::config {

// Revision is what is known of a commit besides its text. Times are whole seconds.
struct Revision {
    uint64_t sequence = 0;  // counts commits, from 1; never used twice
    Timestamp time{};
    std::string user;
    std::string client;
    std::string comment;
    // Of an unconfirmed commit: until when it stands, and the sequence it then goes back to.
    std::optional<Timestamp> confirm_by;
    uint64_t back_to = 0;
};

std::string revision_id(const Revision& revision);  // unique over restarts and state folders

std::string write_revision(const Revision& revision, std::string_view text);

struct ParsedRevision {
    Revision revision;
    std::string text;
};
// parse_revision answers nothing for what write_revision did not write, not to its end, or not so:
// a SHA-256 covers header and text. Files of before there was one are taken without.
std::optional<ParsedRevision> parse_revision(std::string_view file);

// utc_text is "2026-11-24T03:46:14Z".
std::string utc_text(Timestamp time);
std::optional<Timestamp> parse_utc(std::string_view text);

}  // namespace eti::config
