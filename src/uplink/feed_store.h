// Feeds on disk: one file each, a JSON line that describes the feed and then its body.
#pragma once

#include "uplink/feed_check.h"

#include <optional>
#include <string>
#include <string_view>

namespace eti::uplink {

std::string feed_path(const std::string& state_directory, std::string_view name);

// store_feed replaces the stored feed whole; an empty text, or why not.
std::string store_feed(const std::string& state_directory, const std::string& key_id,
                       const HeldFeed& feed);

// load_feed verifies signature and digest again. Missing: nothing and no problem.
std::optional<HeldFeed> load_feed(const std::string& state_directory, std::string_view name,
                                  const FeedKey& key, std::string& problem);
// load_feed with update checks and reads the body, too.
std::optional<HeldFeed> load_feed(const std::string& state_directory, std::string_view name,
                                  const FeedKey& key, FeedUpdate& update, std::string& problem);

}  // namespace eti::uplink
