"""What a server says before TLS starts in the middle of a connection: each function takes the
connected socket and returns when the next byte belongs to TLS."""

import socket
import struct


def read_until(sock, end):
    """The bytes up to and with end; none behind it are taken."""
    data = b""
    while not data.endswith(end):
        byte = sock.recv(1)
        if not byte:
            raise OSError("the client left before TLS")
        data += byte
    return data


def read_exactly(sock, size):
    data = sock.recv(size, socket.MSG_WAITALL)
    if len(data) != size:
        raise OSError("the client left before TLS")
    return data


def dialogue(sock, greeting, *answers):
    """A greeting, then an answer to each line."""
    sock.sendall(greeting)
    for answer in answers:
        read_until(sock, b"\r\n")
        sock.sendall(answer)


def smtp(sock):
    dialogue(sock, b"220 mail.example ESMTP\r\n", b"250-mail.example\r\n250 STARTTLS\r\n",
             b"220 go ahead\r\n")


def smtp_with_urgent_byte(sock):
    sock.sendall(b"220 mail.ex")
    sock.send(b"!", socket.MSG_OOB)
    dialogue(sock, b"ample ESMTP\r\n", b"250-mail.example\r\n250 STARTTLS\r\n", b"220 go ahead\r\n")


def imap(sock):
    dialogue(sock, b"* OK IMAP4rev1\r\n",
             b"* CAPABILITY IMAP4rev1 STARTTLS\r\n. OK done\r\n", b". OK begin\r\n")


def pop3(sock):
    dialogue(sock, b"+OK ready\r\n", b"+OK begin\r\n")


def ftp(sock):
    dialogue(sock, b"220 ready\r\n", b"234 begin\r\n")


def xmpp(sock):
    read_until(sock, b"version='1.0'>")
    sock.sendall(b"<stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
                 b"xmlns='jabber:client' id='1' version='1.0'><stream:features>"
                 b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>")
    read_until(sock, b"/>")
    sock.sendall(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")


def ldap(sock):
    """RFC 4511 section 4.14: an ExtendedRequest, and success as the ExtendedResponse."""
    header = read_exactly(sock, 2)
    read_exactly(sock, header[1])
    sock.sendall(bytes.fromhex("300c 020101 7807 0a0100 0400 0400"))


def postgres(sock):
    read_exactly(sock, 8)
    sock.sendall(b"S")


def mysql(sock):
    """A handshake packet that offers CLIENT_SSL, and the client's 32 byte request for it."""
    body = (b"\x0a5.7.0\0" + struct.pack("<I", 1) + b"saltsalt\0" + struct.pack("<H", 0xffff)
            + b"\x21\x02\x00" + struct.pack("<H", 0xc007) + b"\x15" + bytes(10) + b"saltsaltsalt\0")
    sock.sendall(struct.pack("<I", len(body))[:3] + b"\0" + body)
    read_exactly(sock, 36)


def http_connect(sock):
    read_until(sock, b"\r\n\r\n")
    sock.sendall(b"HTTP/1.0 200 Connection established\r\n\r\n")


def socks5(sock):
    """RFC 1928: no authentication, a connection by name or address."""
    read_exactly(sock, read_exactly(sock, 2)[1])
    sock.sendall(b"\x05\x00")
    kind = read_exactly(sock, 4)[3]
    size = {1: 4, 4: 16}.get(kind) or read_exactly(sock, 1)[0]
    read_exactly(sock, size + 2)
    sock.sendall(b"\x05\x00\x00\x01" + bytes(6))
