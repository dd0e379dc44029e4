"""A mailbox read over IMAP: looked at only, nothing in it is marked, moved or deleted.

The standard library's client in a thread: five commands are needed, and the wrappers around it parse letters as well, which is ours to do.
"""

from __future__ import annotations

import asyncio
import imaplib
import re
import ssl
from base64 import b64encode
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date

from adapters.inbound.reading import read
from adapters.outreach.answers import sentence
from adapters.outreach.smtp import TLS
from workflows.domain.arrivals import Arrival, Passed
from workflows.errors import NeedsReconnect, OutsideError, Unavailable, UnexpectedPayload

BATCH = 50  # letters a connection
LONGEST = 1_000_000  # bytes of a letter; the rest, attachments, is left on the server
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MARK = re.compile(r"(\d{1,10}):(\d{1,10})")
_PASSES = re.compile(r"\[(?:UNAVAILABLE|LIMIT|INUSE|SERVERBUG)\]|too many|try again|temporar", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class IMAPSettings:
    """`timeout_seconds` is the wait for each single answer."""

    host: str
    user: str
    password: str = field(repr=False)
    port: int = 993
    tls: TLS = TLS.TLS
    folder: str = "INBOX"
    timeout_seconds: float = 30.0


class IMAPMailbox:
    """The `Mailbox` of `workflows.ports`. Its mark is `UIDVALIDITY:UID` of the last letter read."""

    def __init__(self, settings: IMAPSettings) -> None:
        self._settings = settings
        self.name = f"imap:{settings.user}@{settings.host}/{settings.folder}"

    async def arrivals(self, mark: str | None, since: date) -> Sequence[tuple[str, Arrival]]:
        return await asyncio.to_thread(self._arrivals, mark, since)

    async def reach(self) -> None:
        """Connected, logged in, the folder there; nothing is read. Raises as `arrivals` does."""
        await asyncio.to_thread(self._reach)

    def _reach(self) -> None:
        with self._opened():
            pass

    def _arrivals(self, mark: str | None, since: date) -> list[tuple[str, Arrival]]:
        with self._opened() as (imap, validity):
            uids = _uids(imap, mark, validity, since)[:BATCH]
            return [(f"{validity}:{uid}", _letter(imap, validity, uid)) for uid in uids]

    @contextmanager
    def _opened(self) -> Generator[tuple[imaplib.IMAP4, int], None, None]:
        """Connected, logged in, the folder open for reading alone; with its UIDVALIDITY."""
        with _named():
            imap = self._connected()
            try:
                self._log_in(imap)
                yield imap, self._examined(imap)
            finally:
                with suppress(imaplib.IMAP4.error, OSError):  # what was read is read; a rude goodbye changes nothing
                    imap.logout()
                with suppress(OSError):
                    imap.shutdown()

    def _connected(self) -> imaplib.IMAP4:
        given, secure = self._settings, ssl.create_default_context()
        if given.tls is TLS.TLS:
            return imaplib.IMAP4_SSL(given.host, given.port, ssl_context=secure, timeout=given.timeout_seconds)
        imap = imaplib.IMAP4(given.host, given.port, timeout=given.timeout_seconds)
        if given.tls is TLS.STARTTLS:
            try:
                _encrypt(imap, secure)
            except (imaplib.IMAP4.error, OSError, OutsideError):
                imap.shutdown()
                raise
        return imap

    def _log_in(self, imap: imaplib.IMAP4) -> None:
        user, password = self._settings.user, self._settings.password
        try:
            if (user + password).isascii():
                imap.login(user, password)
            else:  # LOGIN is ASCII alone; RFC 4616 is UTF-8
                imap.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as refused:
            words = sentence(str(refused))
            if _PASSES.search(words):
                raise Unavailable(f"the mailbox cannot be opened now: {words}") from refused
            raise NeedsReconnect(f"the mailbox refused user or password: {words}") from refused

    def _examined(self, imap: imaplib.IMAP4) -> int:
        folder = _on_the_wire(self._settings.folder).replace("\\", "\\\\").replace('"', '\\"')
        answer, words = imap.select(f'"{folder}"', readonly=True)
        if answer != "OK":
            raise NeedsReconnect(f"the mailbox has no folder {self._settings.folder}: {sentence(str(words[0]))}")
        validity = imap.response("UIDVALIDITY")[1][0]
        if not isinstance(validity, bytes) or not validity.isdigit():
            raise UnexpectedPayload("the mailbox does not say how it numbers its letters")
        return int(validity)


_ODD_LETTERS = re.compile(r"[^\x20-\x7e]+")


def _on_the_wire(folder: str) -> str:
    """A name with letters outside ASCII as RFC 3501 writes it (5.1.3); a plain one may be written so already and is left alone."""
    if folder.isascii():
        return folder
    return _ODD_LETTERS.sub(lambda found: f"&{_base64(found[0])}-", folder.replace("&", "&-"))


def _base64(letters: str) -> str:
    return b64encode(letters.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")


def _encrypt(imap: imaplib.IMAP4, secure: ssl.SSLContext) -> None:
    if "STARTTLS" not in imap.capabilities:
        raise NeedsReconnect("the mailbox does not offer to encrypt; no password was sent to it")
    imap.starttls(secure)


@contextmanager
def _named() -> Generator[None, None, None]:
    """Every trouble by its name in `workflows.errors`."""
    try:
        yield
    except OutsideError:
        raise
    except imaplib.IMAP4.abort as trouble:
        raise Unavailable(f"the mailbox hung up: {sentence(str(trouble))}") from trouble
    except imaplib.IMAP4.error as odd:
        raise UnexpectedPayload(f"the mailbox answered oddly: {sentence(str(odd))}") from odd
    except OSError as trouble:  # no connection, connection lost, time-out, no valid certificate
        raise Unavailable(f"no connection to the mailbox: {sentence(str(trouble))}") from trouble


def _uids(imap: imaplib.IMAP4, mark: str | None, validity: int, since: date) -> list[int]:
    """Ascending. `n:*` holds the newest letter also where it is older than n, so it is left out by hand."""
    known = _MARK.fullmatch(mark or "")
    last = int(known[2]) if known and int(known[1]) == validity else None
    asked = ("SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}") if last is None else ("UID", f"{last + 1}:*")
    answer, found = imap.uid("SEARCH", *asked)
    if answer != "OK":
        raise UnexpectedPayload("the mailbox cannot be searched")
    numbers = [int(word) for line in found if isinstance(line, bytes) for word in line.split() if word.isdigit()]
    return sorted(number for number in numbers if last is None or number > last)


def _letter(imap: imaplib.IMAP4, validity: int, uid: int) -> Arrival:
    answer, found = imap.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LONGEST}>)")
    if answer != "OK":
        raise UnexpectedPayload("the mailbox does not give a letter")
    raw = next((part[1] for part in found if isinstance(part, tuple) and isinstance(part[1], bytes)), None)
    return read(raw) if raw is not None else Passed(f"mail:{validity}:{uid}", "a letter that was deleted meanwhile")
