"""E-mail through an SMTP server."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

import aiosmtplib

from adapters.outreach.answers import fault, is_no_address, login_fault, sender_fault, sentence
from adapters.outreach.mime import email_of, message_id, recipients, sender_address
from workflows.domain.messages import Message, Receipt
from workflows.errors import AddressRefused, NeedsReconnect, OutcomeUnknown, Rejected, Unavailable
from workflows.ports import Clock

GO_AHEAD = 354
_LEADING_DOT = re.compile(rb"(?m)^\.")
GOODBYE_SECONDS = 5.0
MOST_MESSAGES = 100  # over one connection; servers that count allow that many


class TLS(StrEnum):
    """`starttls` begins in the clear and insists on changing over; `tls` is encrypted from the first byte."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SMTPSettings:
    """`sender` is the address mail comes from. `timeout_seconds` is the wait for each single answer."""

    host: str
    sender: str
    port: int = 587
    tls: TLS = TLS.STARTTLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class _Line:
    """An open connection, and how many messages it has been begun for."""

    smtp: aiosmtplib.SMTP
    used: int = 1


class SMTPMail:
    """A message has a connection to itself, so a server that hangs on one holds up no other; the next one may have it after that."""

    channel = "email"

    def __init__(self, settings: SMTPSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._free: list[_Line] = []

    async def send(self, message: Message, key: str) -> Receipt:
        """The reference is the Message-ID, followed by what was refused when the server took only some of the addresses."""
        sender = self._settings.sender
        mail = email_of(message, key, sender=sender, now=self._clock.now())
        async with self._session(sender_address(sender)) as smtp:
            with _nothing_taken():
                refused = await _recipients(smtp, recipients(message))
                await _hand_over(smtp, mail)
            await _verdict(smtp, self._settings.timeout_seconds)
        words = [f"1 of {len(recipients(message))} addresses refused: {answer.code} {sentence(answer.message)}" for answer in refused]
        return Receipt("; ".join([message_id(key, sender), *words]), _unknown_there(refused))

    async def was_sent(self, key: str) -> bool | None:  # ruff: ignore[unused-method-argument] - the port's signature
        """SMTP cannot be asked."""
        return None

    async def reach(self) -> None:
        """As far as a message goes before it is handed over: connection, login, sender. Raises as `send` does."""
        async with self._session(sender_address(self._settings.sender)):
            pass
        await self.rest()

    async def rest(self) -> None:
        free, self._free = self._free, []
        for line in free:
            with suppress(aiosmtplib.SMTPException, OSError):  # nothing is under way; a rude goodbye changes nothing
                await line.smtp.quit(timeout=min(GOODBYE_SECONDS, self._settings.timeout_seconds))
            line.smtp.close()

    @asynccontextmanager
    async def _session(self, sender: str) -> AsyncGenerator[aiosmtplib.SMTP, None]:
        """A connection on which the sender is accepted. One on which all went well is kept for the next message."""
        line = await self._begun(sender)
        try:
            yield line.smtp
        except BaseException:
            line.smtp.close()
            raise
        if line.used < MOST_MESSAGES:
            self._free.append(line)
        else:
            line.smtp.close()

    async def _begun(self, sender: str) -> _Line:
        """On one that was kept where it still works: whatever is wrong with it, a new one will tell what is true."""
        if self._free:
            line = self._free.pop()
            try:
                await line.smtp.mail(sender)
            except (aiosmtplib.SMTPException, OSError):
                line.smtp.close()
            else:
                return _Line(line.smtp, line.used + 1)
        smtp = self._client()
        try:
            with _nothing_taken():
                await _connect(smtp)
                await smtp.mail(sender)
        except BaseException:
            smtp.close()
            raise
        return _Line(smtp)

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user,
            password=settings.password,
            use_tls=settings.tls is TLS.TLS,
            start_tls=settings.tls is TLS.STARTTLS,
            timeout=settings.timeout_seconds,
        )


