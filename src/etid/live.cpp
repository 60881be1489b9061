#include "live.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace eti {
namespace {

uplink::TlsFiles tls_files(const std::optional<config::TlsProfile>& profile) {
    if (!profile) {
        return {};
    }
    return {profile->trusted_ca_file, profile->client_certificate_file, profile->client_key_file};
}

}  // namespace

uplink::Options link_options(uplink::Options options, const config::Settings& settings) {
    options.sensor = settings.host_name;
    options.analysis_url = settings.cloud.analysis_url;
    options.feed_url = settings.cloud.feed_url;
    options.analysis_tls = tls_files(settings.cloud.analysis_tls);
    options.feed_tls = tls_files(settings.cloud.feed_tls);
    options.token_file = settings.cloud.token_file;
    options.feed_public_key_file = settings.cloud.feed_public_key_file;
    options.most_shrink_percent = settings.cloud.feed_shrink_percent;
    options.most_growth_percent = settings.cloud.feed_growth_percent;
    options.spool_limit_bytes = settings.limits.spool_bytes;
    options.want_infected_hosts = settings.infected_hosts_used;
    options.want_certificate_feed = settings.certificate_feed_used;
    return options;
}

void Live::apply(const config::Settings& next) {
    uplink::Options options = link_options(options_, next);
    // What becomes wanted again is in force from the disk before the service is asked.
    const bool more = (options.want_infected_hosts && !options_.want_infected_hosts) ||
                      (options.want_certificate_feed && !options_.want_certificate_feed);
    uplink::StoredState stored = more ? uplink::load_stored_state(options) : uplink::StoredState();
    controller_.reconfigure(next);
    if (more) {
        controller_.restore(std::move(stored));
    }
    uplink_.reconfigure(options);
    options_ = std::move(options);
    for (const std::string& problem : controller_.problems()) {
        spdlog::warn("{}", problem);
    }
}

}  // namespace eti
