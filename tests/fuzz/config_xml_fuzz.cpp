// Any text is refused with a reason or is a configuration, and then its XML reads back as the same.
#include "config/forms/xml.h"
#include "eti/base/check.h"
#include "eti/config/store.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace eti::config;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const Model model(default_yang_directory());
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const ParsedText read = read_xml(model, text, {});
    if (read.root == nullptr) {
        ETI_CHECK(!read.errors.empty());
        return 0;
    }
    if (read.tags.empty()) {  // a tag is no part of the configuration
        const ParsedText again = read_xml(model, write_xml(*read.root), {});
        ETI_CHECK(again.errors.empty() && again.root->same(*read.root));
    }
    return 0;
}
