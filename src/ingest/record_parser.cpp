#include "eti/ingest/record_parser.h"

#include "eti/ingest/encoding.h"
#include "eti/metadata/record_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <span>
#include <string_view>

namespace eti::analysis {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxDerBytes = 64UL << 10;
constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kUsualLineBytes = 256;  // at least; what is made room for

enum class Need : uint8_t { Required, Optional };

// Fields reads members of one object and keeps the first complaint of the whole line.
class Fields {
  public:
    Fields(object members, std::string path, std::string& why)
        : members_(members), path_(std::move(path)), why_(why) {}

    bool find(std::string_view name, Need need, element& value) {
        if (members_.at_key(name).get(value) != simdjson::SUCCESS || value.is_null()) {
            if (need == Need::Required) {
                complain(name, "is missing");
            }
            return false;
        }
        return true;
    }
    // The text is the parser's: until it reads the next line.
    std::string_view text(std::string_view name, Need need, std::size_t max = kMaxNameBytes) {
        element value;
        if (!find(name, need, value)) {
            return {};
        }
        std::string_view found;
        if (value.get(found) != simdjson::SUCCESS) {
            complain(name, "is not a string");
        } else if (found.size() > max) {
            complain(name, "is longer than " + std::to_string(max) + " bytes");
        } else if (found.empty() && need == Need::Required) {
            complain(name, "is empty");
        } else {
            return found;
        }
        return {};
    }
    std::string_view one_of(std::string_view name, Need need,
                            std::initializer_list<std::string_view> words) {
        const std::string_view found = text(name, need);
        if (!found.empty() && std::find(words.begin(), words.end(), found) == words.end()) {
            complain(name,
                     "is '" + std::string(found.substr(0, 40)) + "', which is not a known value");
        }
        return found;
    }
    uint64_t number(std::string_view name, Need need, uint64_t max) {
        element value;
        uint64_t found = 0;
        if (!find(name, need, value)) {
            return 0;
        }
        if (value.get(found) != simdjson::SUCCESS || found > max) {
            complain(name, "is not a number from 0 to " + std::to_string(max));
        }
        return found;
    }
    bool flag(std::string_view name) {
        element value;
        bool found = false;
        if (find(name, Need::Optional, value) && value.get(found) != simdjson::SUCCESS) {
            complain(name, "is not true or false");
        }
        return found;
    }
    int64_t time(std::string_view name, Need need) {
        const std::string_view found = text(name, need);
        if (found.empty()) {
            return 0;
        }
        const auto time = metadata::parse_time(found);
        if (!time) {
            complain(name, "is not an RFC 3339 time");
            return 0;
        }
        return std::chrono::floor<std::chrono::microseconds>(time->time_since_epoch()).count();
    }
    std::string digest(std::string_view name, std::span<uint8_t> bytes) {
        const std::string_view found = text(name, Need::Optional);
        if (found.empty()) {
            return {};
        }
        if (found.size() != 2 * bytes.size() || !metadata::from_hex(found, bytes)) {
            complain(name, "is not " + std::to_string(2 * bytes.size()) + " hex digits");
            return {};
        }
        return metadata::to_hex(bytes);
    }
    net::IpAddress address(std::string_view name) {
        const std::string_view found = text(name, Need::Required);
        const auto ip = net::parse_ip(found);
        if (!found.empty() && !ip) {
            complain(name, "is not an IP address");
        }
        return ip.value_or(net::IpAddress{});
    }
    // child calls read with the member's own fields when it is there.
    template <typename Read>
    void child(std::string_view name, Need need, Read read) {
        element value;
        object inner;
        if (!find(name, need, value)) {
            return;
        }
        if (value.get(inner) != simdjson::SUCCESS) {
            complain(name, "is not an object");
            return;
        }
        read(Fields(inner, path_ + std::string(name) + ".", why_));
    }
    void complain(std::string_view name, const std::string& what) {
        if (why_.empty()) {
            why_ = "'" + path_ + std::string(name) + "' " + what;
        }
    }

  private:
    object members_;
    std::string path_;
    std::string& why_;
};

void lower(std::string& text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
}

// The first common name of an RFC 2253 subject; names with an escape are left out.
std::string common_name(std::string_view subject) {
    const std::size_t place = subject.starts_with("CN=") ? 0 : subject.find(",CN=");
    if (place == std::string_view::npos) {
        return {};
    }
    subject.remove_prefix(subject.find('=', place) + 1);
    const std::string_view name = subject.substr(0, subject.find(','));
    return name.find('\\') == std::string_view::npos ? std::string(name) : std::string();
}

void offer_name(SessionRecord& record, std::string name, NameSource source) {
    lower(name);
    if (!name.empty() && name.size() <= kMaxNameBytes && source > record.name_source) {
        record.server_name = std::move(name);
        record.name_source = source;
    }
}

uint8_t index_of(std::span<const std::string_view> names, std::string_view name, uint8_t fallback) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? fallback : static_cast<uint8_t>(found - names.begin());
}

Phase phase_of(std::string_view word) {
    if (word == "handshake") {
        return Phase::Handshake;
    }
    return word == "update" ? Phase::Update : Phase::End;
}

