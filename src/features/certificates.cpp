#include "features/certificates.h"

#include "eti/x509/certificate.h"

#include <algorithm>

namespace eti::features {

// Whether a certificate is a leaf shows only when a session shows it, so it is kept as both; the
// bytes of a leaf go once it is judged.
void Certificates::learn(const Sha1Digest& sha1, std::span<const uint8_t> der) {
    Leaf& leaf = leaves_.touch(sha1);
    if (!leaf.profile || leaf.profile->version == 0) {
        const metadata::CertificateSummary summary = x509::summarize(der);
        if (summary.parsed) {
            leaf.profile = profile_of(summary);
        }
    }
    if (!leaf.trust && leaf.profile) {
        leaf.der.assign(der.begin(), der.end());
    }
    authorities_.touch(sha1).assign(der.begin(), der.end());
}

CertificateView Certificates::view_of(const Leaf& leaf) {
    return {leaf.profile ? &*leaf.profile : nullptr, leaf.trust, leaf.chain_length};
}

Certificates::Leaf& Certificates::leaf_of(const Sha1Digest& sha1,
                                          const metadata::CertificateSummary* summary) {
    Leaf& leaf = leaves_.touch(sha1);
    if (!leaf.profile && summary != nullptr && summary->parsed) {
        leaf.profile = profile_of(*summary);
    }
    if (!leaf.trust && leaf.der.empty() && summary != nullptr && summary->chain_judged) {
        leaf.trust =
            x509::ChainVerdict{summary->issuer_known, summary->chain_from, summary->chain_until};
    }
    return leaf;
}

CertificateView Certificates::show(const metadata::Record& record,
                                   const metadata::CertificateSummary* summary) {
    Leaf& leaf = leaf_of(record.certificate.sha1, summary);
    leaf.chain_length = static_cast<uint8_t>(std::max<std::size_t>(
        {record.certificate.chain.size(), leaf.chain_length, std::size_t{1}}));
    if (!leaf.trust && !leaf.der.empty() && roots_ != nullptr) {
        judge(leaf, record);
    }
    return view_of(leaf);
}

void Certificates::judge(Leaf& leaf, const metadata::Record& record) {
    std::vector<std::span<const uint8_t>> chain{leaf.der};
    const auto sent = record.certificate.chain.view();
    bool whole = !record.certificate.chain.truncated();
    for (std::size_t i = 1; i < sent.size(); ++i) {
        const std::vector<uint8_t>* der = authorities_.find(sent[i]);
        if (der != nullptr) {
            chain.emplace_back(*der);
        }
        whole = whole && der != nullptr;
    }
    if (!whole) {
        return;  // the part that leads to a root may be the one whose bytes have not come
    }
    leaf.trust = roots_->judge(chain, record.start);
    leaf.der = {};
    authorities_.erase(record.certificate.sha1);
}

bool Certificates::knows(const Sha1Digest& sha1) {
    const Leaf* leaf = leaves_.find(sha1);
    return (leaf != nullptr && leaf->profile && leaf->profile->version != 0) ||
           authorities_.find(sha1) != nullptr;
}

CertificateView Certificates::find(const Sha1Digest& sha1,
                                   const metadata::CertificateSummary* summary) {
    return view_of(leaf_of(sha1, summary));
}

}  // namespace eti::features
