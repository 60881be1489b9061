#include "config/commit/revision_text.h"

#include "eti/base/hex.h"
#include "eti/digest/hasher.h"

#include <charconv>
#include <chrono>
#include <ctime>

namespace eti::config {
namespace {

constexpr std::string_view kFirstLine = "# openeti configuration, revision ";

// The line with the digest is the header's last one.
constexpr std::string_view kDigestStart = "# sha256: ";

std::string digest_of(std::string_view header, std::string_view text) {
    digest::Sha1Pool states(1);
    const uint32_t state = states.begin(true);
    for (const std::string_view part : {header, text}) {
        states.update(state, {reinterpret_cast<const uint8_t*>(part.data()), part.size()});
    }
    return to_hex(*states.sha256(state));
}

std::string escaped(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == '\n' || c == '\\') {
            out += '\\';
        }
        out += c == '\n' ? 'n' : c;
    }
    return out;
}

std::string unescaped(std::string_view value) {
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool escape = value[i] == '\\' && i + 1 < value.size();
        i += escape ? 1 : 0;
        out += escape && value[i] == 'n' ? '\n' : value[i];
    }
    return out;
}

std::optional<uint64_t> parse_number(std::string_view text) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

// next_line takes one line off the front; false at the end.
bool next_line(std::string_view& rest, std::string_view& line) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) {
        return false;
    }
    line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return true;
}

template <typename Value>
bool take(Value& field, const std::optional<Value>& parsed) {
    field = parsed.value_or(Value{});
    return parsed.has_value();
}

// read_field takes one "name: value"; a name of a later version is passed over.
bool read_field(std::string_view name, std::string_view value, Revision& revision,
                uint64_t& bytes) {
    if (name == "time") {
        return take(revision.time, parse_utc(value));
    }
    if (name == "confirm-by") {
        revision.confirm_by = parse_utc(value);
        return revision.confirm_by.has_value();
    }
    if (name == "back-to") {
        return take(revision.back_to, parse_number(value));
    }
    if (name == "bytes") {
        return take(bytes, parse_number(value));
    }
    if (name == "user") {
        revision.user = unescaped(value);
    } else if (name == "client") {
        revision.client = unescaped(value);
    } else if (name == "comment") {
        revision.comment = unescaped(value);
    }
    return true;
}

}  // namespace

std::string utc_text(Timestamp time) {
    const std::time_t seconds =
        std::chrono::floor<std::chrono::seconds>(time).time_since_epoch() / std::chrono::seconds(1);
    std::tm fields{};
    ::gmtime_r(&seconds, &fields);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &fields);
    return text;
}

std::optional<Timestamp> parse_utc(std::string_view text) {
    std::tm fields{};
    const std::string copy(text);
    const char* end = ::strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%SZ", &fields);
    constexpr int kFirst = 1970 - 1900;
    constexpr int kLast = 2250 - 1900;  // a Timestamp holds no more than a few years beyond
    if (end == nullptr || *end != '\0' || fields.tm_year < kFirst || fields.tm_year > kLast) {
        return std::nullopt;
    }
    return Timestamp(std::chrono::seconds(::timegm(&fields)));
}

std::string revision_id(const Revision& revision) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(revision.time).time_since_epoch();
    return "eti-" + std::to_string(seconds.count()) + "-" + std::to_string(revision.sequence);
}

std::string write_revision(const Revision& revision, std::string_view text) {
    std::string out(kFirstLine);
    out += std::to_string(revision.sequence) + "\n";
    const auto field = [&out](std::string_view name, const std::string& value) {
        out.append("# ").append(name).append(": ").append(escaped(value)).append("\n");
    };
    field("time", utc_text(revision.time));
    field("user", revision.user);
    field("client", revision.client);
    if (!revision.comment.empty()) {
        field("comment", revision.comment);
    }
    if (revision.confirm_by) {
        field("confirm-by", utc_text(*revision.confirm_by));
        field("back-to", std::to_string(revision.back_to));
    }
    field("bytes", std::to_string(text.size()));
    const std::string digest = digest_of(out, text);
    field("sha256", digest);
    out += '\n';
    out += text;
    return out;
}

std::optional<ParsedRevision> parse_revision(std::string_view file) {
    ParsedRevision parsed;
    const char* const begin = file.data();
    std::string_view header;  // what the digest covers of it
    std::string_view digest;
    std::string_view line;
    if (!next_line(file, line) || !line.starts_with(kFirstLine) ||
        !take(parsed.revision.sequence, parse_number(line.substr(kFirstLine.size())))) {
        return std::nullopt;
    }
    uint64_t bytes = 0;
    bool complete = false;
    while (!complete && next_line(file, line)) {
        complete = line.empty();
        if (line.starts_with(kDigestStart)) {
            digest = line.substr(kDigestStart.size());
            header = {begin, static_cast<std::size_t>(line.data() - begin)};
        }
        const std::size_t colon = line.find(": ");
        const bool is_field = line.starts_with("# ") && colon != std::string_view::npos;
        if (!complete &&
            (!is_field || !read_field(line.substr(2, colon - 2), line.substr(colon + 2),
                                      parsed.revision, bytes))) {
            return std::nullopt;
        }
    }
    if (!complete || bytes != file.size() ||
        (!digest.empty() && digest != digest_of(header, file))) {
        return std::nullopt;
    }
    parsed.text = file;
    return parsed;
}

}  // namespace eti::config
