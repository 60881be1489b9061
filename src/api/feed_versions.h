// What is behind a feed's name: versions, diff, entry.
#pragma once

#include "eti/api/message.h"
#include "eti/store/stores.h"

namespace eti::analysis {

// get_feed_item throws RequestError or StorageError.
Response get_feed_item(const Stores& stores, const Request& request);

}  // namespace eti::analysis
