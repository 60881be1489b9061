// What the first start leaves in the data folder: token, login, feed.key, feed.pub.
#pragma once

#include "eti/feeds/signing_key.h"
#include "eti/store/sqlite.h"

#include <string>

namespace eti::analysis {

std::string store_file(const std::string& directory);
// prepare_directory creates DIR (0700) when it is missing.
void prepare_directory(const std::string& directory);
// write_credentials makes the sensor token and the page's login once; the files hold the
// secrets (0600), the store only their SHA-256.
void write_credentials(Database& database, const std::string& directory, Timestamp now);
// feed_key loads key_file, or DIR/feed.key, made when missing; DIR/feed.pub always matches it.
SigningKey feed_key(const std::string& directory, const std::string& key_file);

}  // namespace eti::analysis
