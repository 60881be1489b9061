#include "control/syslog.h"

#include "eti/metadata/record_json.h"

#include <cstdint>

namespace eti::control {
namespace {

constexpr std::string_view kStructuredDataId = "junos@2636.1.1.1.2.129";

// The vendor writes milliseconds.
std::string format_milliseconds(Timestamp now) {
    std::string text = metadata::format_time(now);
    const auto dot = text.find('.');
    if (dot != std::string::npos) {
        text = text.substr(0, dot + 4) + "Z";
    }
    return text;
}

// utf8_length returns the length of the well-formed multi-byte sequence at the start of text, or 0
// (Unicode table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<uint8_t>(text[i]); };
    const uint8_t lead = byte(0);
    std::size_t length = 0;
    uint8_t low = 0x80;
    uint8_t high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
        length = 2;
    } else if (lead >= 0xe0 && lead <= 0xef) {
        length = 3;
        low = lead == 0xe0 ? 0xa0 : low;
        high = lead == 0xed ? 0x9f : high;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        length = 4;
        low = lead == 0xf0 ? 0x90 : low;
        high = lead == 0xf4 ? 0x8f : high;
    }
    if (length == 0 || text.size() < length || byte(1) < low || byte(1) > high) {
        return 0;
    }
    for (std::size_t i = 2; i < length; ++i) {
        if (byte(i) < 0x80 || byte(i) > 0xbf) {
            return 0;
        }
    }
    return length;
}

void append_value(std::string& out, std::string_view value) {
    while (!value.empty()) {
        const char c = value.front();
        std::size_t taken = 1;
        if (c == '"' || c == '\\' || c == ']') {
            out += '\\';
            out += c;
        } else if (c >= 0x20 && c < 0x7f) {
            out += c;
        } else if (const std::size_t length = utf8_length(value); length > 0) {
            out += value.substr(0, length);
            taken = length;
        } else {
            out += '?';
        }
        value.remove_prefix(taken);
    }
}

// RFC 5424 section 6: HOSTNAME is printable ASCII without blanks.
std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 255)) {
        out += (c > 0x20 && c < 0x7f) ? c : '-';
    }
    return out.empty() ? "-" : out;
}

}  // namespace

std::string format_syslog(const SyslogEvent& event, std::string_view host, Timestamp now) {
    std::string out = "<" + std::to_string(static_cast<unsigned>(event.priority)) + ">1 ";
    out += format_milliseconds(now);
    out += " " + printable(host) + " ";
    out += event.application;
    out += " - ";
    out += event.tag;
    out += " [";
    out += kStructuredDataId;
    for (const auto& [name, value] : event.fields) {
        out += ' ';
        out += name;
        out += "=\"";
        append_value(out, value.empty() ? kUnknown : std::string_view(value));
        out += '"';
    }
    out += ']';
    return out;
}

}  // namespace eti::control
