// One conditional GET, bounded in size and time.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace eti::analysis {

struct FetchRequest {
    std::string url;
    std::string etag;           // empty: none
    std::string last_modified;  // empty: none
    std::size_t max_bytes = 0;
    std::chrono::seconds timeout{120};
};
struct FetchAnswer {
    long status = 0;  // 0: no complete answer, error says why
    std::string body;
    std::string etag;
    std::string last_modified;
    std::string error;
};
// fetch waits for the network; cancelled is asked about once a second. An answer shorter than its
// Content-Length is none.
FetchAnswer fetch(const FetchRequest& request, const std::function<bool()>& cancelled);

// check_source_url returns an empty text for https and, on loopback hosts, http; else why not.
std::string check_source_url(const std::string& url);

}  // namespace eti::analysis
