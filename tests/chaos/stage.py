"""What outlives a round: the database server, the vendors, the place new processes come from, and what was counted."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

from tests.chaos.bases import Base
from tests.chaos.process import Birth, Born, Minute, Past, live
from tests.chaos.slack_api import SlackAPI
from tests.peers.smtp import MailServer

STAFF = "@seller.example"
MOST_SECONDS = 60  # no minute takes that long


@dataclass(slots=True)
class Tally:
    """What was done and what was found, over all rounds."""

    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a customer got. `name` is the Message-ID, the same for the same message."""

    to: str
    name: str
    subject: str
    at: datetime


@dataclass(slots=True)
class Stage:
    processes: ForkServerContext
    base: Base
    mail: MailServer
    chat: SlackAPI
    folder: Path
    tally: Tally = field(default_factory=Tally)

    @property
    def mails(self) -> Path:
        return self.folder / "mails"

    def letters(self) -> Sequence[Letter]:
        """What customers got, at the mail server or in the folder."""
        return [letter for letter in self._all() if not letter.to.endswith(STAFF)]

    def staff_mails(self) -> Sequence[Letter]:
        return [letter for letter in self._all() if letter.to.endswith(STAFF)]

    def _all(self) -> Sequence[Letter]:
        return [*map(_letter, (mail.message for mail in self.mail.mailbox)), *map(_letter, self._files())]

    def _files(self) -> Iterator[EmailMessage]:
        for file in self.mails.glob("*.eml"):
            message = message_from_bytes(file.read_bytes(), policy=default)
            assert isinstance(message, EmailMessage)
            yield message

    def clear(self) -> None:
        self.mail.mailbox.clear()
        self.mail.encrypted.clear()
        self.mail.begun = 0
        self.chat.forget()
        for file in self.mails.glob("*"):
            file.unlink()


def _letter(message: EmailMessage) -> Letter:
    return Letter(str(message["To"]), str(message["Message-ID"]), str(message["Subject"]), parsedate_to_datetime(str(message["Date"])))


class Actor:
    """A process, as the round sees it."""

    def __init__(self, stage: Stage, birth: Birth) -> None:
        self._pipe, theirs = stage.processes.Pipe()
        self.port = 0
        self._process = stage.processes.Process(target=live, args=(birth, theirs))
        self._process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    async def born(self) -> None:
        heard = await asyncio.to_thread(_hear, self._pipe)
        self.port = heard.port or 0 if isinstance(heard, Born) else 0

    async def pass_minute(self, minute: Minute) -> Past | None:
        """Null when it died."""
        try:
            self._pipe.send(minute)
        except OSError:
            return None
        heard = await asyncio.to_thread(_hear, self._pipe)
        return heard if isinstance(heard, Past) else None

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, how: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # it may just have died by itself
            if self.alive and self._process.pid is not None:
                os.kill(self._process.pid, how)

    async def end(self, how: signal.Signals) -> int:
        """How it ended, by this or before. One that does not go is killed, and 1 returned."""
        self._signal(how)
        await asyncio.to_thread(self._process.join, MOST_SECONDS)
        code = self._process.exitcode
        self.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()
        return 1 if code is None else code


def _hear(pipe: Connection) -> object:
    try:
        return pipe.recv() if pipe.poll(MOST_SECONDS) else None
    except (EOFError, OSError):
        return None
