"""A real mail server in the process, on loopback, that can be told to misbehave.

async with mail_server() as server:
    ... send to 127.0.0.1:server.port ...
    assert server.mailbox[0].message["Subject"] == "..."
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import Enum, auto
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"
DRIP_SECONDS = 0.001


class HangUp(Enum):
    """When the server closes the connection without a word, or in the middle of one. The last two keep the message: it did arrive."""

    AT_GREETING = auto()
    AT_DATA = auto()
    IN_BODY = auto()
    BEFORE_ANSWER = auto()
    IN_ANSWER = auto()


@dataclass(frozen=True, slots=True)
class Received:
    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    raw: bytes

    def part(self, kind: str) -> str:
        """The text of the part `plain` or `html`."""
        body = self.message.get_body((kind,))
        assert body is not None, f"no {kind} part"
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class MailServer:
    """What arrived, and how to behave from the next command on. Answers are whole lines such as `451 4.7.1 later`.

    `silent` takes a message and never answers, `drip` says everything letter by letter. `begun` counts bodies that were asked for.
    """

    port: int = 0
    mailbox: list[Received] = field(default_factory=list)
    refuse_sender: str | None = None
    refuse_recipient: dict[str, str] = field(default_factory=dict)
    refuse_recipients: str | None = None
    answer: str | None = None
    go_ahead: str | None = None
    hang_up: HangUp | None = None
    silent: bool = False
    held: asyncio.Event | None = None  # until it is set, what comes in is neither taken nor refused
    waiting: int = 0
    drip: bool = False
    begun: int = 0
    passwords: dict[str, str] = field(default_factory=dict)
    refuse_login: str | None = None
    logins: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    talks: list[SMTP] = field(default_factory=list)

    async def holds(self, number: int, seconds: float = 100) -> None:
        """Returns when so many mails have arrived; fails after so many seconds: jobs begin each minute, in no order, so a mail may wait for the next."""
        async with asyncio.timeout(seconds):
            while len(self.mailbox) < number:
                self.arrived.clear()
                await self.arrived.wait()

    async def has_waiting(self, number: int, seconds: float = 60) -> None:
        """Returns when so many mails have come in and are held."""
        async with asyncio.timeout(seconds):
            while self.waiting < number:
                self.arrived.clear()
                await self.arrived.wait()

    @property
    def connections(self) -> int:
        """How many were opened so far."""
        return len(self.talks)

    def cut_all(self) -> None:
        """As a server that tires of clients who say nothing."""
        for talk in self.talks:
            _cut(talk)

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # ruff: ignore[invalid-function-name] - the server calls it so
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # ruff: ignore[invalid-function-name] - the server calls it so
        if (refusal := self.refuse_recipient.get(address, self.refuse_recipients)) is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # ruff: ignore[invalid-function-name] - the server calls it so
        if self.answer and not self.answer.startswith("2"):
            return self.answer
        if self.held is not None and not self.held.is_set():
            self.waiting += 1
            self.arrived.set()
            await self.held.wait()
        self.mailbox.append(_received(envelope))
        self.arrived.set()
        self.encrypted.append(server.transport is not None and server.transport.get_extra_info("sslcontext") is not None)
        if self.silent:
            await asyncio.Event().wait()
        if self.hang_up is HangUp.IN_ANSWER and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.write(b"250 2.0")
        if self.hang_up in {HangUp.BEFORE_ANSWER, HangUp.IN_ANSWER}:
            _cut(server)
        return self.answer or "250 2.0.0 taken"

    def login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
        user, password = data.login.decode(), data.password.decode()
        self.logins.append(user)
        if self.refuse_login:
            return AuthResult(success=False, handled=False, message=self.refuse_login)
        return AuthResult(success=self.passwords.get(user) == password, handled=False, auth_data=user)


class _Server(SMTP):
    """aiosmtpd with a way out of the protocol before and after the go-ahead."""

    def __init__(self, behaviour: MailServer, tls: ssl.SSLContext | None) -> None:
        super().__init__(
            behaviour,
            hostname="mail.example",
            enable_SMTPUTF8=False,
            tls_context=tls,
            authenticator=behaviour.login,
            auth_require_tls=False,
            auth_required=False,
        )
        self._behaviour = behaviour

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._behaviour.hang_up is HangUp.AT_GREETING:
            _cut(self)

    async def push(self, status: Any) -> None:
        if not self._behaviour.drip:
            await super().push(status)
            return
        for letter in bytes(status, "ascii") + b"\r\n" if isinstance(status, str) else status + b"\r\n":
            self._writer.write(bytes([letter]))
            await asyncio.sleep(DRIP_SECONDS)

    async def smtp_DATA(self, arg: str) -> None:  # ruff: ignore[invalid-function-name] - the server calls it so
        behaviour = self._behaviour
        behaviour.begun += 1
        if behaviour.go_ahead:
            await self.push(behaviour.go_ahead)
        elif behaviour.hang_up is HangUp.AT_DATA:
            _cut(self)
        elif behaviour.hang_up is HangUp.IN_BODY:
            await self.push("354 go ahead")
            await self._reader.readuntil(b"\r\n")
            _cut(self)
        else:
            await super().smtp_DATA(arg)


@asynccontextmanager
async def mail_server(*, tls: ssl.SSLContext | None = None, tls_from_start: bool = False) -> AsyncGenerator[MailServer, None]:
    """Listens on a free port. `tls` offers STARTTLS, or with `tls_from_start` speaks nothing else."""
    behaviour = MailServer()

    def talk() -> _Server:
        new = _Server(behaviour, None if tls_from_start else tls)
        behaviour.talks.append(new)
        return new

    listener = await asyncio.get_running_loop().create_server(talk, HOST, 0, ssl=tls if tls_from_start else None)
    behaviour.port = listener.sockets[0].getsockname()[1]
    try:
        yield behaviour
    finally:
        listener.close()
        behaviour.cut_all()
        await listener.wait_closed()


def _cut(talk: SMTP) -> None:
    """After what was said has left; the client sees the end of the connection and no goodbye."""
    if talk.transport is not None:
        talk.transport.close()


def _received(envelope: Envelope) -> Received:
    raw = envelope.original_content or b""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), message, raw)
