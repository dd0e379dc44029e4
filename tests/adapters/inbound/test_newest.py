"""The newest part of an answer, as mail programs of four languages quote."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.inbound.newest import newest
from adapters.inbound.plain_html import words_of

OURS = "Reply STOP to get no more mail"
QUOTED = f"> Please pay INV-1\n> {OURS}\n"

BELOW = [
    f"On Mon, 23 Nov 2026 at 10:00, Northwind <r@northwind.example> wrote:\n{QUOTED}",
    f"On Mon, 23 Nov 2026 at 10:00, Northwind\n<r@northwind.example>\nwrote:\n{QUOTED}",
    f"Am 23.11.26 um 10:00 schrieb Northwind:\n{QUOTED}",
    f"Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Northwind <r@northwind.example>:\n{QUOTED}",
    f"Le lun. 23 nov. 2026 à 10:00, Northwind <r@northwind.example> a écrit :\n{QUOTED}",
    f"El lun, 23 nov 2026 a las 10:00, Northwind (<r@northwind.example>) escribió:\n{QUOTED}",
    f"-----Original Message-----\nFrom: Northwind\n\n{OURS}",
    f"-----Ursprüngliche Nachricht-----\nVon: Northwind\n\n{OURS}",
    f"________________________________\nFrom: Northwind\n\n{OURS}",
    f"From: Northwind <r@northwind.example>\nSent: Monday\nTo: Pay\nSubject: Invoice\n\n{OURS}",
    f"Von: Northwind\nGesendet: Montag\nAn: Pay\nBetreff: Rechnung\n\n{OURS}",
    f"De : Northwind\nEnvoyé : lundi\nÀ : Pay\nObjet : Facture\n\n{OURS}",
    f"De: Northwind\nEnviado el: lunes\nPara: Pay\nAsunto: Factura\n\n{OURS}",
    f"-- \nPay Team\n{OURS}",
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Get Outlook for iOS",
    QUOTED,
    "",
]


@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_is_answered_and_signatures_are_left_out(below: str, end: str) -> None:
    text = f"Hello Ana,\n\nwe pay on Friday.\n\n{below}".replace("\n", end)
    assert newest(text) == "Hello Ana,\n\nwe pay on Friday."


@pytest.mark.parametrize("words", ["On Monday we wrote a cheque", "From: the bottom of my heart", "Am Freitag zahlen wir", "De nada"])
def test_a_sentence_that_only_begins_like_a_quote_is_kept(words: str) -> None:
    assert newest(f"{words}\nand more") == f"{words}\nand more"


def test_words_below_and_between_a_quote_count_where_none_stand_above() -> None:
    text = f"On Monday, Northwind wrote:\n{QUOTED}We have paid that.\n> and this?\nThis too.\n-- \nPay"
    assert newest(text) == "We have paid that.\nThis too."


HTML = [
    ("<p>We <b>pay</b><br>on Friday&nbsp;&amp; not before</p>", "We pay\non Friday & not before"),
    (f"Paid.<blockquote>Please pay<blockquote>x</blockquote>{OURS}</blockquote>", "Paid."),
    ("<style>p{}</style><script>alert('STOP')</script>Paid<!-- STOP > -->.", "Paid."),
    ("<script>never closed STOP", ""),
    ("a < b and <unknown attr='>'>c", "a '>c"),
    ("plain", "plain"),
]


@pytest.mark.parametrize(("source", "words"), HTML)
def test_html_gives_its_words_without_quotes_scripts_and_tags(source: str, words: str) -> None:
    assert words_of(source) == words


@given(st.text(alphabet="<>/ab!- \n>:O", max_size=300))
def test_any_text_has_a_newest_part_without_quoted_lines(text: str) -> None:
    assert not any(line.lstrip().startswith(">") for line in newest(text).split("\n"))
    words_of(text)


@pytest.mark.parametrize(
    "piece", ["\n", "On ", "On \n", "\t\n", "> ", "<", "<!--", "<script>", "<blockquote>", "From: x\n", "_", "a@b <", "&#"]
)
def test_no_letter_takes_longer_than_its_length(piece: str) -> None:
    started = time.process_time()
    newest(piece * (500_000 // len(piece)))
    words_of(piece * (500_000 // len(piece)))
    assert time.process_time() - started < 1
