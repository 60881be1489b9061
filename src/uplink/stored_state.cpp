#include "eti/uplink/uplink.h"
#include "uplink/feed_store.h"
#include "uplink/infected_hosts_state.h"

#include <chrono>

namespace eti::uplink {
namespace {

// load_update reports an expired feed and keeps it: an old list blocks more than none.
template <typename Update>
std::optional<Update> load_update(const Options& options, std::string_view name, const FeedKey& key,
                                  std::vector<std::string>& problems) {
    FeedUpdate update;
    std::string problem;
    const std::optional<HeldFeed> feed =
        load_feed(options.state_directory, name, key, update, problem);
    if (!feed) {
        if (!problem.empty()) {
            problems.push_back(problem);
        }
        return std::nullopt;
    }
    auto& result = std::get<Update>(update);
    if (feed->entry.expires <= std::chrono::system_clock::now()) {
        result.info.status = std::string(name) + " expired on " + feed->entry.expires_text +
                             " and stays in force; check the link to the service";
        problems.push_back(result.info.status);
    }
    return std::move(result);
}

}  // namespace

StoredState load_stored_state(const Options& options) {
    StoredState state;
    const auto note = [&state](std::string problem) {
        if (!problem.empty()) {
            state.problems.push_back(std::move(problem));
        }
    };
    if (options.want_infected_hosts) {
        note(load_infected_hosts(options.state_directory, state.infected_hosts));
    }
    if (options.feed_url.empty()) {
        return state;
    }
    FeedKey key;
    const std::string key_problem = key.load(options.feed_public_key_file);
    if (!key_problem.empty()) {
        note(key_problem);
        return state;
    }
    if (options.want_certificate_feed) {
        state.blocklist =
            load_update<BlocklistUpdate>(options, kCertificateFeed, key, state.problems);
    }
    state.allowlist = load_update<AllowlistUpdate>(options, kAllowlistFeed, key, state.problems);
    return state;
}

}  // namespace eti::uplink
