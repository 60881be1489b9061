#include "control/certificate_cache.h"

#include <utility>

namespace eti::control {
namespace {

std::size_t bytes_of(const metadata::CertificateSummary& summary) {
    std::size_t bytes = sizeof summary + summary.subject.size() + summary.issuer.size() +
                        summary.serial.size() + summary.signature.size();
    for (const std::string& name : summary.san) {
        bytes += sizeof name + name.size();
    }
    return bytes;
}

}  // namespace

const metadata::CertificateSummary* CertificateCache::find(const Sha1Digest& sha1) {
    const auto known = by_sha1_.find(sha1);
    if (known == by_sha1_.end()) {
        return nullptr;
    }
    order_.splice(order_.begin(), order_, known->second);
    return &*known->second;
}

void CertificateCache::insert(metadata::CertificateSummary summary) {
    if (by_sha1_.contains(summary.sha1)) {
        return;
    }
    bytes_ += bytes_of(summary);
    order_.push_front(std::move(summary));
    by_sha1_.emplace(order_.front().sha1, order_.begin());
    while (order_.size() > 1 && (order_.size() > limits_.entries || bytes_ > limits_.bytes)) {
        bytes_ -= bytes_of(order_.back());
        by_sha1_.erase(order_.back().sha1);
        order_.pop_back();
    }
}

}  // namespace eti::control
