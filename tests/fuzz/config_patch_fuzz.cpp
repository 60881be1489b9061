// Any text is a patch or is refused line by line; what it makes of a configuration is again led to
// by a patch.
#include "config/forms/compare.h"
#include "eti/base/check.h"
#include "eti/config/store.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace eti::config;

namespace {

constexpr std::string_view kBefore = R"(
system { host-name a; }
vlans { v { vlan-id 5; } inactive: w; /* of x */ x; }
security {
    policies {
        from-zone a to-zone b {
            policy p1 { match { source-address [ any x ]; } }
            policy p2;
            protect: policy p3 { then { permit; } }
        }
    }
    forwarding-options { secure-wire W { interface [ ge-0/0/0.0 ge-0/0/1.0 ]; } }
}
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const Model model(default_yang_directory());
    static const ParsedText before = parse_text(model, kBefore, {}, Contradiction::Refuse);
    ETI_CHECK(before.errors.empty());
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto after = before.root->clone();
    apply_patch(model, *after, text);
    const auto patched = before.root->clone();
    const auto errors = apply_patch(model, *patched, compare(*before.root, *after, false));
    ETI_CHECK(errors.empty() && patched->same(*after));
    return 0;
}
