#include "enrich/dns_memory.h"

#include <algorithm>

namespace eti::enrich {

DnsMemory::Pair DnsMemory::pair_of(const net::IpAddress& client, const net::IpAddress& server) {
    Pair pair;
    std::ranges::copy(server.bytes(), std::ranges::copy(client.bytes(), pair.begin()).out);
    return pair;
}

void DnsMemory::note(const metadata::DnsAnswer& answer) {
    forget_old(answer.time);
    const auto lookup = std::make_shared<const Lookup>(Lookup{
        answer.time, std::string(answer.name.view()), answer.ttl, answer.answers, answer.cname});
    for (const net::IpAddress& server : answer.addresses.view()) {
        insert(pairs_.touch(pair_of(answer.client, server)), lookup);
    }
}

// Answers of several workers may come out of order.
void DnsMemory::insert(Answers& answers, const std::shared_ptr<const Lookup>& lookup) {
    const auto place = std::find_if(answers.rbegin(), answers.rend(),
                                    [&](const auto& known) { return known->time <= lookup->time; });
    answers.insert(place.base(), lookup);
    if (answers.size() <= kAnswersPerPair) {
        return;
    }
    // Without an answer that repeats the name of the one before it every name stays right, and only
    // ages grow. The newest stays all the same. Where none repeats, the oldest goes.
    const auto repeats = [](const auto& before, const auto& after) {
        return before->name == after->name;
    };
    const auto newest = answers.end() - 1;
    const auto first = std::adjacent_find(answers.begin(), newest, repeats);
    answers.erase(first == newest ? answers.begin() : first + 1);
}

void DnsMemory::forget_old(Timestamp now) {
    while (const Answers* oldest = pairs_.oldest()) {
        if (now - oldest->back()->time <= kMaxAge) {
            return;
        }
        pairs_.erase_oldest();
    }
}

std::shared_ptr<const Lookup> DnsMemory::find(const net::IpAddress& client,
                                              const net::IpAddress& server, Timestamp start) {
    const Answers* answers = pairs_.find(pair_of(client, server));
    if (answers == nullptr) {
        return nullptr;
    }
    const auto latest = std::find_if(answers->rbegin(), answers->rend(),
                                     [start](const auto& known) { return known->time <= start; });
    if (latest == answers->rend() || start - (*latest)->time > kMaxAge) {
        return nullptr;
    }
    return *latest;
}

}  // namespace eti::enrich
