"""Raw letters to what arrived: answers, machines' own words, bounces, complaints; and whatever else the bytes are."""

from __future__ import annotations

import base64
import random
from datetime import date

import pytest

from adapters.inbound.reading import read
from tests.adapters.inbound.letters import REFERENCE, letter, report, status
from workflows.domain.arrivals import Answer, Bounce, Passed
from workflows.domain.contact import Meaning
from workflows.domain.inbound_words import understand

HTML = "<p>We pay on <b>Friday</b>.</p><blockquote>STOP</blockquote>"


def test_an_answer_has_its_sender_subject_words_and_what_it_answers() -> None:
    found = read(letter("We pay on Friday.\r\n\r\nOn Monday, Northwind wrote:\r\n> Reply STOP", "References: <0@x> " + REFERENCE))
    assert isinstance(found, Answer)
    assert (found.sender, found.subject, found.words) == ("pay@acme.example", "Re: Invoice INV-2041", "We pay on Friday.")
    assert found.refers == (REFERENCE, "<0@x>")


@pytest.mark.parametrize(
    ("body", "kind", "encoding"),
    [
        ("R3LDvMOfZQ==", "text/plain; charset=utf-8", "base64"),
        ("Gr=FC=DFe", "text/plain; charset=iso-8859-1", "quoted-printable"),
        ("Gr=FC=DFe", "text/plain", "quoted-printable"),
        ("R3LDvMOfZQ==", "text/plain; charset=zlib", "base64"),
        ("R3LDvMOfZQ==", "text/plain; charset=punycode", "base64"),
        ("Gr&uuml;&szlig;e", "text/html", "8bit"),
        (
            "--b\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGrüße\r\n--b--",
            "multipart/alternative; boundary=b",
            "8bit",
        ),
        (
            "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nno\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\nGrüße\r\n--b--",
            "multipart/mixed; boundary=b",
            "8bit",
        ),
    ],
)
def test_words_are_read_in_any_dress(body: str, kind: str, encoding: str) -> None:
    found = read(letter(body, kind=kind, encoding=encoding))
    assert isinstance(found, Answer)
    assert found.words == "Grüße"


def test_html_alone_is_read_without_what_it_quotes() -> None:
    found = read(letter(HTML, kind="text/html"))
    assert isinstance(found, Answer)
    assert found.words == "We pay on Friday."


MACHINES = [
    ("Auto-Submitted: auto-replied", "an automatic answer"),
    ("Auto-Submitted: auto-generated; x=y", "an automatic answer"),
    ("Precedence: bulk", "a letter to many"),
    ("Precedence: AUTO_REPLY", "a letter to many"),
    ("List-Id: <news.example>", "a letter to many"),
    ("Return-Path: <>", "a letter without a return path"),
    ("X-Autoreply: yes", "an automatic answer"),
    ("Subject: Automatic reply: Invoice", "an automatic answer"),
    ("Subject: Abwesenheitsnotiz: Rechnung", "an automatic answer"),
    ("Subject: =?utf-8?q?R=C3=A9ponse_automatique?=", "an automatic answer"),
    ("Subject: Respuesta automática: factura", "an automatic answer"),
    ("Subject: Out of office", "an automatic answer"),
    ("From: Mail Delivery System <MAILER-DAEMON@mx.example>", "a mail server's word"),
    ("From: nobody", "a letter without a sender"),
]


@pytest.mark.parametrize(("header", "because"), MACHINES)
def test_a_machine_s_letter_is_passed_over(header: str, because: str) -> None:
    found = read(letter("STOP", header))
    assert isinstance(found, Passed)
    assert found.because == because


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Precedence: normal", "Return-Path: <pay@acme.example>", "Subject: Office rent"])
def test_a_person_s_letter_is_not(header: str) -> None:
    assert isinstance(read(letter("STOP", header)), Answer)


def test_the_same_letter_has_the_same_key_by_another_way() -> None:
    here, there, other = letter(), letter("We pay on Friday.", "Received: from elsewhere"), letter("We pay on Monday.")
    assert read(here).key == read(there).key != read(other).key


@pytest.mark.parametrize(
    ("code", "hard"), [("5.1.1", True), ("5.0.0", True), ("5.4.4", True), ("5.2.2", False), ("5.7.1", False), ("4.4.1", False)]
)
def test_a_failed_delivery_is_a_bounce_hard_where_the_address_takes_no_mail(code: str, hard: bool) -> None:
    found = read(report("delivery-status", status(code)))
    assert isinstance(found, Bounce)
    assert (found.addresses, found.hard, found.complaint) == (("pay@acme.example",), hard, False)
    assert REFERENCE in found.refers
    assert found.because == f"{code} 550 {code} <(address)> no such user here"


