#include "control/fault_watch.h"

#include <spdlog/spdlog.h>

namespace eti::control {

void FaultWatch::on_link(const uplink::LinkStatus& link, Timestamp now) {
    connected_ = link.connected;
    oldest_ = link.oldest_age.count() == 0 ? Timestamp::max() : now - link.oldest_age;
}

bool FaultWatch::service_away(const config::Settings& settings) const {
    return !settings.cloud.analysis_url.empty() && !connected_;
}

policy::Exceptions FaultWatch::exceptions(const config::Settings& settings, Timestamp now) const {
    const config::Exceptions& wanted = settings.exceptions;
    const bool service = !settings.cloud.analysis_url.empty();
    const bool late = oldest_ < now && now - oldest_ > settings.limits.submission_timeout;
    return {.out_of_resources = wanted.block_out_of_resources,
            .service_not_ready = wanted.block_service_not_ready && service_away(settings),
            .submission_timeout = service && wanted.block_submission_timeout && late};
}

void log_change(const policy::Exceptions& before, const policy::Exceptions& after) {
    const auto tell = [](bool was, bool is, const char* fault) {
        if (is && !was) {
            spdlog::warn("{}: new sessions are blocked, as services openeti exceptions says",
                         fault);
        } else if (was && !is) {
            spdlog::info("{}: over, new sessions are permitted", fault);
        }
    };
    tell(before.service_not_ready, after.service_not_ready, "analysis service not ready");
    tell(before.submission_timeout, after.submission_timeout,
         "records cannot be submitted in time");
}

}  // namespace eti::control
