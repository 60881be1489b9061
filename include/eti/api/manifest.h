// The signed manifest of docs/cloud-link.md.
#pragma once

#include "eti/feeds/signing_key.h"
#include "eti/store/feed_store.h"

#include <string>
#include <vector>

namespace eti::analysis {

// seconds_text is RFC 3339 UTC in whole seconds, as manifest and signature carry it.
std::string seconds_text(int64_t micros);
// signed_text is what the signature covers.
std::string signed_text(const FeedRow& feed);
std::string render_manifest(const std::vector<FeedRow>& feeds, const SigningKey& key,
                            std::chrono::seconds update_interval);

}  // namespace eti::analysis
