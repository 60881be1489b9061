#!/usr/bin/env python3
"""HTTPS requests on connections that are kept: counts what fails until SIGINT.

Each connection has a thread of its own and asks again as soon as it has the answer. One that breaks
is counted and made anew. The report is a JSON object, written at the start and at the end.
"""
import argparse
import http.client
import json
import signal
import socket
import ssl
import threading


class Connection(http.client.HTTPSConnection):
    """Goes to an address, asks for a name."""

    def __init__(self, address, host, context):
        super().__init__(host, 443, timeout=10, context=context)
        self.address = address
        self.tls = context

    def connect(self):
        plain = socket.create_connection((self.address, 443), self.timeout)
        self.sock = self.tls.wrap_socket(plain, server_hostname=self.host)


class Load:
    def __init__(self, options):
        self.options = options
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.counts = {"requests": 0, "failed": 0, "reconnects": 0}

    def count(self, name):
        with self.lock:
            self.counts[name] += 1

    def run_connection(self):
        context = ssl.create_default_context(cafile=self.options.ca)
        connection = None
        while not self.stop.is_set():
            try:
                if connection is None:
                    connection = Connection(self.options.address, self.options.host, context)
                connection.request("GET", self.options.path)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise http.client.HTTPException(answer.status)
                self.count("requests")
                if answer.will_close:  # the server's own limit on requests: a new one, no failure
                    connection.close()
            except (OSError, http.client.HTTPException):
                self.count("failed")
                self.count("reconnects")
                connection = None

    def report(self):
        with self.lock:
            text = json.dumps({"connections": self.options.connections, **self.counts})
        with open(self.options.report, "w", encoding="ascii") as out:
            out.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ca", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--address", required=True)
    parser.add_argument("--path", default="/page")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--report", required=True)
    load = Load(parser.parse_args())
    signal.signal(signal.SIGINT, lambda *_: load.stop.set())
    load.report()
    threads = [threading.Thread(target=load.run_connection)
               for _ in range(load.options.connections)]
    for thread in threads:
        thread.start()
    load.stop.wait()
    for thread in threads:
        thread.join()
    load.report()


if __name__ == "__main__":
    main()
