"""The grammar that `/due`, `duebot query` and the inbox's search share."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import (
    ACTS,
    VERBS,
    Ask,
    AskAct,
    AskBalance,
    AskCustomer,
    AskFigures,
    AskHelp,
    AskInvoice,
    AskList,
    AskOverdue,
    AskSettings,
    AskShare,
    AskWhy,
    Figure,
    Listed,
    number_first,
    parse,
    until,
)
from cards.actions import Name
from cards.help import COMMANDS


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("balance acme", AskBalance("acme")),
        ("  BALANCE   Acme GmbH ", AskBalance("Acme GmbH")),
        ("balance balance", AskBalance("balance")),
        ('balance "Acme  GmbH"', AskBalance("Acme GmbH")),
        ("balance „Müller & Söhne“", AskBalance("Müller & Söhne")),
        ("balance “Müller & Söhne”", AskBalance("Müller & Söhne")),
        ("balance 'share'", AskBalance("share")),
        ("customer Acme", AskCustomer("Acme")),
        ("invoice INV-2041", AskInvoice("INV-2041")),
        ("invoice INV 2041", AskInvoice("INV 2041")),
        ("why INV-2041", AskWhy("INV-2041")),
        ("overdue", AskOverdue()),
        ("Overdue ", AskOverdue()),
        ("overdue 30", AskOverdue(30)),
        ("overdue 30 days", AskOverdue(30)),
        ("overdue 30d acme", AskOverdue(30, "acme")),
        ("overdue 30+ days Acme GmbH", AskOverdue(30, "Acme GmbH")),
        ("overdue acme", AskOverdue(1, "acme")),
        ("overdue 0", AskOverdue()),
        ("overdue 3M", AskOverdue(1, "3M")),
        ('overdue "7 Seas"', AskOverdue(1, "7 Seas")),
        ("overdue >1000", AskOverdue(1, "", "1000")),
        ("overdue >1,000.00 EUR", AskOverdue(1, "", "1,000.00", "EUR")),
        ("overdue €500 acme", AskOverdue(1, "acme", "500", "EUR")),
        ("overdue 500€", AskOverdue(1, "", "500", "EUR")),
        ("overdue EUR 500 30 acme", AskOverdue(30, "acme", "500", "EUR")),
        ("overdue 30 1000.50", AskOverdue(30, "", "1000.50")),
        ("mine", AskList(Listed.MINE)),
        ("promises", AskList(Listed.PROMISES)),
        ("Plans", AskList(Listed.PLANS)),
        ("disputes", AskList(Listed.DISPUTES)),
        ("promises South", AskList(Listed.PROMISES, "South")),
        ("tasks", AskList(Listed.TASKS)),
        ("aging", AskFigures(Figure.AGING)),
        ("aging north", AskFigures(Figure.AGING, "north")),
        ("settings", AskSettings()),
        ("remind INV-7", AskAct(Name.SEND_REMINDER, "INV-7")),
        ("snooze INV 7 3d", AskAct(Name.SNOOZE, "INV 7 3d")),
        ("FLAG INV-7", AskAct(Name.FLAG, "INV-7")),
        ("escalate INV-7", AskAct(Name.ESCALATE, "INV-7")),
        ("share balance acme", AskShare(AskBalance("acme"))),
        ("share", AskHelp(lacks="share")),
        ("share flag INV-7", AskHelp(lacks="share")),
        ("share share overdue", AskHelp(lacks="share")),
        ("", AskHelp()),
        ("help", AskHelp()),
        ("help me", AskHelp()),
        ("balance", AskHelp(lacks="balance")),
        ("invoice ", AskHelp(lacks="invoice")),
        ("snooze", AskHelp(lacks="snooze")),
        ("overdu", AskHelp("overdu", ("overdue",))),
        ("balanse acme", AskHelp("balanse acme", ("balance acme",))),
        ("invioce 7", AskHelp("invioce 7", ("invoice 7",))),
        ("flga INV-7 now", AskHelp("flga INV-7 now", ("invoice INV-7",))),
        ("promise", AskHelp("promise", ("promises",))),
        ("acme", AskHelp("acme")),
    ],
)
def test_what_is_typed_means(text: str, ask: Ask) -> None:
    assert parse(text) == ask


@given(st.text())
def test_any_text_means_something(text: str) -> None:
    assert isinstance(parse(text), Ask)


@given(st.sampled_from(VERBS), st.text())
def test_so_does_any_text_behind_a_verb(verb: str, rest: str) -> None:
    assert isinstance(parse(f"{verb} {rest}"), Ask)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("INV-7", (("INV-7", ""),)),
        ("INV 7 3d", (("INV 7 3d", ""), ("INV 7", "3d"), ("INV", "7 3d"))),
        ('"INV 7" 3d', (("INV 7", "3d"),)),
        ('"INV 7', (('"INV 7', ""), ('"INV', "7"))),
        ("", ()),
    ],
)
def test_a_number_may_hold_blanks_and_quotes_settle_where_it_ends(words: str, parts: tuple[tuple[str, str], ...]) -> None:
    assert number_first(words) == parts


TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("3d", date(2026, 11, 27)),
        ("3 days", date(2026, 11, 27)),
        ("2w", date(2026, 12, 8)),
        ("for 1 week", date(2026, 12, 1)),
        ("until 2026-11-30", date(2026, 11, 30)),
        ("friday", date(2026, 11, 27)),
        ("Tue", date(2026, 12, 1)),
        ("until Mon", date(2026, 11, 30)),
        ("someday", None),
        ("2026-02-30", None),
        ("-3d", None),
        ("", None),
    ],
)
def test_how_long_is_said_in_days_weeks_weekdays_or_dates(words: str, day: date | None) -> None:
    assert until(words, TUESDAY) == day


def test_help_names_every_word_and_no_other() -> None:
    named = {word for words, _ in COMMANDS for part in words.split(" · ") for word in [part.split(maxsplit=1)[0]]}
    assert named == set(VERBS)
    assert set(ACTS) <= named