@contextmanager
def _nothing_taken() -> Generator[None, None, None]:
    """Up to the body nothing can have left, so every trouble has a definite name."""
    try:
        yield
    except aiosmtplib.SMTPAuthenticationError as answer:
        raise login_fault(answer.code, answer.message) from answer
    except aiosmtplib.SMTPSenderRefused as answer:
        raise sender_fault(answer.code, answer.message) from answer
    except aiosmtplib.SMTPResponseException as answer:
        raise fault(answer.code, answer.message) from answer
    except OSError as trouble:  # no connection, connection lost, time-out, no valid certificate
        raise Unavailable(f"no connection to the mail server: {sentence(str(trouble))}") from trouble
    except aiosmtplib.SMTPException as lacking:  # no STARTTLS, no login: the server has not what the settings ask for
        raise NeedsReconnect(f"the mail server does not fit the settings: {sentence(lacking.message)}") from lacking


async def _connect(smtp: aiosmtplib.SMTP) -> None:
    """With login. A server that does not want to talk at all has said nothing about any message."""
    try:
        await smtp.connect()
    except aiosmtplib.SMTPAuthenticationError:
        raise
    except aiosmtplib.SMTPResponseException as answer:
        raise Unavailable(f"the mail server does not take mail now: {answer.code} {sentence(answer.message)}") from answer


async def _recipients(smtp: aiosmtplib.SMTP, to: Sequence[str]) -> list[aiosmtplib.SMTPRecipientRefused]:
    """What was refused, when at least one address was taken."""
    refused = [answer for address in to if (answer := await _refusal(smtp, address))]
    if len(refused) < len(to):
        return refused
    faults = [fault(answer.code, answer.message) for answer in refused]
    # Nothing was taken: as long as one address may work later, the whole message may.
    first = next((trouble for trouble in faults if trouble.retryable), faults[0])
    unknown = _unknown_there(refused)
    raise AddressRefused(str(first), unknown) if unknown and isinstance(first, Rejected) else first


def _unknown_there(refused: Sequence[aiosmtplib.SMTPRecipientRefused]) -> tuple[str, ...]:
    """Those refused for what they are, and for good."""
    return tuple(answer.recipient for answer in refused if is_no_address(answer.code, answer.message))


async def _refusal(smtp: aiosmtplib.SMTP, address: str) -> aiosmtplib.SMTPRecipientRefused | None:
    try:
        await smtp.rcpt(address)
    except aiosmtplib.SMTPRecipientRefused as answer:
        return answer
    return None


async def _hand_over(smtp: aiosmtplib.SMTP, mail: bytes) -> None:
    """DATA and, once the server said go ahead, the whole body; returns with the last byte written, not answered.

    The library's own `data` does this and the answer in one go, and then a lost connection could mean either.
    """
    answer = await smtp.execute_command(b"DATA")
    if answer.code != GO_AHEAD or smtp.protocol is None:
        raise aiosmtplib.SMTPDataError(answer.code, answer.message)
    smtp.protocol.write(_LEADING_DOT.sub(b"..", mail) + b".\r\n")


async def _verdict(smtp: aiosmtplib.SMTP, timeout: float) -> None:
    """The answer to the body. Without one, nobody knows."""
    if smtp.protocol is None:
        raise OutcomeUnknown("the connection was lost while the message was handed over")
    try:
        answer = await smtp.protocol.read_response(timeout=timeout)
    except (aiosmtplib.SMTPException, OSError) as trouble:
        raise OutcomeUnknown(f"the mail server did not say whether it took the message: {sentence(str(trouble))}") from trouble
    if 400 <= answer.code < 600:
        raise fault(answer.code, answer.message)
    if not 200 <= answer.code < 300:
        raise OutcomeUnknown(f"the mail server's answer is none: {answer.code} {sentence(answer.message)}")
