"""Invoices' documents, kept as files: `FOLDER/BOOK/NUMBER.pdf`."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from workflows.domain.account import Book
from workflows.domain.messages import Attachment
from workflows.errors import DocumentMissing

LARGEST = 10_000_000  # bytes of all documents of one message; larger mails are refused by many servers
MOST = 20
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_NUMBER = re.compile(r"[^\x00-\x1f/\\:*?\"<>|]{1,120}")
_STARTS = b"%PDF-"


@dataclass(frozen=True, slots=True)
class DocumentFolder:
    """Reads what is there at the moment a message is written; nothing is ever written into it."""

    path: Path | None

    def of(self, book: Book, numbers: tuple[str, ...]) -> tuple[Attachment, ...]:
        """Raises `DocumentMissing` for the first that is not there, is no PDF, or makes them all too large together."""
        found: list[Attachment] = []
        for number in numbers[:MOST]:
            found.append(Attachment(f"{number}.pdf", self._read(book, number, LARGEST - sum(len(one.content) for one in found))))
        return tuple(found)

    def _read(self, book: Book, number: str, room: int) -> bytes:
        if self.path is None:
            raise DocumentMissing(number, "no folder for documents is set (DUEBOT_DOCUMENTS)")
        content = _first(self._file(book, number), room + 1)
        if content is None:
            raise DocumentMissing(number, f"the folder of documents holds no {book.slug}/{number}.pdf")
        if len(content) > room:
            raise DocumentMissing(number, f"{number}.pdf and the others are larger than {LARGEST // 1_000_000} MB together")
        if not content.startswith(_STARTS):
            raise DocumentMissing(number, f"{number}.pdf is no PDF")
        return content

    def _file(self, book: Book, number: str) -> Path | None:
        """Null for a name that would leave the book's folder, also by way of a link."""
        if self.path is None or not _SLUG.fullmatch(book.slug) or not _NUMBER.fullmatch(number) or number.startswith("."):
            return None
        home = (self.path / book.slug).resolve()
        file = (home / f"{number}.pdf").resolve()
        return file if file.is_relative_to(home) else None


def _first(file: Path | None, size: int) -> bytes | None:
    """So many bytes; null for what cannot be read."""
    try:
        with file.open("rb") if file else nullcontext() as opened:
            return opened.read(size) if opened else None
    except OSError:
        return None
