#include "cli/regular_expression.h"

#include "cli/errors.h"

#include <cctype>

namespace eti::cli {
namespace {

constexpr std::size_t kMaxPattern = 256;
constexpr std::size_t kMaxGroups = 32;  // nesting costs stack inside the library

std::string refusal(std::string_view pattern) {
    if (pattern.size() > kMaxPattern) {
        return "longer than " + std::to_string(kMaxPattern) + " bytes";
    }
    std::size_t groups = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\0') {
            return "a zero byte is not allowed";
        }
        if (pattern[i] == '\\' && i + 1 < pattern.size()) {
            ++i;
            if (std::isdigit(static_cast<unsigned char>(pattern[i])) != 0) {
                return "back references are not offered";
            }
        } else if (pattern[i] == '{') {
            return "repetition counts are not offered; write \\{ for the character";
        } else if (pattern[i] == '(' && ++groups > kMaxGroups) {
            return "more than " + std::to_string(kMaxGroups) + " groups";
        }
    }
    return {};
}

}  // namespace

void RegularExpression::Free::operator()(regex_t* compiled) const {
    ::regfree(compiled);
    delete compiled;
}

RegularExpression::RegularExpression(const std::string& pattern) {
    if (const std::string why = refusal(pattern); !why.empty()) {
        throw CommandError("regular expression '" + pattern.substr(0, kMaxPattern) + "': " + why);
    }
    auto compiled = std::make_unique<regex_t>();
    const int error =
        ::regcomp(compiled.get(), pattern.c_str(), REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (error != 0) {
        char message[128];
        ::regerror(error, compiled.get(), message, sizeof message);
        throw CommandError("regular expression '" + pattern + "': " + message);
    }
    compiled_.reset(compiled.release());
}

bool RegularExpression::matches(std::string_view line) const {
    // REG_STARTEND lends the line without a copy or a terminating zero.
    regmatch_t range{};
    range.rm_so = 0;
    range.rm_eo = static_cast<regoff_t>(line.size());
    return ::regexec(compiled_.get(), line.data(), 1, &range, REG_STARTEND) == 0;
}

}  // namespace eti::cli