void read_certificate_facts(Fields fields, SessionRecord& record) {
    std::array<uint8_t, 20> sha1{};
    std::array<uint8_t, 32> sha256{};
    record.sha1 = fields.digest("sha1", sha1);
    record.sha256 = fields.digest("sha256", sha256);
    record.self_signed = fields.flag("self_signed");
    element names;
    simdjson::dom::array list;
    std::string_view first;
    if (fields.find("san", Need::Optional, names) && names.get(list) == simdjson::SUCCESS &&
        list.at(0).get(first) == simdjson::SUCCESS && first.find(':') == std::string_view::npos) {
        offer_name(record, std::string(first), NameSource::Certificate);
    }
    element subject;
    std::string_view text;
    if (fields.find("subject", Need::Optional, subject) && subject.get(text) == simdjson::SUCCESS) {
        offer_name(record, common_name(text), NameSource::Certificate);
    }
}

void read_times(Fields& fields, SessionRecord& record) {
    record.start_us = fields.time("start", Need::Required);
    record.last_us = std::max(record.start_us, fields.time("end", Need::Optional));
}

SessionRecord read_session(Fields fields) {
    SessionRecord record;
    if (fields.number("v", Need::Required, 1'000'000) != 1) {
        fields.complain("v", "is not 1, the version this service knows");
    }
    record.sensor = fields.text("sensor", Need::Required);
    record.id = fields.text("id", Need::Required);
    record.phase = phase_of(fields.one_of("phase", Need::Required, {"handshake", "update", "end"}));
    read_times(fields, record);
    record.protocol = fields.one_of("protocol", Need::Required, {"tls", "quic", "dtls", "unknown"});
    record.action = fields.one_of("action", Need::Required, {"permit", "block"});
    record.reason = fields.one_of("reason", Need::Optional,
                                  {"none", "certificate-blocklist", "infected-host", "allowlist",
                                   "server-blocklist", "conflicting-data", "fallback"});
    record.feed = fields.text("feed", Need::Optional);
    const auto level = fields.number("threat_level", Need::Optional, 10);
    if (level > 0) {
        record.threat_level = static_cast<uint8_t>(level);
    }
    fields.child("client", Need::Required, [&](Fields client) {
        record.client = client.address("ip");
        client.number("port", Need::Optional, 65535);
    });
    fields.child("server", Need::Required, [&](Fields server) {
        record.server = server.address("ip");
        record.server_port = static_cast<uint16_t>(server.number("port", Need::Optional, 65535));
    });
    fields.child("tls", Need::Optional, [&](Fields tls) {
        record.hostname = tls.text("sni", Need::Optional);
        lower(record.hostname);
        offer_name(record, record.hostname, NameSource::Sni);
        record.ja3 = tls.text("ja3", Need::Optional);
        record.ja4 = tls.text("ja4", Need::Optional);
    });
    fields.child("certificate", Need::Optional,
                 [&](Fields certificate) { read_certificate_facts(certificate, record); });
    fields.child("dns", Need::Optional, [&](Fields dns) {
        offer_name(record, std::string(dns.text("name", Need::Optional)), NameSource::Dns);
    });
    record.visibility =
        index_of(kVisibilityNames, fields.text("visibility", Need::Optional), record.visibility);
    return record;
}

CertificateRecord read_certificate(Fields fields) {
    CertificateRecord record;
    std::array<uint8_t, 20> sha1{};
    record.sha1 = fields.digest("sha1", sha1);
    const std::string_view text = fields.text("der", Need::Required, (kMaxDerBytes + 2) / 3 * 4);
    const auto der = base64_decode(text);
    if (!der) {
        fields.complain("der", "is not base64");
    } else if (sha1_hex(*der) != record.sha1) {
        fields.complain("sha1", "is not the SHA-1 of 'der'");
    } else {
        record.der = *der;
    }
    return record;
}

// Returns why the line is no good; empty when it went into the batch.
std::string read_line(simdjson::dom::parser& parser, std::string_view line, std::size_t offset,
                      RecordBatch& batch) {
    element root;
    object members;
    const auto error = parser.parse(line.data(), line.size(), false).get(root);
    if (error != simdjson::SUCCESS) {
        return std::string("not JSON: ") + simdjson::error_message(error);
    }
    if (root.get(members) != simdjson::SUCCESS) {
        return "not a JSON object";
    }
    std::string why;
    Fields fields(members, "", why);
    const std::string_view type = fields.one_of("type", Need::Required, {"session", "certificate"});
    if (!why.empty()) {
        return why;
    }
    if (type == "session") {
        SessionRecord record = read_session(fields);
        if (why.empty()) {
            record.offset = offset;
            record.length = line.size();
            batch.sessions.push_back(std::move(record));
        }
    } else {
        CertificateRecord record = read_certificate(fields);
        if (why.empty()) {
            batch.certificates.push_back(std::move(record));
        }
    }
    return why;
}

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

bool parse_records(std::string& body, RecordBatch& batch, const RecordLimits& limits) {
    const auto lines = static_cast<std::size_t>(std::count(body.begin(), body.end(), '\n')) + 1;
    if (lines > limits.max_lines + 1) {
        return false;
    }
    body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    // Its buffers are larger than most batches: made once for a thread.
    thread_local simdjson::dom::parser parser;
    if (parser.capacity() != limits.max_line_bytes &&
        parser.allocate(limits.max_line_bytes, kMaxDepth) != simdjson::SUCCESS) {
        return false;
    }
    batch.sessions.reserve(std::min(lines, body.size() / kUsualLineBytes + 1));
    std::string_view rest = body;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (is_blank(line)) {
            continue;
        }
        const std::string why =
            line.size() > limits.max_line_bytes
                ? "longer than " + std::to_string(limits.max_line_bytes) + " bytes"
                : read_line(parser, line, static_cast<std::size_t>(line.data() - body.data()),
                            batch);
        if (!why.empty()) {
            batch.rejected.push_back({number, why});
        }
    }
    batch.text = std::move(body);
    return true;
}

}  // namespace eti::analysis
