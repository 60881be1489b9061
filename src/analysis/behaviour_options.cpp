#include "analysis/behaviour_options.h"

#include <spdlog/spdlog.h>

namespace eti::analysis {
namespace {

// The system's roots, and the site's own when they are named.
std::shared_ptr<const x509::ChainVerifier> roots_of(const std::string& site_file) {
    auto roots = x509::ChainVerifier::of_system();
    if (!roots && site_file.empty()) {
        spdlog::warn("no root certificates in {}: chains are not judged; install ca-certificates",
                     x509::ChainVerifier::kDefaultBundle);
        return nullptr;
    }
    if (!roots) {
        return std::make_shared<x509::ChainVerifier>(site_file);
    }
    if (!site_file.empty()) {
        roots->trust(site_file);
    }
    return roots;
}

}  // namespace

BehaviourWorkerOptions behaviour_options(const ServiceOptions& options) {
    BehaviourWorkerOptions behaviour;
    behaviour.model = model::files_in(options.model_directory);
    behaviour.knowledge.roots = roots_of(options.site_roots_file);
    if (!options.popularity_file.empty()) {
        behaviour.knowledge.popularity =
            std::make_shared<const features::Popularity>(options.popularity_file);
    }
    behaviour.behaviour.usual_after = options.usual_after;
    behaviour.now = options.now;
    return behaviour;
}

}  // namespace eti::analysis
