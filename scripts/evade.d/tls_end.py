"""One end of a TLS connection whose bytes its owner sends and receives: OpenSSL over memory."""

import ssl


class TlsEnd:
    """send(bytes) takes what OpenSSL writes; receive() returns what the network brought, b"" at
    the end. received keeps the bytes as they came."""

    def __init__(self, context, send, receive, *, server_side, name=None):
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_side=server_side,
                                    server_hostname=name)
        self._send, self._receive = send, receive
        self.received = b""

    def _run(self, action, *arguments):
        """Repeats an action of OpenSSL until it needs nothing more."""
        while True:
            try:
                result = action(*arguments)
                self._flush()
                return result
            except ssl.SSLWantReadError:
                self._flush()
                self._feed()
            except ssl.SSLError:
                self._flush()  # the alert
                raise

    def _flush(self):
        if data := self._outgoing.read():
            self._send(data)

    def _feed(self):
        data = self._receive()
        self.received += data
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def handshake(self):
        self._run(self.tls.do_handshake)

    def write(self, data):
        self._run(self.tls.write, data)

    def read(self):
        """Some bytes; none when the peer has closed."""
        try:
            return self._run(self.tls.read, 65536)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    def close(self):
        """Says so, and does not wait for the peer to do the same."""
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        self._flush()
