#include "eti/tls/preamble.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace eti::tls {
namespace {

using Bytes = std::span<const uint8_t>;

// Openings in text; letters match in either case. A reply code that comes with a later turn of the
// dialogue is for connections whose beginning was not seen.
constexpr std::array kClientTexts = {
    std::string_view("EHLO "),                     // SMTP, RFC 3207
    std::string_view("LHLO "),                     // LMTP, RFC 2033
    std::string_view("HELO "),                     // SMTP
    std::string_view("STARTTLS"),                  // SMTP, NNTP, ManageSieve
    std::string_view("STLS"),                      // POP3, RFC 2595
    std::string_view("CAPA"),                      // POP3, NNTP, ManageSieve
    std::string_view("MODE READ"),                 // NNTP, RFC 4642
    std::string_view("AUTH TLS"),                  // FTP, RFC 4217
    std::string_view("AUTH SSL"),                  // FTP
    std::string_view("FEAT"),                      // FTP
    std::string_view("<?xml"),                     // XMPP, RFC 6120 section 5
    std::string_view("<stream"),                   // XMPP
    std::string_view("CONNECT "),                  // HTTP, RFC 9110 section 9.3.6
    std::string_view("OPTIONS * "),                // HTTP, RFC 2817 section 3.2
    std::string_view("PROXY "),                    // HAProxy's PROXY protocol, version 1
    std::string_view("\r\n\r\n\0\r\nQUIT\n", 12),  // and version 2
    std::string_view("RFB 003."),                  // VNC with VeNCrypt
};
constexpr std::array kServerTexts = {
    std::string_view("220"),               // SMTP, FTP
    std::string_view("250"),               // SMTP
    std::string_view("234"),               // FTP
    std::string_view("200 "),              // NNTP
    std::string_view("201 "),              // NNTP
    std::string_view("* "),                // IMAP, RFC 9051 section 6.2.1
    std::string_view("+OK"),               // POP3
    std::string_view("\"IMPLEMENTATION"),  // ManageSieve, RFC 5804
    std::string_view("<?xml"),             // XMPP
    std::string_view("<stream"),           // XMPP
    std::string_view("HTTP/1.0 200 C"),    // "Connection established": mere answers say OK
    std::string_view("HTTP/1.1 200 C"),
    std::string_view("RFB 003."),
};

// Openings in bytes, each a range.
struct Range {
    uint8_t low = 0;
    uint8_t high = 0;
};
constexpr Range kAny = {0, 0xff};
constexpr Range is(uint8_t value) {
    return {value, value};
}
struct Row {
    uint8_t size;
    std::array<Range, 8> ranges;
};
constexpr uint8_t kSequence = 0x30;
constexpr uint8_t kInteger = 0x02;
constexpr std::array kLdap = {
    // An LDAPMessage (RFC 4511 section 4.1.1) with a length of each form in use, then its number.
    Row{3, {is(kSequence), Range{5, 0x7f}, is(kInteger)}},
    Row{4, {is(kSequence), is(0x81), kAny, is(kInteger)}},
    Row{5, {is(kSequence), is(0x82), kAny, kAny, is(kInteger)}},
    Row{7, {is(kSequence), is(0x84), is(0), is(0), kAny, kAny, is(kInteger)}},
};
constexpr std::array kClientRows = {
    // PostgreSQL: SSLRequest, or GSSENCRequest before it.
    Row{8, {is(0), is(0), is(0), is(8), is(0x04), is(0xd2), is(0x16), Range{0x2f, 0x30}}},
    // MySQL: the short packet that asks for TLS, when the greeting was not seen.
    Row{4, {is(0x20), is(0), is(0), is(1)}},
    // RDP: an X.224 Connection Request in a TPKT.
    Row{6, {is(3), is(0), kAny, kAny, kAny, is(0xe0)}},
    // SOCKS 4 and 4a: CONNECT or BIND; SOCKS 5: a count of methods (RFC 1928 section 3).
    Row{2, {is(4), Range{1, 2}}},
    Row{2, {is(5), Range{1, 16}}},
};
constexpr std::array kServerRows = {
    // PostgreSQL: yes to TLS, at once or after no to GSSAPI, and the first bytes of it.
    Row{3, {is('S'), is(0x16), is(3)}},
    Row{4, {is('N'), is('S'), is(0x16), is(3)}},
    // MySQL: a greeting of less than 512 bytes, protocol 10, then the version as text.
    Row{6, {kAny, Range{0, 1}, is(0), is(0), is(10), Range{0x20, 0x7e}}},
    Row{6, {is(3), is(0), kAny, kAny, kAny, is(0xd0)}},
    Row{2, {is(0), is(0x5a)}},
    Row{2, {is(5), Range{0, 2}}},
};

char upper(uint8_t byte) {
    return static_cast<char>(byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte);
}

// Each compares as much as there is of both.
bool agrees(Bytes bytes, std::string_view text) {
    const std::size_t size = std::min(bytes.size(), text.size());
    return std::equal(
        bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size), text.begin(),
        [](uint8_t byte, char c) { return upper(byte) == upper(static_cast<uint8_t>(c)); });
}

bool agrees(Bytes bytes, const Row& row) {
    const std::size_t size = std::min<std::size_t>(bytes.size(), row.size);
    for (std::size_t i = 0; i < size; ++i) {
        if (bytes[i] < row.ranges[i].low || bytes[i] > row.ranges[i].high) {
            return false;
        }
    }
    return true;
}

template <typename Table>
bool agrees_with_any(Bytes bytes, const Table& table) {
    return std::ranges::any_of(table, [bytes](const auto& entry) { return agrees(bytes, entry); });
}

bool is_tag_character(uint8_t byte) {
    const char c = upper(byte);
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
}

// An IMAP client's first command, behind a tag of its own choice (RFC 9051 section 2.2.1).
bool agrees_with_imap(Bytes bytes) {
    constexpr std::size_t kMaxTagBytes = 10;
    const auto end = std::ranges::find_if_not(bytes, is_tag_character);
    const auto tag = static_cast<std::size_t>(end - bytes.begin());
    if (end == bytes.end()) {
        return tag <= kMaxTagBytes;
    }
    return tag > 0 && tag <= kMaxTagBytes && *end == ' ' &&
           agrees_with_any(bytes.subspan(tag + 1),
                           std::array{std::string_view("CAPA"), std::string_view("STAR"),
                                      std::string_view("ID ")});
}

}  // namespace

bool may_lead_to_tls(Direction direction, Bytes first_bytes) {
    if (agrees_with_any(first_bytes, kLdap)) {
        return true;
    }
    if (direction == Direction::Out) {
        return agrees_with_any(first_bytes, kClientTexts) ||
               agrees_with_any(first_bytes, kClientRows) || agrees_with_imap(first_bytes);
    }
    return agrees_with_any(first_bytes, kServerTexts) || agrees_with_any(first_bytes, kServerRows);
}

}  // namespace eti::tls
