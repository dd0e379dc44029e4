"""Money, days and names as staff read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.clean import CLOSE, OPEN, bare, clean, shorten
from cards.format import amounts, cell, day, days, lateness, listing, locale_of, long_day, moment, money, name, since, step_words, times
from cards.home import LANGUAGES
from tests.cards.samples import BOOK
from workflows.domain.calendar import Place
from workflows.domain.money import Money

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        ("12400.00", "EUR", "en", "€12,400.00"),
        ("12400.00", "EUR", "de_DE", "12.400,00\u00a0€"),
        ("12400.00", "EUR", "fr", "12\u202f400,00\u00a0€"),
        ("-3.50", "USD", "en_US", "-$3.50"),
        ("1.234", "KWD", "en", "KWD\u00a01.234"),
        ("500", "JPY", "en", "¥500"),
        ("1500", "ISK", "is", "1.500\u00a0kr."),
        ("9999999999999.99", "EUR", "en", "€9,999,999,999,999.99"),
    ],
)
def test_money_has_the_digits_of_its_currency_and_the_separators_of_the_locale(amount: str, currency: str, locale: str, shown: str) -> None:
    assert money(Money.of(amount, currency), locale) == shown


def test_currencies_stand_side_by_side_and_are_never_added() -> None:
    assert amounts((Money.of("86210", "EUR"), Money.of("12900", "USD")), "en") == "€86,210.00 and $12,900.00"
    assert not amounts((), "en")


@pytest.mark.parametrize(
    ("language", "country", "locale"),
    [
        ("en", "DE", "en"),
        ("de", "DE", "de_DE"),
        ("de", "CH", "de_CH"),
        ("en", "US", "en_US"),
        ("en", "GB", "en_GB"),
        ("pt-BR", None, "pt_BR"),
        ("xx", "DE", "en"),
        ("", None, "en"),
    ],
)
def test_a_books_separators_are_those_of_its_language_where_its_country_speaks_it(language: str, country: str | None, locale: str) -> None:
    assert locale_of(replace(BOOK, language=language, place=Place("Europe/Berlin", country))) == locale


@pytest.mark.parametrize(
    ("on", "shown"),
    [
        (date(2026, 10, 30), "Fri 30 Oct"),
        (TODAY - timedelta(60), "Fri 25 Sep"),
        (TODAY - timedelta(61), "24 Sep 2026"),
        (TODAY + timedelta(60), "Sat 23 Jan"),
        (TODAY + timedelta(61), "24 Jan 2027"),
    ],
)
def test_a_day_has_its_weekday_near_and_its_year_far(on: date, shown: str) -> None:
    assert day(on, TODAY) == shown


def test_the_month_comes_first_in_the_united_states() -> None:
    assert day(date(2026, 10, 30), TODAY, "en_US") == "Fri, Oct 30"
    assert day(date(2024, 10, 30), TODAY, "en_US") == "Oct 30, 2024"


@pytest.mark.parametrize(
    ("locale", "near", "far", "heading"),
    [
        ("de_AT", "Fr 30. Okt", "30. Okt 2024", "Freitag, 30. Oktober"),
        ("fr", "ven. 30 oct", "30 oct. 2024", "vendredi 30 octobre"),
        ("es_ES", "vie 30 oct", "30 oct 2024", "viernes 30 de octubre"),
        ("nl", "vr 30 okt", "30 okt 2024", "vrijdag 30 oktober"),
        ("en_GB", "Fri 30 Oct", "30 Oct 2024", "Friday 30 October"),
        ("ja", "Fri 30 Oct", "30 Oct 2024", "Friday 30 October"),
    ],
)
def test_a_day_is_written_as_in_the_readers_language_where_it_can_be_chosen(locale: str, near: str, far: str, heading: str) -> None:
    assert day(date(2026, 10, 30), TODAY, locale) == near
    assert day(date(2024, 10, 30), TODAY, locale) == far
    assert long_day(date(2026, 10, 30), locale) == heading


def test_every_language_that_can_be_chosen_has_its_days() -> None:
    shown = {long_day(TODAY, code) for code, _ in LANGUAGES if code}
    assert len(shown) == len(LANGUAGES) - 1


def test_an_hour_of_today_needs_no_day() -> None:
    place, now = Place("Europe/Berlin"), datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert moment(datetime(2026, 11, 24, 8, 14, tzinfo=UTC), now, place) == "09:14"
    assert since(datetime(2026, 11, 24, 8, 14, tzinfo=UTC), now, place) == "today 09:14"
    assert since(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), now, place) == "today 00:30"
    assert since(datetime(2026, 11, 16, 8, 0, tzinfo=UTC), now, place) == "Mon 16 Nov 09:00"


@pytest.mark.parametrize(
    ("late", "shown"),
    [
        (None, "no due date"),
        (-3, "due in 3 days"),
        (-1, "due in 1 day"),
        (0, "due today"),
        (1, "1 day late"),
        (25, "25 days late"),
        (1_200, "1,200 days late"),
    ],
)
def test_lateness_begins_the_day_after(late: int | None, shown: str) -> None:
    assert lateness(late) == shown


def test_plurals_and_lists() -> None:
    assert [days(0), days(1), days(2)] == ["0 days", "1 day", "2 days"]
    assert [times(0), times(1), times(2), times(3)] == ["never", "once", "twice", "3 times"]
    assert [listing([]), listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert [step_words("second"), step_words("final"), step_words("call_owner", reminds=False)] == [
        "second reminder",
        "final notice",
        "call owner step",
    ]


def test_a_name_without_a_visible_letter_is_still_something_to_read() -> None:
    assert name("\u200b\u202e \x00") == "(no name)"


def test_a_right_to_left_name_is_kept_apart_from_the_figures_beside_it() -> None:
    assert name("חברה") == f"{OPEN}חברה{CLOSE}"
    assert name("Acme") == "Acme"


@given(st.text(max_size=300), st.integers(5, 80))
def test_a_shortened_text_is_as_long_as_allowed(text: str, width: int) -> None:
    short = shorten(clean(text), width)
    assert len(short) <= width
    assert short.count(OPEN) == short.count(CLOSE)


@given(st.text(max_size=300))
def test_a_cell_holds_no_direction_marks_of_others(text: str) -> None:
    shown = cell(text)
    assert len(shown) <= 34
    inner = shown.removeprefix(OPEN).removesuffix(CLOSE)
    assert not set(inner) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\n\r\x1b\x00")


@given(st.text(st.characters(exclude_categories=()), max_size=100))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert "\n" not in bare(text)


def test_a_cut_takes_the_accents_with_their_letter() -> None:
    assert shorten("abe\u0301\u0301\u0301cd", 5) == "ab…"


@pytest.mark.parametrize(
    ("width", "short"),
    [(13, f"ab {OPEN}חברה אבג{CLOSE}"), (12, f"ab {OPEN}חברה א…{CLOSE}"), (6, f"ab {OPEN}…{CLOSE}"), (5, "ab…"), (4, "ab…")],
)
def test_right_to_left_words_that_are_cut_end_once(width: int, short: str) -> None:
    assert shorten(f"ab {OPEN}חברה אבג{CLOSE}", width) == short
