"""A mail server that takes its time and no more, in a process of its own; and the least a client can do to hand mails over to it."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

import aiosmtplib

HOST, SENDER = "127.0.0.1", "receivables@seller.example"
SECONDS = 0.05  # from the end of a mail to its answer


class _Talk(asyncio.Protocol):
    """Takes everything. Keeps how many bytes each mail had, and its Message-ID."""

    def __init__(self, seconds: float, taken: list[str]) -> None:
        self._seconds, self._taken = seconds, taken
        self._in_mail, self._read = False, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 mail.example\r\n")

    def data_received(self, data: bytes) -> None:
        self._read += data
        if self._in_mail:
            if self._read.endswith(b"\r\n.\r\n"):
                self._take()
            return
        while b"\r\n" in self._read and not self._in_mail:
            line, self._read = self._read.split(b"\r\n", 1)
            self._answer(line[:4].upper())

    def _answer(self, verb: bytes) -> None:
        if verb == b"DATA":
            self._in_mail = True
        self._transport.write({b"DATA": b"354 go ahead\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 OK\r\n"))
        if verb == b"QUIT":
            self._transport.close()

    def _take(self) -> None:
        start = self._read.index(b"Message-ID:")
        self._taken.append(self._read[start : self._read.index(b"\r\n", start)].decode())
        self._in_mail, self._read = False, b""
        asyncio.get_running_loop().call_later(self._seconds, self._transport.write, b"250 taken\r\n")


async def _serve(seconds: float, pipe: Connection) -> None:
    taken: list[str] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Talk(seconds, taken), HOST, 0, backlog=256)
    pipe.send(server.sockets[0].getsockname()[1])
    asked = asyncio.Event()
    loop.add_reader(pipe.fileno(), asked.set)
    while True:
        await asked.wait()
        asked.clear()
        while pipe.poll():
            if pipe.recv() == "stop":
                return
            pipe.send(list(taken))
            taken.clear()


def _run(seconds: float, pipe: Connection) -> None:
    asyncio.run(_serve(seconds, pipe))


class Server:
    """`taken` says which mails came since it was last asked, by their Message-ID."""

    def __init__(self, port: int, pipe: Connection) -> None:
        self.port, self._pipe = port, pipe

    def taken(self) -> list[str]:
        self._pipe.send("taken")
        found: list[str] = self._pipe.recv()
        return found


@contextmanager
def serving(seconds: float = SECONDS) -> Generator[Server, None, None]:
    mine, its = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(seconds, its))
    process.start()
    try:
        yield Server(mine.recv(), mine)
    finally:
        mine.send("stop")
        process.join(10)


def hand_over(port: int, mails: Sequence[tuple[str, bytes]], at_once: int) -> float:
    """Seconds for mails that are written already, each with its recipient, so many connections at once, each kept."""
    return asyncio.run(_hand_over(port, list(mails), at_once))


async def _hand_over(port: int, left: list[tuple[str, bytes]], at_once: int) -> float:
    async def one() -> None:
        async with aiosmtplib.SMTP(hostname=HOST, port=port, start_tls=False) as smtp:
            while left:
                to, mail = left.pop()
                await smtp.sendmail(SENDER, [to], mail)

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(at_once)))
    return time.perf_counter() - begun
