"""The words of letters: languages, days, amounts, thanks, and what they are about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.adapters.letters.reading import written
from tests.adapters.letters.samples import BOOK, DOLLARS, LANGUAGES, LATER, ONE_DAY, PART_PAID, SOON, letter, line
from workflows.domain.messages import Message
from workflows.domain.money import Money
from workflows.errors import Refused


@pytest.mark.parametrize(
    ("customer", "book", "used"),
    [
        ("de", "en", "de"),
        ("de-AT", "en", "de"),
        ("EN_us", "de", "en"),
        ("it", "de", "de"),
        ("it", "pt", "en"),
        ("fr-CA", "de", "fr"),
        ("es_419", "de", "es"),
        ("../en", "de", "de"),
        ("", "de", "de"),
    ],
)
def test_the_customer_s_language_wins_then_the_book_s_then_english(customer: str, book: str, used: str) -> None:
    assert written(letter("first", line(), language=customer, book=replace(BOOK, language=book))).language == used


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (25, ("25 days late", "seit 25 Tagen überfällig", "en retard de 25 jours", "hace 25 días")),
        (1, ("1 day late", "seit 1 Tag überfällig", "en retard de 1 jour", "hace 1 día")),
        (0, ("today", "heute", "aujourd’hui", "hoy")),
        (-1, ("tomorrow", "morgen", "demain", "mañana")),
        (-2, ("in 2 days", "in 2 Tagen", "dans 2 jours", "dentro de 2 días")),
    ],
)
def test_one_day_is_not_days(late: int, said: tuple[str, ...]) -> None:
    for language, words in zip(LANGUAGES, said, strict=True):
        assert f", {words}\n" in written(letter("upcoming", upcoming=(line(late=late),), language=language)).text


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, ("1 day later", "1 Tag später sind", "1 jour plus tard", "1 día después")),
        (2, ("2 days later", "2 Tage später sind", "2 jours plus tard", "2 días después")),
    ],
)
def test_the_final_notice_counts_days_too(days: int, said: tuple[str, ...]) -> None:
    for language, words in zip(LANGUAGES, said, strict=True):
        assert words in written(letter("final", line(late=days), language=language)).text


def test_near_days_have_a_weekday_and_far_ones_have_none() -> None:
    text = written(letter("first", line(late=15), line("INV-9", 14))).text
    assert "Due 9 November 2026, 15 days late" in text
    assert "Due Tuesday, 10 November 2026, 14 days late" in text


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("1234.56", "EUR", ("€1,234.56", "1.234,56\u00a0€", "1\u202f234,56\u00a0€", "1.234,56\u00a0€")),
        ("1234", "JPY", ("JP¥1,234", "1.234\u00a0¥", "1\u202f234\u00a0JPY", "1.234\u00a0JPY")),
        ("1234.567", "KWD", ("KWD\u00a01,234.567", "1.234,567\u00a0KWD", "1\u202f234,567\u00a0KWD", "1.234,567\u00a0KWD")),
        ("5.050", "IQD", ("IQD\u00a05.050", "5,050\u00a0IQD", "5,050\u00a0IQD", "5,050\u00a0IQD")),
    ],
)
def test_amounts_have_the_digits_of_their_currency(amount: str, currency: str, said: tuple[str, ...]) -> None:
    for language, words in zip(LANGUAGES, said, strict=True):
        assert words in written(letter("first", line(open_=amount, currency=currency), language=language)).text


def test_currencies_are_never_added() -> None:
    text = written(letter("first", PART_PAID, DOLLARS, ONE_DAY)).text
    assert "Total in EUR: €12,400.00\nTotal in USD: US$900.00\n" in text
    assert "13,300" not in text


def test_money_on_account_is_deducted_in_its_own_currency_alone() -> None:
    text = written(letter("first", line(), DOLLARS, on_account=(Money.of("400.00", "EUR"),))).text
    assert "Total in EUR: €10,000.00\nCredit on your account with us: −€400.00\nTo pay in EUR: €9,600.00\nTotal in USD: US$900.00\n" in text
    assert text.startswith("€9,600.00 and US$900.00 open")


def test_a_partial_payment_is_thanked_for() -> None:
    text = written(letter("second", PART_PAID)).text
    assert "Thank you for the €2,000.00 you have already paid on invoice INV-2041." in text
    assert "Paid €2,000.00 of €12,000.00" in text
    assert "Thank" not in written(letter("second", line())).text


@pytest.mark.parametrize(
    ("credit", "said"),
    [
        ("500.00", "Paid €1,500.00 and credited €500.00 of €12,000.00"),
        ("2000.00", "Credited €2,000.00 of €12,000.00"),
        (None, "Paid €2,000.00 of €12,000.00"),
    ],
)
def test_a_credit_note_is_not_called_money_paid(credit: str | None, said: str) -> None:
    text = written(letter("second", line(total="12000.00", credit=credit))).text
    assert f"\n  {said}\n" in text
    assert "and €10,000.00 of it is still unpaid" in text
    assert ("Thank you" in text) == (credit != "2000.00")


@pytest.mark.parametrize("language", LANGUAGES)
def test_money_and_credit_notes_are_told_apart_in_every_language(language: str) -> None:
    both, credited, paid = (
        _part_of(written(letter("first", line(total="12000.00", credit=credit), language=language)))
        for credit in ("500.00", "2000.00", None)
    )
    assert len({both, credited, paid}) == 3
    assert all(figure in both for figure in ("500", "12"))


def _part_of(message: Message) -> str:
    """The line below the due day."""
    return next(said for said in message.text.splitlines() if said.startswith("  ") and "2026" not in said)


def test_thanks_stand_before_the_last_word() -> None:
    text = written(letter("final", PART_PAID)).text
    assert text.index("still unpaid") < text.index("Thank you") < text.index("final notice. If")


def test_the_oldest_is_the_oldest_even_when_a_person_chose_another_to_lead() -> None:
    message = written(letter("first", ONE_DAY, line()))
    assert message.subject.startswith("Invoice INV-2077 and one more")
    assert "The oldest, INV-2041, was due on 30 October 2026." in message.text


def test_words_for_what_is_late_are_not_used_where_nothing_is() -> None:
    assert written(letter("final", upcoming=(SOON,))) == written(letter("upcoming", upcoming=(SOON,)))
    assert written(letter("upcoming", line())) == written(letter("first", line()))


def test_what_falls_due_is_listed_beside_what_is_late_but_not_asked_for() -> None:
    message = written(letter("first", line(), upcoming=(SOON, LATER)))
    assert message.text.startswith("€10,000.00 open, due on")
    assert "2 more invoices fall due soon and are listed for your planning." in message.text
    assert "Total: €1,330.50" in message.text


def test_a_letter_about_nothing_is_refused() -> None:
    with pytest.raises(Refused, match="no invoice"):
        written(letter("first"))


@pytest.mark.parametrize("template", ["fifth", "../en/first", "words/../first", ""])
def test_an_unknown_template_is_refused_by_name(template: str) -> None:
    with pytest.raises(Refused, match="There is no letter"):
        written(letter(template, line()))
