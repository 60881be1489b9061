// Whatever is read from a text prints, as curly text and as set lines, to what reads back the same.
#include "config/candidate/editor.h"
#include "config/candidate/text_parser.h"
#include "config/candidate/text_printer.h"
#include "eti/base/check.h"
#include "eti/config/store.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace eti::config;

namespace {

void check_text(const Model& model, const ConfigNode& root, const PrintOptions& options) {
    const std::string printed = print_text(root, options);
    const ParsedText again = parse_text(model, printed, Level{}, Contradiction::Refuse);
    ETI_CHECK(again.errors.empty());
    ETI_CHECK(again.root->same(root));
    ETI_CHECK(print_text(*again.root, options) == printed);
}

void check_lines(const Model& model, const ConfigNode& root, const PrintOptions& options) {
    const std::string lines = print_set(root, {}, options);
    ConfigNode again;
    Editor editor(model, again);
    Level level;
    for (std::size_t start = 0; start < lines.size();) {
        const std::size_t end = lines.find('\n', start);
        if (end - start > kMaxLineLength) {
            return;  // a comment may be longer than a line
        }
        ETI_CHECK(editor.line(level, std::string_view(lines).substr(start, end - start)).empty());
        start = end + 1;
    }
    ETI_CHECK(again.same(root));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const Model model(default_yang_directory());
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const ParsedText parsed = parse_text(model, text, Level{}, Contradiction::Replace);
    if (!parsed.tags.empty()) {
        return 0;  // tags are for whoever loads the text; what they mark may be incomplete
    }
    PrintOptions options;
    options.mask = false;
    check_text(model, *parsed.root, options);
    check_lines(model, *parsed.root, options);
    return 0;
}
