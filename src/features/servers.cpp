#include "features/servers.h"

#include "features/text.h"

#include <algorithm>

namespace eti::features {

Servers::Key Servers::key_of(const metadata::Record& record) {
    Key key{};
    auto at = std::ranges::copy(record.server.ip.bytes(), key.begin()).out;
    *at++ = static_cast<uint8_t>(record.server.port >> 8);
    *at++ = static_cast<uint8_t>(record.server.port & 0xff);
    *at = static_cast<uint8_t>(record.transport);
    return key;
}

uint64_t Servers::name_of(const metadata::Record& record) const {
    const std::string_view name = record.client_hello.sni.view();
    return name.empty() ? 0 : std::max<uint64_t>(hash_(lower(name)), 1);
}

void Servers::learn(const metadata::Record& record) {
    auto& shown = servers_.touch(key_of(record));
    const Shown now{name_of(record), record.start, record.certificate.sha1};
    const auto same = std::find_if(shown.begin(), shown.end(), [&](const Shown& before) {
        return before.name == now.name && before.leaf == now.leaf;
    });
    if (same != shown.end()) {
        same->start = std::max(same->start, now.start);
        return;
    }
    if (shown.size() == kNamesPerServer) {
        shown.erase(
            std::min_element(shown.begin(), shown.end(),
                             [](const Shown& a, const Shown& b) { return a.start < b.start; }));
    }
    shown.push_back(now);
}

std::optional<Sha1Digest> Servers::find(const metadata::Record& record) {
    const std::vector<Shown>* shown = servers_.find(key_of(record));
    const Shown* best = nullptr;
    const uint64_t name = name_of(record);
    for (std::size_t i = 0; shown != nullptr && i < shown->size(); ++i) {
        const Shown& before = (*shown)[i];
        const bool fits = before.name == name || before.name == 0 || name == 0;
        if (fits && before.start <= record.start && record.start - before.start <= kLife &&
            (best == nullptr || before.start > best->start)) {
            best = &before;
        }
    }
    return best == nullptr ? std::nullopt : std::optional(best->leaf);
}

}  // namespace eti::features
