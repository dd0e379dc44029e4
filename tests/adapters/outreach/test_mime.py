"""No text from outside gains a header, a recipient or a line in an e-mail."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.outreach.mime import HEADER_LENGTH, email_of, header_line, message_id
from tests.adapters.outreach.contract import KEY, NOW, SENDER, TO, message
from workflows.domain.messages import Attachment, Message
from workflows.errors import Rejected

HOSTILE = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            ["\r\n", "\n", "Bcc: x@y.example", "\u2028", "\u202e", "=?utf-8?q?=0ABcc:_x?=", "<", '"', "\\", ",", "ü", "🙂", "a" * 90]
        )
    ).map("".join),
)
FIELDS = [
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "auto-submitted",
    "mime-version",
    "content-type",
    "content-language",
    "list-unsubscribe",
]


@given(name=HOSTILE, subject=HOSTILE, key=HOSTILE)
def test_headers_never_gain_lines(name: str, subject: str, key: str) -> None:
    raw = email_of(message(sender_name=name, subject=subject), key, sender=SENDER, now=NOW)
    mail = message_from_bytes(raw, policy=default)
    assert sorted(field.lower() for field in mail) == sorted(FIELDS)
    assert [address.addr_spec for address in mail["To"].addresses] == [TO]
    assert [address.addr_spec for address in mail["From"].addresses] == [SENDER]
    assert _read(raw, "Subject") == header_line(subject)
    assert _read(raw, "From") == f"{header_line(name)} <{SENDER}>".strip()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@given(text=HOSTILE, html=HOSTILE)
def test_bodies_never_break_lines_or_parts(text: str, html: str) -> None:
    written = [part.encode("utf-8", "replace").decode() for part in (text, html)]
    raw = email_of(message(text=written[0], html=written[1]), KEY, sender=SENDER, now=NOW)
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert len(list(message_from_bytes(raw, policy=default).iter_parts())) == 2


def _read(raw: bytes, field: str) -> str:
    """Decoded as RFC 2047 says; the newer parser of Python 3.11 puts blanks between the words of a long name."""
    return str(make_header(decode_header(message_from_bytes(raw)[field]))).strip()


def test_a_very_long_subject_is_cut_with_a_sign() -> None:
    assert header_line("x" * 500) == "x" * (HEADER_LENGTH - 1) + "…"


def test_text_cannot_show_itself_backwards() -> None:
    assert header_line("Acme\u202eHbmG\u202c \u2067GmbH\u2069") == "AcmeHbmG GmbH"
    assert header_line("חברת אקמה") == "חברת אקמה"


def test_a_sender_that_is_no_address_is_refused_by_name() -> None:
    with pytest.raises(Rejected, match="sender"):
        message_id(KEY, "northwind")


def test_ending_it_is_one_mail_away_and_one_press_where_a_page_is_reached() -> None:
    plain = _mail(message())
    assert plain["List-Unsubscribe"] == "<mailto:ana@northwind.example?subject=UNSUBSCRIBE&body=UNSUBSCRIBE>"
    assert plain["List-Unsubscribe-Post"] is None
    without = _mail(replace(message(), reply_to=None))
    assert without["List-Unsubscribe"] == f"<mailto:{SENDER}?subject=UNSUBSCRIBE&body=UNSUBSCRIBE>"
    paged = _mail(replace(message(), unsubscribe="https://pay.northwind.example/c/8Zk3-x_q"))
    assert paged["List-Unsubscribe"].startswith("<https://pay.northwind.example/c/8Zk3-x_q>, <mailto:")
    assert paged["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "page", ["http://a.example/x", "javascript:alert(1)", "https://a.example/x>, <https://b.example", "https://a.example/\r\nBcc:"]
)
def test_a_page_that_is_none_is_left_out(page: str) -> None:
    mail = _mail(replace(message(), unsubscribe=page))
    assert "mailto" in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe"].count("<") == 1
    assert mail["List-Unsubscribe-Post"] is None


def test_documents_arrive_whole_beside_both_parts() -> None:
    mail = _mail(replace(message(), attachments=(Attachment("INV-2041.pdf", b"%PDF-1.7\r\n\x00\xff"), Attachment("b.pdf", b"%PDF-2"))))
    assert mail.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["multipart/alternative", "application/pdf", "application/pdf"]
    first = next(iter(mail.iter_attachments()))
    assert (first.get_filename(), first.get_content()) == ("INV-2041.pdf", b"%PDF-1.7\r\n\x00\xff")


@given(name=HOSTILE)
def test_a_document_s_name_is_plain(name: str) -> None:
    raw = email_of(replace(message(), attachments=(Attachment(name, b"%PDF"),)), KEY, sender=SENDER, now=NOW)
    mail = message_from_bytes(raw, policy=default)
    assert sorted(field.lower() for field in mail) == sorted(FIELDS)
    assert not set(next(iter(mail.iter_attachments())).get_filename() or "/") & set('/\\:\r\n"')


def _mail(asked: Message) -> EmailMessage:
    return message_from_bytes(email_of(asked, KEY, sender=SENDER, now=NOW), policy=default)