def test_a_long_id_of_what_came_back_is_known_behind_its_fold() -> None:
    found = read(report("delivery-status", status(), f"Subject: x\r\nMessage-ID:\r\n\t{REFERENCE}\r\n"))
    assert isinstance(found, Bounce)
    assert REFERENCE in found.refers


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_a_report_of_a_delay_or_a_success_is_none(action: str) -> None:
    assert isinstance(read(report("delivery-status", status(action=action))), Passed)


def test_a_complaint_names_the_reader() -> None:
    found = read(
        report("feedback-report", "Feedback-Type: abuse\r\nVersion: 1\r\nUser-Agent: x\r\nOriginal-Rcpt-To: <pay@acme.example>\r\n")
    )
    assert isinstance(found, Bounce)
    assert (found.complaint, found.hard, found.addresses) == (True, True, ("pay@acme.example",))
    assert isinstance(read(report("feedback-report", "Feedback-Type: not-spam\r\n")), Passed)


NASTY = [
    b"",
    b"\0" * 1000,
    b"From: \xff\xfe\r\n\r\n",
    b"Subject: =?utf-8?b?!!!!?=\r\nFrom: a@b.example\r\n\r\nx",
    b"Subject: =?nonsense?q?x?=\r\nFrom: =?utf-8?b?" + b"A" * 5000 + b"?= <a@b.example>\r\n\r\nx",
    b'From: a@b.example\r\nContent-Type: text/plain; charset="\0"\r\n\r\nx',
    b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
    b"From: a@b.example\r\nContent-Type: " + b"a/" * 3000 + b"\r\n\r\nx",
    b"From: " + b"a@b.example, " * 5000 + b"\r\n\r\nx",
    b"From: " + b"(" * 5000 + b"\r\n\r\nx",
    b"From: a@b.example\r\nReferences: " + b"<a@b> " * 5000 + b"\r\n\r\nx",
    b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"=" * 5000,
    b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<a " * 5000,
    b"From: a@b.example\r\nSubject: " + b"x" * 200_000 + b"\r\n\r\nx",
    letter(
        "".join(f"--{n}\r\nContent-Type: multipart/mixed; boundary={n + 1}\r\n\r\n" for n in range(2_000)),
        kind="multipart/mixed; boundary=0",
    ),
    letter("".join(f"--b\r\nContent-Type: text/x{n}\r\n\r\nx\r\n" for n in range(2_000)), kind="multipart/mixed; boundary=b"),
    report("delivery-status", "\r\n\r\n" * 500 + status() * 50),
    report("delivery-status", "Action: failed\r\nStatus: \r\nFinal-Recipient: ;;;\r\n"),
    report("delivery-status", status(), "A:" + " " * 19_000 + "x" * 600),
    letter("x\udcffy\udc80"),
]


@pytest.mark.parametrize("raw", NASTY, ids=range(len(NASTY)))
def test_what_is_broken_is_still_one_of_the_three(raw: bytes) -> None:
    found = read(raw)
    assert isinstance(found, Answer | Bounce | Passed)
    assert len(found.key) == len("mail:") + 40
    if isinstance(found, Answer):
        assert "\n" not in found.sender + found.subject
        (found.subject + found.words).encode()


def test_ten_thousand_hostile_letters_raise_nothing_and_run_nothing() -> None:
    dice = random.Random(24)
    seeds = [
        letter(),
        letter(HTML, kind="text/html"),
        report("delivery-status", status()),
        *NASTY[3:7],
        letter(base64.b64encode(bytes(99)).decode(), encoding="base64"),
    ]
    pieces = [
        b"\r\n",
        b"\0",
        b"=?utf-8?q?",
        b"?=",
        b"--b",
        b"{{7*7}}",
        b"<script>",
        b"@here",
        b"=cmd|' /C calc'!A0",
        b"\xff",
        b"STOP",
        b": ",
        b"<",
        b"boundary=",
        b"charset=rot13",
        "\u202e".encode(),
    ]
    counts = dict.fromkeys((Answer, Bounce, Passed), 0)
    for _ in range(10_000):
        raw = bytearray(dice.choice(seeds))
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(raw) + 1)
            raw[at : at + dice.choice((0, 0, 1, 20))] = dice.choice(pieces)
        found = read(bytes(raw))
        counts[type(found)] += 1
        if isinstance(found, Answer):
            assert understand(found.words, date(2026, 11, 24)).meaning in set(Meaning)
            assert "49" not in found.words
    assert min(counts.values()) > 100, "each kind is reached"
