"""A raw letter to what arrived: an answer, a bounce, or a machine's word. Whatever the bytes are, it is one of these."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256

from adapters.inbound.newest import newest
from adapters.inbound.plain_html import words_of
from adapters.inbound.reports import report_of
from workflows.domain.arrivals import Answer, Arrival, Passed

LONGEST_HEADER = 1_000
MOST_PARTS = 200
MOST_REFERENCES = 50
_ID = re.compile(r"<[^<>\s]{1,250}>")
_CHARSET = re.compile(
    r"utf-?8|us-ascii|(?:iso-?8859|latin)[-_]?\d{1,2}|(?:windows-|cp)\d{3,4}|koi8-[ru]|gb\w{3,5}|big5|shift_jis|euc-\w\w|iso-2022-jp",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s@,;<>\"()]{1,64}@[^\s@,;<>\"()]{1,190}")
_ODD = (ValueError, LookupError, MessageError, TypeError, AttributeError, AssertionError, RecursionError)
_AWAY = re.compile(
    r"^\s*(?:auto(?:matic)? ?-?reply|automatische antwort|auto-antwort|abwesen\w+|r[eé]ponse automatique|absence du bureau|respuesta autom[aá]tica|fuera de (?:la )?oficina|out of (?:the )?office|undeliverable|unzustellbar|delivery status notification)",
    re.IGNORECASE,
)


def read(raw: bytes) -> Arrival:
    """Of what was cut off, the beginning is read."""
    try:
        return _read(message_from_bytes(raw, policy=policy.compat32))
    except _ODD as odd:  # what the standard library makes of hostile letters is not promised anywhere
        return Passed(_key(raw), f"a letter that cannot be read ({type(odd).__name__})")


def _read(letter: Message) -> Arrival:
    subject, sender, refers = header(letter, "Subject"), _sender(letter), _references(letter)
    words = newest(_text(letter))
    key = _key("\0".join((header(letter, "Message-ID"), header(letter, "Date"), sender, subject, words)).encode("utf-8", "replace"))
    if (bounce := report_of(letter, key, refers)) is not None:
        return bounce
    if machine := _machine(letter, subject, sender):
        return Passed(key, machine)
    return Answer(key, sender, subject, words, refers)


def _key(said: bytes) -> str:
    return f"mail:{sha256(said).hexdigest()[:40]}"


def _machine(letter: Message, subject: str, sender: str) -> str:
    """Why it counts as written by a machine; empty where a person seems to have."""
    submitted = header(letter, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in {"", "no"}:
        return "an automatic answer"
    if header(letter, "Precedence").strip().lower() in {"bulk", "auto_reply", "junk", "list"} or letter["List-Id"] is not None:
        return "a letter to many"
    if letter["Return-Path"] is not None and header(letter, "Return-Path").strip() in {"<>", ""}:
        return "a letter without a return path"
    if letter["X-Autoreply"] is not None or letter["X-Autorespond"] is not None or _AWAY.match(subject):
        return "an automatic answer"
    if not sender:
        return "a letter without a sender"
    return "a mail server's word" if sender.partition("@")[0].lower() in {"mailer-daemon", "postmaster"} else ""


def header(letter: Message, name: str) -> str:
    """Decoded, on one line, cut to a length no honest one has."""
    parts: list[str] = []
    for words, charset in _decoded(_raw_header(letter, name)[: 2 * LONGEST_HEADER]):
        parts.append(words if isinstance(words, str) else decoded(words, charset))
    line = "".join(letter if letter.isprintable() else " " for letter in "".join(parts))
    return " ".join(line.encode("utf-8", "replace").decode().split())[:LONGEST_HEADER]


def _raw_header(letter: Message, name: str) -> str:
    """As it stands; bytes outside ASCII, which some programs put there bare, are read as UTF-8."""
    found = next((str(value) for given, value in letter.raw_items() if given.lower() == name.lower()), "")
    return found.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _decoded(value: str) -> list[tuple[str | bytes, str | None]]:
    try:
        return [(words, charset) for words, charset in decode_header(value)]
    except _ODD:
        return [(value, None)]


def _sender(letter: Message) -> str:
    """The address alone; names are anybody's to choose."""
    found = (address for _, address in getaddresses([header(letter, "From")]) if _ADDRESS.fullmatch(address))
    return next(found, "")


def _references(letter: Message) -> tuple[str, ...]:
    """Ids of the messages it answers, the one it answers first, then the newest."""
    answered = _ID.findall(str(letter.get("In-Reply-To", ""))[:LONGEST_HEADER])
    thread = _ID.findall(str(letter.get("References", ""))[-20 * LONGEST_HEADER :])
    return tuple(dict.fromkeys([*answered, *reversed(thread)]))[:MOST_REFERENCES]


def _text(letter: Message) -> str:
    """The plain part, else the words of the HTML one; attachments are not looked at."""
    found: dict[str, str] = {}
    for count, part in enumerate(letter.walk()):
        kind = part.get_content_type()
        if count >= MOST_PARTS or {"text/plain"} <= found.keys():
            break
        if kind in {"text/plain", "text/html"} and kind not in found and part.get_content_disposition() != "attachment":
            payload = part.get_payload(decode=True)
            found[kind] = decoded(payload, part.get_content_charset()) if isinstance(payload, bytes) else ""
    plain = found.get("text/plain", "")
    return plain if plain.strip() else words_of(found.get("text/html", ""))


def decoded(raw: bytes, charset: str | None) -> str:
    """By the charset named where it is one of letters; other codecs of the standard library are slow, or no charsets at all."""
    for name in (charset or "utf-8", "utf-8", "windows-1252"):
        if _CHARSET.fullmatch(name):
            try:
                return raw.decode(name)
            except (LookupError, UnicodeError):
                continue
    return raw.decode("utf-8", "replace")
