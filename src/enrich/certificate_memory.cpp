#include "enrich/certificate_memory.h"

#include <algorithm>
#include <cstddef>

namespace eti::enrich {

// Without a ClientHello, or with a name that was cut, nobody knows which server was meant.
std::optional<std::string> CertificateMemory::name_of(const metadata::Record& record) {
    const auto& sni = record.client_hello.sni;
    if (!record.client_hello.seen || sni.truncated()) {
        return std::nullopt;
    }
    const auto& address = record.server.ip.bytes();
    std::string name(address.begin(), address.end());
    name.push_back(static_cast<char>(record.server.port >> 8));
    name.push_back(static_cast<char>(record.server.port & 0xff));
    name.push_back(static_cast<char>(record.transport));
    for (const char c : sni.view()) {  // RFC 6066 section 3: names have no case
        name.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
    }
    return name;
}

void CertificateMemory::learn(const metadata::Record& record) {
    if (const auto name = name_of(record)) {
        insert(names_.touch(*name), record.start, record.certificate.sha1);
    }
}

// Records come at the end of their sessions, so a short session is often learned before a long one
// that started earlier.
void CertificateMemory::insert(Runs& runs, Timestamp start, const Sha1Digest& leaf) {
    const auto after = std::find_if(runs.begin(), runs.end(),
                                    [start](const Run& run) { return run.first > start; });
    if (after != runs.begin() && (after - 1)->leaf == leaf) {
        (after - 1)->last = std::max((after - 1)->last, start);
        return;
    }
    const Run shown{start, start, leaf};
    if (after != runs.begin() && (after - 1)->last > start) {  // inside another leaf's run
        const Run rest{(after - 1)->last, (after - 1)->last, (after - 1)->leaf};
        (after - 1)->last = (after - 1)->first;
        runs.insert(after, {shown, rest});
    } else if (after != runs.end() && after->leaf == leaf) {
        after->first = start;
    } else {
        runs.insert(after, shown);
    }
    while (runs.size() > kRunsPerName) {
        runs.erase(runs.begin());
    }
}

std::optional<Sha1Digest> CertificateMemory::find(const metadata::Record& record) {
    const auto name = name_of(record);
    if (!name || names_.find(*name) == nullptr) {
        return std::nullopt;
    }
    const Runs& runs = names_.touch(*name);
    const auto last = std::find_if(runs.rbegin(), runs.rend(),
                                   [&](const Run& run) { return run.first <= record.start; });
    if (last == runs.rend()) {
        return std::nullopt;
    }
    return last->leaf;
}

}  // namespace eti::enrich
