"""What customers read: every step in every language as it will arrive."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.letters.reading import Reader, html_of, written
from tests.adapters.letters.samples import BOOK, LANGUAGES, letter, line, samples

GOLDEN = Path(__file__).parent / "golden"
CASES = [(language, case) for language in LANGUAGES for case in samples(language)]
MONTHS = {
    "en": ("October 2026", "November 2026", "December 2026"),
    "de": ("Oktober 2026", "November 2026", "Dezember 2026"),
    "fr": ("octobre 2026", "novembre 2026", "décembre 2026"),
    "es": ("octubre de 2026", "noviembre de 2026", "diciembre de 2026"),
}
AS_PRINTED = {
    "en": "Please pay as stated on the invoice.",
    "de": "Bitte zahlen Sie, wie auf der Rechnung angegeben.",
    "fr": "Veuillez régler selon les indications portées sur la facture.",
    "es": "Le rogamos que pague según lo indicado en la factura.",
}
ANSWER = {
    "en": "Reply to this message.",
    "de": "Antworten Sie auf diese Nachricht.",
    "fr": "Répondez à ce message.",
    "es": "Responda a este mensaje.",
}
THREATS = {
    "en": ("friendly reminder", "lawyer", "court", "collection agency", "legal action"),
    "de": ("freundliche erinnerung", "anwalt", "gericht", "inkasso", "rechtliche schritte"),
    "fr": ("rappel amical", "avocat", "huissier", "tribunal", "mise en demeure", "recouvrement", "poursuites"),
    "es": ("recordatorio amistoso", "abogado", "tribunal", "juzgado", "cobro", "acciones legales", "moroso"),
}


@pytest.mark.parametrize(("language", "case"), CASES)
def test_a_letter_reads_as_it_was_last_approved(language: str, case: str) -> None:
    message = written(samples(language)[case])
    bodies = {"txt": f"Subject: {message.subject}\n\n{message.text}", "html": html_of(message)}
    for part, body in bodies.items():
        name = f"{language}-{case}.{part}"
        if os.environ.get("UPDATE_GOLDEN"):
            (GOLDEN / name).write_text(body, encoding="utf-8")
        assert body == (GOLDEN / name).read_text(encoding="utf-8"), f"{name} changed; read the difference, then UPDATE_GOLDEN=1"


def test_no_golden_letter_is_left_over() -> None:
    approved = {f"{language}-{case}.{part}" for language, case in CASES for part in ("txt", "html")}
    assert {file.name for file in GOLDEN.iterdir()} == approved


@pytest.mark.parametrize(("language", "case"), CASES)
def test_both_parts_say_the_same(language: str, case: str) -> None:
    message = written(samples(language)[case])
    seen = Reader.of(html_of(message)).words
    for said in filter(None, (part.strip() for part in message.text.splitlines())):
        for piece in re.split(r"\s?: ", said):
            assert " ".join(piece.split()) in seen


@pytest.mark.parametrize(("language", "case"), CASES)
def test_amount_and_due_date_stand_in_the_first_two_lines(language: str, case: str) -> None:
    asked = samples(language)[case]
    first_two = written(asked).text.splitlines()[:2]
    months = MONTHS[language]
    assert any(character in first_two[0] for character in "€$")
    assert any(month in first_two[0] for month in months) or case == "promise_noted-many"


@pytest.mark.parametrize(("language", "case"), CASES)
def test_no_line_of_a_mail_breaks_between_a_day_and_its_month(language: str, case: str) -> None:
    message = written(samples(language)[case])
    day = rf"\d\.?( de)? (?:{'|'.join(month.split()[0] for month in MONTHS[language])})"
    _, _, body = html_of(message).partition("</head>")
    assert re.search(day, message.text)
    assert re.search(day, body) is None
    assert re.search(day.replace(" ", "\u00a0"), body)
    assert "\ue000" not in f"{message.subject}{message.text}{message.html}"


@pytest.mark.parametrize(("language", "case"), CASES)
def test_the_subject_names_the_invoice_and_the_seller(language: str, case: str) -> None:
    subject = written(samples(language)[case]).subject
    assert "INV-20" in subject or case in {"receipt-on-account", "statement", "statement-one", "statement-credit"}
    assert "Northwind GmbH" in subject


@pytest.mark.parametrize(("language", "case"), CASES)
def test_no_letter_tracks_loads_or_threatens(language: str, case: str) -> None:
    message = written(samples(language)[case])
    for word in ("<img", "<script", "<link", "url(", "@import", "http://", "https://", "src="):
        assert word not in html_of(message)
    for word in THREATS[language]:
        assert word not in message.text.lower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("email", ["ar@seller.example", None])
@pytest.mark.parametrize("phone", ["+49 30 1", None])
@pytest.mark.parametrize("pay", ["IBAN DE00", None])
def test_a_book_without_a_way_to_pay_or_to_ask_still_says_one(language: str, email: str | None, phone: str | None, pay: str | None) -> None:
    book = replace(BOOK, seller_email=email, seller_phone=phone, payment_instructions=pay)
    message = written(letter("second", line(), language=language, book=book))
    how, ask = AS_PRINTED[language], ANSWER[language]
    said = message.text.splitlines()
    assert [way in said for way in (email, phone, pay) if way] == [True] * sum(map(bool, (email, phone, pay)))
    assert (how in said) == (pay is None)
    assert (ask in said) == (email is None and phone is None)
    assert ("mailto:" in html_of(message)) == (email is not None)
    assert "\n\n\n" not in message.text


@pytest.mark.parametrize(("language", "case"), CASES)
def test_no_letter_has_a_gap_or_a_blank_too_many(language: str, case: str) -> None:
    message = written(samples(language)[case])
    assert "\n\n\n" not in message.text
    assert not re.search(r"\S {2,}|[ \u00a0\u202f][.,]|\(\)", message.subject + message.text)


def test_a_message_goes_to_every_address_and_answers_to_the_seller() -> None:
    message = written(letter("first", line()))
    assert message.to == ("ap@acme.example", "boss@acme.example")
    assert (message.sender_name, message.reply_to, message.language) == ("Northwind GmbH", "receivables@northwind.example", "en")
