"""Digest, lists and answers: short first, the rest behind a press, currencies apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cards import answers, choices
from cards.actions import Name
from cards.digest import PAGE, SHOWN, Today, digest, digest_list, outgoing, page_within, review
from cards.elements import Actions, Card, Facts, Heading, Rows, Text, Tone
from cards.history import history
from tests.cards import samples
from tests.cards.digest_samples import TODAY_BRINGS, lines
from tests.cards.samples import BOOK, ITEM, NOW, PEOPLE, SECOND_DECIDED, TODAY, account, decided, eur, stood
from workflows.domain.account import Payment
from workflows.domain.money import Money


def table(card: Card) -> Rows:
    return next(part for part in card.body if isinstance(part, Rows))


def labels(card: Card) -> list[str]:
    return [button.label for part in card.body if isinstance(part, Actions) for button in part.buttons]


@pytest.mark.parametrize(("count", "rest"), [(1, ""), (SHOWN, ""), (SHOWN + 1, "1 more"), (50, "42 more"), (5_000, "4,992 more")])
def test_a_digest_shows_a_few_and_counts_the_rest(count: int, rest: str) -> None:
    rows = table(digest(BOOK, TODAY, lines(count), TODAY_BRINGS))
    assert len(rows.rows) == min(count, SHOWN)
    assert rows.further() == rest
    assert (rows.all is None) == (not rest)


def test_the_rest_opens_the_whole_list_of_that_day() -> None:
    every = table(digest(BOOK, TODAY, lines(50), TODAY_BRINGS)).all
    assert every is not None
    assert (every.name, every.id, every.data) == (Name.SHOW_ALL, BOOK.id, {"day": "2026-11-24", "page": "0"})


def test_a_digest_adds_each_currency_for_itself() -> None:
    pair = (replace(lines(1)[0], amounts=(eur("1.00"), Money.of("2.00", "USD"))), replace(lines(1)[0], amounts=(eur("3.00"),), items=4))
    heading = digest(BOOK, TODAY, pair, Today()).body[0]
    assert heading == Heading("Tuesday 24 November · 5 newly overdue", "€4.00 and $2.00", tone=Tone.LATE)


def test_every_line_opens_its_item() -> None:
    assert [row.open.id for row in table(digest(BOOK, TODAY, lines(3), Today())).rows if row.open] == [line.item for line in lines(3)]


def test_a_quiet_day_has_no_button() -> None:
    assert labels(digest(BOOK, TODAY, (), Today())) == []
    assert labels(digest(BOOK, TODAY, (), Today(reminders=1))) == ["What goes out today"]


def listed(asked: int) -> Card:
    """A page of fifty customers."""
    page = page_within(asked, 50)
    return digest_list(BOOK, TODAY, lines(50)[page * PAGE :][:PAGE], page, 50, (eur("9.00"),))


def test_a_digest_counts_also_those_it_has_no_lines_of() -> None:
    card = digest(BOOK, TODAY, lines(14), TODAY_BRINGS, ((986, eur("1000000.00")), (3, Money.of("7.00", "GBP"))), 1_003)
    own = sum(line.items for line in lines(14))
    assert f"{own + 989:,} newly overdue" in card.summary
    assert "£7.00" in card.summary
    assert table(card).further() == f"{1_003 - SHOWN:,} more"


@pytest.mark.parametrize(
    ("page", "first", "turn"),
    [
        (0, "Acme GmbH", ["Next"]),
        (1, "Acme GmbH 3", ["Back", "Next"]),
        (2, "Acme GmbH 5", ["Back"]),
        (99, "Acme GmbH 5", ["Back"]),
        (-1, "Acme GmbH", ["Next"]),
    ],
)
def test_a_long_list_is_turned_page_by_page(page: int, first: str, turn: list[str]) -> None:
    card = listed(page)
    assert table(card).rows[0].cells[0] == first
    assert labels(card) == turn


def test_every_line_is_on_exactly_one_page() -> None:
    pages = [table(listed(page)).rows for page in range(-(-50 // PAGE))]
    assert [row.open.id for rows in pages for row in rows if row.open] == [line.item for line in lines(50)]


def test_an_empty_list_and_a_day_without_messages_say_so() -> None:
    assert not table(digest_list(BOOK, TODAY, (), 0, 0, ())).rows
    assert outgoing(BOOK, TODAY, ()).summary == "Goes out Tuesday 24 November: nothing"


def test_the_review_releases_the_book() -> None:
    card = review(BOOK, 1, (eur("5.00"),))
    press = next(part for part in card.body if isinstance(part, Actions)).buttons[0].action
    assert (press.name, press.id) == (Name.RELEASE, BOOK.id)
    assert card.summary.startswith("1 customer of Northwind GmbH already overdue, €5.00")


# Answers ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (None, "not due"),
        (-1, "not due"),
        (0, "not due"),
        (1, "1–30 d"),
        (30, "1–30 d"),
        (31, "31–60 d"),
        (60, "31–60 d"),
        (61, "61–90 d"),
        (90, "61–90 d"),
        (91, "over 90 d"),
    ],
)
def test_aging_has_the_bounds_of_the_field(late: int | None, words: str) -> None:
    assert answers.bucket(late) == words


def test_a_balance_keeps_currencies_and_ages_apart() -> None:
    dollars = replace(SECOND_DECIDED, open=Money.of("9.00", "USD"), days_past_due=-2)
    card = answers.balance(account(), (stood(dollars), stood(decided())), NOW)
    assert card.summary == "Acme GmbH owes €12,400.00 and $9.00, €12,400.00 overdue, 2 items"
    facts = next(part for part in card.body if isinstance(part, Facts))
    assert facts.pairs == (("not due", "$9.00"), ("1–30 d", "€12,400.00"))
    assert [row.cells[0] for row in table(card).rows] == ["INV-2041", "INV-2077"]


def test_money_on_account_is_a_line_of_its_own() -> None:
    of = account(payments=(Payment(eur("50.00"), TODAY),))
    card = answers.balance(of, (stood(decided()),), NOW)
    assert card.body[-1] == Text("Money on account, not set against an invoice: €50.00", quiet=True)


def test_who_owes_nothing_may_have_money_on_account() -> None:
    assert answers.balance(account(), (), NOW).summary == "Acme GmbH owes nothing"
    paid_twice = answers.balance(account(payments=(Payment(eur("50.00"), TODAY),)), (), NOW)
    assert paid_twice.body[-1] == Text("Money on account, not set against an invoice: €50.00", quiet=True)


def test_a_history_is_newest_first_and_says_who() -> None:
    events = history(samples.SNOOZED, ITEM.id, NOW, PEOPLE)
    assert [event.words for event in events] == [
        "Ana Weiss snoozed until Mon 30 Nov",
        "Second reminder delivered",
        "Paid €2,000.00",
        "First reminder delivered",
        "Due",
        "Issued",
    ]
    assert events[0].when == "Today 09:41"


def test_a_day_that_has_not_come_is_no_history() -> None:
    of = account(items=(replace(ITEM, due_on=date(2026, 12, 1)),))
    assert "Due" not in [event.words for event in history(of, ITEM.id, NOW, PEOPLE)]


def test_why_says_state_reason_and_what_comes() -> None:
    facts = next(part for part in answers.why(account(), decided(following=None), (), NOW).body if isinstance(part, Facts))
    assert dict(facts.pairs) == {
        "State": "being reminded",
        "Because": "The second reminder went out on 16 November.",
        "Next": "nothing by itself",
        "Policy": "standard, version 1",
    }


def test_more_matches_than_are_shown_are_counted() -> None:
    many = tuple(choices.Choice(f"Customer {n}", "") for n in range(choices.SHOWN + 3))
    card = choices.several("customer", many)
    assert card.summary == f"{choices.SHOWN + 3} matches for “customer”"
    assert table(card).further() == "3 more"
