// What peers say before they turn to TLS, protocol by protocol, up to the turn that is the
// client's to open TLS in. The scanner's tests and the fuzzer's corpus are made of them.
#pragma once

#include "eti/base/direction.h"
#include "tests/support/tls_builder.h"

#include <string>
#include <vector>

namespace eti::test {

struct Turn {
    Direction direction;
    Bytes bytes;
};

struct Dialogue {
    const char* name;
    std::vector<Turn> turns;
};

inline Turn client_says(std::string_view words) {
    return {Direction::Out, text(words)};
}
inline Turn server_says(std::string_view words) {
    return {Direction::In, text(words)};
}

// An LDAP extended operation (RFC 4511 section 4.14) and its answer.
inline Bytes ldap_start_tls() {
    const Bytes name = join({{0x80}, prefixed(1, text("1.3.6.1.4.1.1466.20037"))});
    return join({{0x30}, prefixed(1, join({{2, 1, 1, 0x77}, prefixed(1, name)}))});
}
inline Bytes ldap_started() {
    return {0x30, 0x0c, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0};
}

inline Bytes mysql_greeting() {
    const Bytes body = join({{10},
                             text("8.0.36"),
                             {0},
                             number(0x11223344, 4),
                             text("saltsalt"),
                             {0, 0xff, 0xff, 0xff, 2, 0, 0xff, 0xdf, 21},
                             Bytes(10, 0),
                             text("moresaltmore"),
                             {0},
                             text("caching_sha2_password"),
                             {0}});
    return join({{static_cast<uint8_t>(body.size()), 0, 0, 0}, body});
}
inline Bytes mysql_ssl_request() {
    return join({{32, 0, 0, 1, 0x85, 0xae, 0xff, 0x19, 0, 0, 0, 1, 0xff}, Bytes(23, 0)});
}

inline Bytes rdp_request() {
    const Bytes cookie = text("Cookie: mstshash=user\r\n");
    const Bytes x224 = join({{0xe0, 0, 0, 0, 0, 0}, cookie, {1, 0, 8, 0, 3, 0, 0, 0}});
    const Bytes unit = prefixed(1, x224);
    return join({{3, 0}, number(unit.size() + 4, 2), unit});
}
inline Bytes rdp_confirm() {
    return {3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0, 2, 0x1f, 8, 0, 2, 0, 0, 0};
}

inline Bytes proxy2_header() {
    return join({text({"\r\n\r\n\0\r\nQUIT\n", 12}),
                 {0x21, 0x11, 0, 12, 10, 0, 0, 1, 10, 0, 0, 2, 0xc0, 0, 1, 0xbb}});
}

inline std::vector<Dialogue> dialogues() {
    constexpr auto kOut = Direction::Out;
    constexpr auto kIn = Direction::In;
    return {
        {"smtp",
         {server_says("220 mail.example ESMTP\r\n"), client_says("EHLO host.example\r\n"),
          server_says("250-mail.example\r\n250-8BITMIME\r\n250 STARTTLS\r\n"),
          client_says("STARTTLS\r\n"), server_says("220 2.0.0 Ready to start TLS\r\n")}},
        {"imap",
         {server_says("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"),
          client_says("a001 CAPABILITY\r\n"),
          server_says("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na001 OK done\r\n"),
          client_says("a002 STARTTLS\r\n"), server_says("a002 OK Begin TLS negotiation\r\n")}},
        {"pop3",
         {server_says("+OK POP3 ready\r\n"), client_says("CAPA\r\n"),
          server_says("+OK\r\nSTLS\r\nUSER\r\n.\r\n"), client_says("STLS\r\n"),
          server_says("+OK Begin TLS\r\n")}},
        {"ftp_auth_tls",
         {server_says("220 (vsFTPd 3.0.5)\r\n"), client_says("AUTH TLS\r\n"),
          server_says("234 Proceed with negotiation.\r\n")}},
        {"ftp_auth_ssl",
         {server_says("220-Welcome\r\n220 ready\r\n"), client_says("auth SSL\r\n"),
          server_says("234 AUTH SSL successful\r\n")}},
        {"nntp",
         {server_says("200 news.example ready\r\n"), client_says("CAPABILITIES\r\n"),
          server_says("101 list follows\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n"),
          client_says("STARTTLS\r\n"), server_says("382 Continue with TLS\r\n")}},
        {"managesieve",
         {server_says("\"IMPLEMENTATION\" \"Sieve\"\r\n\"STARTTLS\"\r\nOK\r\n"),
          client_says("STARTTLS\r\n"), server_says("OK \"Begin TLS\"\r\n")}},
        {"xmpp",
         {client_says("<?xml version='1.0'?><stream:stream to='example.com' version='1.0'>"),
          server_says("<?xml version='1.0'?><stream:stream id='1'><stream:features><starttls "
                      "xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"),
          client_says("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
          server_says("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")}},
        {"ldap", {{kOut, ldap_start_tls()}, {kIn, ldap_started()}}},
        {"postgresql", {{kOut, {0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f}}, server_says("S")}},
        {"postgresql_after_gssapi",
         {{kOut, {0, 0, 0, 8, 4, 0xd2, 0x16, 0x30}},
          server_says("N"),
          {kOut, {0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f}},
          server_says("S")}},
        {"mysql", {{kIn, mysql_greeting()}, {kOut, mysql_ssl_request()}}},
        {"rdp", {{kOut, rdp_request()}, {kIn, rdp_confirm()}}},
        {"http_connect",
         {client_says("CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n"),
          server_says("HTTP/1.1 200 Connection established\r\n\r\n")}},
        {"http_upgrade",
         {client_says("OPTIONS * HTTP/1.1\r\nHost: printer\r\nUpgrade: TLS/1.0\r\n"
                      "Connection: Upgrade\r\n\r\n"),
          server_says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.0, HTTP/1.1\r\n\r\n")}},
        {"socks4",
         {{kOut, {4, 1, 1, 0xbb, 10, 0, 0, 2, 'm', 'e', 0}}, {kIn, {0, 0x5a, 0, 0, 0, 0, 0, 0}}}},
        {"socks4a",
         {{kOut, join({{4, 1, 1, 0xbb, 0, 0, 0, 1, 0}, text("www.example.com"), {0}})},
          {kIn, {0, 0x5a, 1, 0xbb, 10, 0, 0, 2}}}},
        {"socks5",
         {{kOut, {5, 1, 0}},
          {kIn, {5, 0}},
          {kOut, join({{5, 1, 0, 3}, prefixed(1, text("www.example.com")), {1, 0xbb}})},
          {kIn, {5, 0, 0, 1, 0, 0, 0, 0, 0, 0}}}},
        {"socks5_with_password",
         {{kOut, {5, 2, 0, 2}},
          {kIn, {5, 2}},
          {kOut, join({{1}, prefixed(1, text("me")), prefixed(1, text("secret"))})},
          {kIn, {1, 0}},
          {kOut, {5, 1, 0, 1, 10, 0, 0, 2, 1, 0xbb}},
          {kIn, {5, 0, 0, 1, 10, 0, 0, 9, 0xc0, 0}}}},
        {"proxy_header_1", {client_says("PROXY TCP4 10.0.0.1 10.0.0.2 49152 443\r\n")}},
        {"proxy_header_2", {{kOut, proxy2_header()}}},
        {"smtp_behind_proxy_header",
         {{kOut, proxy2_header()},
          server_says("220 mail.example ESMTP\r\n"),
          client_says("EHLO host\r\n"),
          server_says("250 STARTTLS\r\n"),
          client_says("STARTTLS\r\n"),
          server_says("220 Ready\r\n")}},
        {"vnc",
         {server_says("RFB 003.008\n"),
          client_says("RFB 003.008\n"),
          {kIn, {1, 19}},
          {kOut, {19}},
          {kIn, {0, 2}},
          {kOut, {0, 2}},
          {kIn, {0, 1, 0, 0, 1, 4}},
          {kOut, {0, 0, 1, 4}},
          {kIn, {1}}}},
    };
}

}  // namespace eti::test
