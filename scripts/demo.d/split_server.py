#!/usr/bin/env python3
"""Stands before a TLS server and cuts its handshake into small pieces.

  split_server.py --listen IP:PORT --to IP:PORT [--record N] [--segment N]

What the server says before it encrypts comes out as TLS records of at most --record bytes of
handshake, each of them written in --segment bytes per TCP segment: legal (RFC 5246 section
6.2.1), and what an inspector that looks at packets one by one cannot read.
"""

import argparse
import asyncio
import fcntl
import socket
import struct
import time

HANDSHAKE = 22
UNSENT = 0x894B  # SIOCOUTQNSD


def address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def split_record(kind, version, body, size):
    """One record as several with the same type and version."""
    for start in range(0, len(body), size):
        piece = body[start:start + size]
        yield struct.pack("!BHH", kind, version, len(piece)) + piece


async def client_to_server(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def server_to_client(reader, writer, arguments):
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    loop = asyncio.get_running_loop()
    in_clear = True
    while True:
        header = await reader.readexactly(5)
        kind, version, length = struct.unpack("!BHH", header)
        body = await reader.readexactly(length)
        in_clear = in_clear and kind == HANDSHAKE
        if not in_clear:
            writer.write(header + body)
            await writer.drain()
            continue
        for record in split_record(kind, version, body, arguments.record):
            for start in range(0, len(record), arguments.segment):
                writer.write(record[start:start + arguments.segment])
                await writer.drain()
                await loop.run_in_executor(None, sent_all, sock)


def sent_all(sock):
    """Waits until the kernel has nothing unsent, so that every piece is a segment of its own."""
    for _ in range(1000):
        if struct.unpack("i", fcntl.ioctl(sock.fileno(), UNSENT, b"\0" * 4))[0] == 0:
            return
        time.sleep(0.001)


async def serve(arguments, reader, writer):
    try:
        upstream_reader, upstream_writer = await asyncio.open_connection(*address(arguments.to))
        tasks = {asyncio.ensure_future(client_to_server(reader, upstream_writer)),
                 asyncio.ensure_future(server_to_client(upstream_reader, writer, arguments))}
        done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in waiting:
            task.cancel()
        for task in done:
            if task.exception() is not None:
                print(f"ended: {task.exception()!r}", flush=True)
        upstream_writer.close()
    except OSError as why:
        print(f"ended: {why!r}", flush=True)
    finally:
        writer.close()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--record", type=int, default=61)
    parser.add_argument("--segment", type=int, default=23)
    arguments = parser.parse_args()
    server = await asyncio.start_server(lambda r, w: serve(arguments, r, w),
                                        *address(arguments.listen))
    async with server:
        print("ready", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
