"""Reports of mail servers: that a message did not arrive (RFC 3464), or that its reader called it spam (RFC 5965)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.utils import getaddresses

from workflows.domain.arrivals import Bounce

LONGEST = 200  # characters of a reason
_ID = re.compile(r"<[^<>\s]{1,250}>")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_FOLDED = re.compile(r"\r?\n[ \t]")
_FIELD = re.compile(r"[A-Za-z-]{1,40}")
_LONGEST_VALUE = 500  # characters; a longer one is none we know
_ADDRESS = re.compile(r"[^\s@,;<>\"()]{1,64}@[^\s@,;<>\"()]{1,190}")
_NO_MAIL_THERE = frozenset(
    {"0", "1", "4"}
)  # classes of 5.x.x that are about the address or its host (RFC 3463): the rest may pass, or is about the message


def report_of(letter: Message, key: str, refers: tuple[str, ...]) -> Bounce | None:
    """Null where the letter is no report, or one of a delay or a success."""
    if letter.get_content_type() != "multipart/report":
        return None
    parts = list(letter.walk())
    refers = tuple(dict.fromkeys([*refers, *(found for part in parts[1:] for found in _own_id(part))]))
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            return _failed(list(_fields(part)), key, refers)
        if part.get_content_type() == "message/feedback-report":
            return _complaint(list(_fields(part)), parts, key, refers)
    return None


def _own_id(part: Message) -> list[str]:
    """Of the message that came back, as a whole or its headers alone."""
    if part.get_content_type() == "text/rfc822-headers":
        return [found for name, value in _pairs(part) if name == "message-id" for found in _ID.findall(value)]
    return _ID.findall(str(part.get("Message-ID", ""))[:1000])


def _failed(blocks: list[dict[str, str]], key: str, refers: tuple[str, ...]) -> Bounce | None:
    failed = [block for block in blocks if block.get("action", "").lower() == "failed"]
    if not failed:
        return None
    addresses = tuple(dict.fromkeys(found for block in failed for found in _addresses(block)))
    status = next((match for block in failed if (match := _STATUS.search(block.get("status", "")))), None)
    hard = status is not None and status[1] == "5" and status[2] in _NO_MAIL_THERE
    said = next((block["diagnostic-code"] for block in failed if "diagnostic-code" in block), "")
    words = _ADDRESS.sub("(address)", said.rpartition(";")[2])
    because = " ".join(part for part in (status[0] if status else "", " ".join(words.split())) if part)
    return Bounce(key, refers, addresses, because[:LONGEST] or "no reason given", hard)


def _complaint(blocks: list[dict[str, str]], parts: list[Message], key: str, refers: tuple[str, ...]) -> Bounce | None:
    said = {name: value for block in blocks for name, value in block.items()}
    if said.get("feedback-type", "").lower() not in {"abuse", "fraud", "opt-out", "opt-out-list"}:
        return None
    to = [str(part.get("To", ""))[:1000] for part in parts[1:] if part.get_content_type() != "message/feedback-report"]
    named = _ADDRESS.findall(said.get("original-rcpt-to", ""))
    addresses = tuple(dict.fromkeys([*named, *(address for _, address in getaddresses(to) if _ADDRESS.fullmatch(address))]))
    return Bounce(key, refers, addresses, "the reader called it spam", hard=True, complaint=True)


def _addresses(block: dict[str, str]) -> list[str]:
    return [
        found for name in ("original-recipient", "final-recipient") for found in _ADDRESS.findall(block.get(name, "").rpartition(";")[2])
    ]


def _fields(part: Message) -> Iterator[dict[str, str]]:
    """The blocks of fields; the library gives them as letters inside the part, or as its text."""
    inside = part.get_payload()
    if isinstance(inside, list):
        for block in inside:
            if isinstance(block, Message):
                yield {name.lower(): str(value)[:500] for name, value in block.items()} or dict(_pairs(block))
    else:
        yield dict(_pairs(part))


def _pairs(part: Message) -> Iterator[tuple[str, str]]:
    """Line by line, each looked at once: a pattern over the whole text takes hours for a line of blanks. Folded lines are one."""
    text = part.get_payload()
    for line in _FOLDED.sub(" ", text[:20_000]).splitlines() if isinstance(text, str) else ():
        name, colon, value = line.partition(":")
        if colon and _FIELD.fullmatch(name) and len(value.strip()) <= _LONGEST_VALUE:
            yield name.lower(), value.strip()
