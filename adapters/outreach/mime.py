"""A message as an e-mail, the same for every way it may leave."""

from __future__ import annotations

import re
import unicodedata
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from hashlib import sha256
from itertools import starmap
from urllib.parse import quote

from workflows.domain.messages import Attachment, Message
from workflows.errors import Rejected

CRLF = "\r\n"
HEADER_LENGTH = 250
LINE_LENGTH = 76
STOP_WORD = "UNSUBSCRIBE"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9-]{1,40}( [A-Za-z0-9-]{1,40})*")
# What every mail server takes without extensions; what else RFC 5322 allows in quotes is not worth a bounced reminder.
_MAILBOX = re.compile(r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@([^@\s]{1,253})")
_HOST = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_PAGE = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~/-]{1,200}")
_LINE = {"List-Unsubscribe": 900}  # readers of this one unfold it badly
_UNSAFE_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def email_of(message: Message, key: str, *, sender: str, now: datetime) -> bytes:
    """As it is sent, ASCII with CRLF: text first, then HTML where there is some. `sender` is an address, `key` becomes the Message-ID.

    Addresses that are none are left out; raises `Rejected` when no recipient is left.
    """
    # `EmailMessage` folds long display names into broken headers (Python 3.11), and takes half a millisecond for the rest.
    fields = starmap(_field, _headers(message, key, sender, now))
    head = CRLF.join([_from(message.sender_name, sender_address(sender)), *fields, ""])
    return (head + _parts(message)).encode("ascii")


def _headers(message: Message, key: str, sender: str, now: datetime) -> Iterator[tuple[str, str]]:
    yield "To", ", ".join(recipients(message))
    if message.reply_to and (reply_to := mailbox(message.reply_to)):
        yield "Reply-To", reply_to
    yield "Subject", header_line(message.subject)
    yield "Date", format_datetime(now)
    yield "Message-ID", message_id(key, sender)
    yield "Auto-Submitted", "auto-generated"
    if _LANGUAGE.fullmatch(message.language):
        yield "Content-Language", message.language
    yield from _unsubscribe(message, sender)


def _unsubscribe(message: Message, sender: str) -> Iterator[tuple[str, str]]:
    """RFC 2369 by mail, always; RFC 8058 with one POST where the customer can reach a page of ours."""
    by_mail = (message.reply_to and mailbox(message.reply_to)) or sender_address(sender)
    ways = [f"<mailto:{quote(by_mail, safe='@')}?subject={STOP_WORD}&body={STOP_WORD}>"]
    if message.unsubscribe and _PAGE.fullmatch(message.unsubscribe):
        ways.insert(0, f"<{message.unsubscribe}>")
    yield "List-Unsubscribe", ", ".join(ways)
    if len(ways) > 1:
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _field(name: str, text: str) -> str:
    # "=?" in plain text would be read as an encoded word, so it is encoded itself.
    plain, longest = text.isascii() and "=?" not in text, _LINE.get(name)
    if plain and len(name) + 2 + len(text) <= (longest or LINE_LENGTH):
        return f"{name}: {text}"
    return f"{name}: {Header(text, 'us-ascii' if plain else 'utf-8', maxlinelen=longest, header_name=name).encode(linesep=CRLF)}"


def _from(name: str, address: str) -> str:
    """A name of anything but plain words is an encoded word, which needs no quotes."""
    shown = header_line(name)
    field = Header(shown, "us-ascii" if _PLAIN_NAME.fullmatch(shown) else "utf-8", header_name="From")
    field.append(f"<{address}>", "us-ascii")
    return f"From: {field.encode(linesep=CRLF)}"


def _parts(message: Message) -> str:
    """As RFC 2046 has them. Neither encoding of a part can hold `=_`, so nothing in one can end it."""
    body = _text("plain", message.text)
    if message.html is not None:
        body = _several("alternative", "=_texts", [body, _text("html", message.html)])
    if message.attachments:
        body = _several("mixed", "=_parts", [body, *map(_document, message.attachments)])
    return f"MIME-Version: 1.0{CRLF}{body}"


def _text(kind: str, content: str) -> str:
    """Quoted-printable passes every server unchanged and stays readable in the raw file."""
    lines = b"\n".join([*content.encode().splitlines(), b""])
    encoded = b2a_qp(lines, istext=True).decode("ascii").replace("\n", CRLF)
    return f'Content-Type: text/{kind}; charset="utf-8"{CRLF}Content-Transfer-Encoding: quoted-printable{CRLF}{CRLF}{encoded}'


def _document(document: Attachment) -> str:
    head = f'Content-Type: {document.kind}{CRLF}Content-Transfer-Encoding: base64{CRLF}Content-Disposition: attachment; filename="'
    encoded = encodebytes(document.content).decode("ascii").replace("\n", CRLF)
    return f'{head}{file_name(document.name)}"{CRLF}{CRLF}{encoded}'


def _several(kind: str, boundary: str, parts: Sequence[str]) -> str:
    within = "".join(f"--{boundary}{CRLF}{part}{CRLF}" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"{CRLF}{CRLF}{within}--{boundary}--{CRLF}'


def file_name(name: str) -> str:
    """Plain letters only: what a mail program saves must neither leave its folder nor hide what it is."""
    return _UNSAFE_IN_A_NAME.sub("-", name).strip("-.")[:80] or "document"


def message_id(key: str, sender: str) -> str:
    """The same for the same key and sender, and no way back from it to the key."""
    host = sender_address(sender).partition("@")[2]
    return f"<duebot.{sha256(key.encode()).hexdigest()[:32]}@{host}>"


def recipients(message: Message) -> tuple[str, ...]:
    """The addresses a server can be given, each once; raises `Rejected` when there are none."""
    good = tuple(dict.fromkeys(address for given in message.to if (address := mailbox(given))))
    if not good:
        raise Rejected("none of the customer's addresses is an e-mail address" if message.to else "the customer has no e-mail address")
    return good


def mailbox(given: str) -> str | None:
    """The address with its domain in ASCII, or null for what is no address."""
    match = _MAILBOX.fullmatch(given.strip())
    host = _ascii(match[2]) if match else None
    return f"{match[1]}@{host}" if match and host and len(match[1]) <= 64 else None


def _ascii(host: str) -> str | None:
    try:
        plain = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return plain if _HOST.fullmatch(plain) else None


def sender_address(given: str) -> str:
    """Raises `Rejected` when it is none."""
    address = mailbox(given)
    if address is None:
        raise Rejected("the sender's address is not an e-mail address")
    return address


def header_line(text: str) -> str:
    """One line without control and direction characters, so that no text can start a header of its own or show itself backwards."""
    line = " ".join((text if text.isascii() and text.isprintable() else "".join(_shown(text))).split())
    return line if len(line) <= HEADER_LENGTH else line[: HEADER_LENGTH - 1] + "…"


def _shown(text: str) -> Iterator[str]:
    for letter in text:
        kind = unicodedata.category(letter)
        if kind in {"Cc", "Zl", "Zp"}:
            yield " "
        elif kind != "Cs" and unicodedata.bidirectional(letter) not in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}:
            yield letter
