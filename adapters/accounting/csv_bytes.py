"""The bytes of a text file as lines: unpacked, and decoded where it is certain what they are."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from adapters.accounting.records import Unreadable
from adapters.accounting.words import shown

LONGEST_LINE = 32_000_000
_CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
GZIP, ZIP, OLD_OFFICE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

# Letters that stand in the same place in the other one-byte alphabets of Europe, or that those seldom use; then those that
# are Czech or Slovene elsewhere, and count only beside the first; and the Scandinavian ones, that count beside an å.
_WESTERN = frozenset("äöüÄÖÜßéëáíóúçîôÉÇÁÍÓÚâêàïñÀÊÑ") | frozenset("€£§°«»–—‘’“”…\u00a0")
_FRENCH, _BESIDE = frozenset("èùûÈ"), frozenset("ëçàêâîœ«»")
_NORDIC = frozenset("åøæÅØÆ")
_WHOLE_WORD = re.compile(r"[\udcc0-\udcff]{3,}")  # so many of them in a row are a word of another alphabet


def encoding_of(path: Path) -> str:
    """UTF-8 unless the file is certainly something else."""
    with opened(path) as stream:
        start = stream.read(64)
        stream.seek(0)
        marked = next((name for mark, name in _MARKS if start.startswith(mark)), None) or _unmarked_utf16(start)
        if marked:
            return marked
        return "windows-1252" if _is_western(stream) else "utf-8"


def lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines with their ends; bytes that are no text come as lone surrogates, so that the cell they stand in can be named."""
    with opened(path) as stream:
        if encoding.startswith("utf-16"):
            yield from _wide_lines(stream, encoding)
            return
        number = 0
        while raw := guarded(lambda: stream.readline(LONGEST_LINE + 1)):
            number += 1
            if len(raw) > LONGEST_LINE:
                raise Unreadable(_too_long(number))
            if number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            yield raw.decode(encoding, "surrogateescape")


def _wide_lines(stream: IO[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    number, rest = 0, ""
    while True:
        raw = guarded(lambda: stream.read(_CHUNK))
        *whole, rest = (rest + decoder.decode(raw, final=not raw)).split("\n")
        for line in whole:
            number += 1
            yield (line.removeprefix("\ufeff") if number == 1 else line) + "\n"
        if len(rest) > LONGEST_LINE:
            raise Unreadable(_too_long(number + 1))
        if not raw:
            break
    if rest.removeprefix("\ufeff"):
        yield rest.removeprefix("\ufeff")


def _too_long(number: int) -> str:
    return f"Line {number} is longer than {LONGEST_LINE:,} bytes; this is no ledger of one row a line."


@contextmanager
def opened(path: Path) -> Generator[IO[bytes]]:
    """The file, unpacked if it is packed."""
    with ExitStack() as closing:
        try:
            stream: IO[bytes] = closing.enter_context(path.open("rb"))
            start = stream.read(4)
            stream.seek(0)
        except OSError as fault:
            raise Unreadable(f"{path} cannot be read: {fault.strerror or fault}.") from None
        if start.startswith(GZIP):
            stream = cast(IO[bytes], closing.enter_context(gzip.GzipFile(fileobj=stream)))
            guarded(lambda: stream.read(4))
            stream.seek(0)
        yield stream


def guarded(read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except (OSError, EOFError, zlib.error) as fault:
        raise Unreadable(f"The file breaks off or is damaged ({shown(str(fault))}).") from None


def _unmarked_utf16(start: bytes) -> str | None:
    """Plain letters in two bytes each have an empty one in every second place, and a header is plain letters mostly."""
    if len(start) < 16:
        return None
    even, odd = start[::2], start[1::2]
    if not even.count(0) and odd.count(0) > 0.8 * len(odd):
        return "utf-16-le"
    if not odd.count(0) and even.count(0) > 0.8 * len(even):
        return "utf-16-be"
    return None


def _is_western(stream: IO[bytes]) -> bool:
    """Whether bytes above ASCII are in use that are no UTF-8, and read as letters of western Europe without exception."""
    odd = bytearray()
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    while True:
        raw = guarded(lambda: stream.read(_CHUNK))
        text = decoder.decode(raw, final=not raw)
        if not text.isascii():
            high = {letter for letter in text if letter > "\x7f"}
            if not all("\udc80" <= letter <= "\udcff" for letter in high) or _WHOLE_WORD.search(text):
                return False
            odd.extend(ord(letter) - 0xDC00 for letter in high)
        if not raw:
            break
    letters = set(bytes(odd).decode("windows-1252", "replace"))
    return bool(letters) and letters <= _allowed(letters)


def _allowed(letters: set[str]) -> frozenset[str]:
    return _WESTERN | (_FRENCH if letters & _BESIDE else frozenset()) | (_NORDIC if letters & {"å", "Å"} else frozenset())
