"""Raw letters, written here after the shapes that mail programs and servers send."""

from __future__ import annotations

REFERENCE = "<duebot.0123456789abcdef@northwind.example>"


def letter(body: str = "We pay on Friday.", *headers: str, kind: str = "text/plain; charset=utf-8", encoding: str = "8bit") -> bytes:
    usual = (
        "From: Pay <pay@acme.example>",
        "To: receivables@northwind.example",
        "Subject: Re: Invoice INV-2041",
        "Message-ID: <1@acme.example>",
        f"In-Reply-To: {REFERENCE}",
        "Date: Tue, 24 Nov 2026 10:00:00 +0000",
    )
    given = {header.partition(":")[0].lower() for header in headers}
    head = [header for header in usual if header.partition(":")[0].lower() not in given]
    lines = [*head, *headers, "MIME-Version: 1.0", f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", "", body]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def report(kind: str, fields: str, original: str = f"Message-ID: {REFERENCE}\r\nTo: pay@acme.example\r\n") -> bytes:
    """As a mail server writes it: words for people, fields for machines, and the headers of what came back."""
    kinds = {"delivery-status": "message/delivery-status", "feedback-report": "message/feedback-report"}
    parts = [
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n",
        f"--b\r\nContent-Type: {kinds[kind]}\r\n\r\n{fields}\r\n",
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{original}\r\n",
    ]
    return letter(
        "".join(parts) + "--b--\r\n",
        "From: MAILER-DAEMON@mx.example",
        "In-Reply-To:",
        kind=f'multipart/report; report-type={kind}; boundary="b"',
    )


def status(code: str = "5.1.1", action: str = "failed", address: str = "pay@acme.example") -> str:
    said = f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {code}\r\nDiagnostic-Code: smtp; 550 {code} <{address}> no such user here\r\n"
    return f"Reporting-MTA: dns; mx.example\r\n\r\n{said}"
