// Any text is either a configuration or a ConfigError; nothing else leaves the loader.
#include "eti/config/store.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const eti::config::Loader loader(eti::config::default_yang_directory());
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        loader.load_text(text, "input");
    } catch (const eti::config::ConfigError&) {  // the answer to a wrong text, not a failure
    }
    return 0;
}
