"""A pack of evidence as one ZIP: the same facts give the same bytes, names are plain, nothing in it runs."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape

from adapters.keep.defused import defused
from adapters.outreach.mime import email_of
from cards.clean import clean
from workflows.domain.account import Notice
from workflows.domain.messages import Message
from workflows.errors import Rejected
from workflows.evidence_pack import Evidence, Table

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the oldest a ZIP can say; file times would make every pack another one
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_BOUNDARY = re.compile(rb'boundary="(=+[0-9]+=+)"')
_LONGEST = 60
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #17202a; background: #fff; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; } caption { text-align: left; font-weight: 600; }
th, td { border-bottom: 1px solid #ccd3da; padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
"""


def evidence_zip(evidence: Evidence, trail: Sequence[str], documents: Mapping[str, bytes], *, sender: str) -> bytes:
    """`trail` are lines of the audit trail, `documents` the invoices' own by file name, `sender` the address mail is sent from."""
    files = dict(_files(evidence, trail, documents, sender))
    files["index.html"] = _index(evidence, sorted(files)).encode()
    sums = "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    files["SHA256SUMS"] = sums.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            pack.writestr(entry, files[name])
    return out.getvalue()


def safe(name: str) -> str:
    """A file name every system takes: letters, digits, dots, hyphens; different for every name."""
    plain = _UNSAFE.sub("-", name).strip("-.")[:_LONGEST]
    return plain if plain and plain == name else f"{plain}-{sha256(name.encode()).hexdigest()[:8]}".lstrip("-")


def _files(evidence: Evidence, trail: Sequence[str], documents: Mapping[str, bytes], sender: str) -> Iterator[tuple[str, bytes]]:
    for table in evidence.tables:
        yield f"{table.name}.csv", _csv(table)
    for number, (notice, message) in enumerate(evidence.messages, 1):
        name = f"messages/{number:03}-{notice.day.isoformat()}-{safe(notice.step)}"
        yield _mail(name, notice, message, sender)
    for number, (reply, words) in enumerate(evidence.answers, 1):
        head = (
            f"From: {clean(reply.sender)}\nAt: {reply.at.isoformat()}\nChannel: {reply.channel}\nUnderstood as: {reply.meaning.value}\n\n"
        )
        yield f"answers/{number:03}-{reply.at.date().isoformat()}.txt", (head + clean(words, lines=True) + "\n").encode()
    for name, content in documents.items():
        yield f"documents/{safe(name)}", content
    yield "audit.jsonl", "".join(f"{line}\n" for line in trail).encode()


def _mail(name: str, notice: Notice, message: Message, sender: str) -> tuple[str, bytes]:
    """As it was sent, with the Message-ID it had. A message without a mail address is told as text."""
    try:
        mail = email_of(message, f"notice:{notice.id}", sender=sender, now=notice.sent_at or notice.at)
    except Rejected:
        return f"{name}.txt", f"To: {', '.join(message.to)}\nSubject: {message.subject}\n\n{message.text}\n".encode()
    for number, found in enumerate(dict.fromkeys(_BOUNDARY.findall(mail)), 1):  # boundaries are made up anew each time
        mail = mail.replace(found, f"=part-{number}-{notice.id.hex}".encode())
    return f"{name}.eml", mail


def _csv(table: Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([defused(clean(cell)) for cell in line] for line in table.lines)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _index(evidence: Evidence, names: Sequence[str]) -> str:
    account = evidence.account
    title = f"{account.book.name}: claim against {account.customer.name}"
    tables = "\n".join(_html(table) for table in evidence.tables)
    files = "\n".join(f'<li><a href="{escape(name, quote=True)}">{escape(name)}</a></li>' for name in names)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_text(title)}</title><style>{_STYLE}</style></head><body>
<h1>{_text(title)}</h1>
<p>Customer number {_text(account.customer.number)}. As of {evidence.day.isoformat()}, {_text(account.book.place.zone)}. Times are UTC.</p>
{tables}
<h2>Files</h2>
<ul>
{files}
</ul>
<p>SHA256SUMS names every file's SHA-256. audit.jsonl holds the entries of the audit trail about this claim, each with its place in the chain.</p>
</body></html>
"""


def _html(table: Table) -> str:
    if not table.lines:
        return f"<h2>{_text(table.title)}</h2>\n<p>None.</p>"
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in table.columns)
    body = "\n".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in line)}</tr>" for line in table.lines)
    return f"<table><caption>{_text(table.title)}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _text(words: str) -> str:
    return escape(clean(words))
