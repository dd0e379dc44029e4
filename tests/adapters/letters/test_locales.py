"""Regions of a language: its words, their own separators and order of the date; and what French does with blanks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import adapters.letters
from adapters.letters.locales import TOGETHER, full_day, locale_of, long_day
from adapters.letters.template_letters import TemplateLetters
from tests.adapters.letters.samples import BOOK, CUSTOMER, LATER, letter, line, samples
from workflows.domain.calendar import Place

KNOWN = frozenset(["en", "de", "fr", "es"])
FRENCH = sorted((Path(adapters.letters.__file__).parent / "templates" / "fr").glob("*.txt"))
NBSP, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("tag", "country", "locale"),
    [
        ("en", None, "en_GB"),
        ("en", "DE", "en_GB"),
        ("en", "US", "en_US"),
        ("en-IE", "DE", "en_IE"),
        ("de-AT", "DE", "de_AT"),
        ("de", "CH", "de_CH"),
        ("fr", "CH", "fr_CH"),
        ("FR_ca", None, "fr_CA"),
        ("es", "FR", "es_ES"),
        ("es-MX", "ES", "es_MX"),
        ("es-419", "ES", "es_419"),
        ("fr-XX", "BE", "fr_BE"),
        ("fr-Latn-CA", None, "fr_CA"),
        ("it-CH", "CH", "en_GB"),
        ("", None, "en_GB"),
        ("de-", "??", "de_DE"),
    ],
)
def test_the_region_is_the_tag_s_then_the_customer_s_then_the_language_s_home(tag: str, country: str | None, locale: str) -> None:
    assert locale_of((tag, "it"), KNOWN, country) == locale


def test_a_language_of_one_s_own_has_its_own_separators() -> None:
    assert locale_of(("it",), KNOWN | {"it"}, None) == "it"
    assert locale_of(("it",), KNOWN | {"it"}, "CH") == "it_CH"


@pytest.mark.parametrize(
    ("tag", "amount", "on"),
    [
        ("en-US", "$12,345.60", "October 30, 2026"),
        ("en-IE", "US$12,345.60", "30 October 2026"),
        ("de-AT", f"${NBSP}12.345,60", "30. Oktober 2026"),
        ("de-CH", f"${NBSP}12’345.60", "30. Oktober 2026"),
        ("fr-CA", f"12{NBSP}345,60{NBSP}${NBSP}US", "30 octobre 2026"),
        ("fr-CH", f"12{NARROW}345,60{NBSP}$US", "30 octobre 2026"),
        ("es-MX", f"USD{NBSP}12,345.60", "30 de octubre de 2026"),
    ],
)
def test_a_region_reads_its_language_with_its_own_separators(tag: str, amount: str, on: str) -> None:
    message = TemplateLetters().write(letter("first", line(open_="12345.60", currency="USD"), language=tag))
    assert message.language == tag[:2]
    assert amount in message.text.splitlines()[0]
    assert on in message.text.splitlines()[0]


def test_a_customer_s_country_decides_where_the_language_has_no_region() -> None:
    home = replace(CUSTOMER, place=Place("America/New_York", "US"))
    assert "$12,345.60" in TemplateLetters().write(letter("first", line(open_="12345.60", currency="USD"), customer=home)).text


def test_french_counts_the_first_of_a_month() -> None:
    assert long_day(date(2026, 12, 1), "fr_FR").replace(TOGETHER, " ") == "1er décembre 2026"
    assert full_day(date(2026, 12, 1), "fr_CA").replace(TOGETHER, " ") == "mardi 1er décembre 2026"
    assert long_day(date(2026, 12, 11), "fr_FR").replace(TOGETHER, " ") == "11 décembre 2026"
    assert long_day(date(2026, 12, 1), "es_ES").replace(TOGETHER, " ") == "1 de diciembre de 2026"


@pytest.mark.parametrize("template", FRENCH, ids=lambda path: path.stem)
def test_french_words_have_an_unbreakable_blank_before_a_high_sign(template: Path) -> None:
    words = re.sub(r"\{[{%#].*?[}%#]\}", "x", template.read_text(encoding="utf-8"))
    assert re.findall(r"[^\u00a0\u202f][:;?!]", words) == []
    assert "'" not in words


def test_both_french_parts_keep_those_blanks() -> None:
    message = TemplateLetters().write(samples("fr")["final-many"])
    assert message.subject.startswith(f"Dernier rappel{NBSP}: ")
    assert f"\nTotal en EUR{NBSP}: 12{NARROW}400,00{NBSP}€\n" in message.text
    assert f"Dernier rappel{NBSP}: 12{NARROW}400,00{NBSP}€" in (message.html or "")


@pytest.mark.parametrize(
    ("language", "one", "two", "three"),
    [
        ("fr", "INV-2041 (", "INV-2041 et une autre (", "INV-2041 et 2 autres ("),
        ("es", "INV-2041 de ", "INV-2041 y una más de ", "INV-2041 y 2 más de "),
    ],
)
def test_subjects_count_the_others(language: str, one: str, two: str, three: str) -> None:
    for step in ("first", "second", "final"):
        for said, lines in ((one, 1), (two, 2), (three, 3)):
            assert said in TemplateLetters().write(letter(step, *[line()] * lines, language=language)).subject
    assert two in TemplateLetters().write(letter("upcoming", upcoming=(line(late=-3), LATER), language=language)).subject


def test_a_letter_in_the_book_s_language_takes_the_book_s_region() -> None:
    message = TemplateLetters().write(letter("first", line(), language="it", book=replace(BOOK, language="en-US")))
    assert "October 30, 2026" in message.subject
