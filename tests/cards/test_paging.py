"""A long answer loses no line: every one stands on one page, and the pages lead to one another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from cards.actions import Action
from cards.choices import asking
from cards.elements import Actions, Card, Heading, Row, Rows
from cards.paging import PAGE, paged
from cards.slack import render as slack
from cards.teams import render as teams


def a_list(count: int, left: int = 0) -> Card:
    return Card("s", (Heading("All"), Rows(("Name",), tuple(Row((f"K{n}",)) for n in range(count)), left=left)))


def turn(page: int) -> Action:
    return asking("overdue", page)


def shown(card: Card) -> list[str]:
    return [row.cells[0] for part in card.body if isinstance(part, Rows) for row in part.rows]


def leads(card: Card) -> dict[str, Action]:
    return {button.label: button.action for part in card.body if isinstance(part, Actions) for button in part.buttons}


@pytest.mark.parametrize("count", [PAGE + 1, 2 * PAGE, 2 * PAGE + 1, 501])
def test_next_leads_over_every_line_once_and_back_to_where_it_came_from(count: int) -> None:
    found, page = list[str](), 0
    while True:
        card = paged(a_list(count), page, turn)
        found += shown(card)
        assert ("Back" in leads(card)) is (page > 0)
        if "Next" not in leads(card):
            break
        assert leads(card)["Next"] == turn(page + 1)
        page += 1
    assert found == shown(a_list(count))


def test_what_fits_is_left_as_it_is() -> None:
    assert paged(a_list(PAGE), 3, turn) == a_list(PAGE)


def test_a_page_beyond_the_last_is_the_last_which_says_what_nobody_read() -> None:
    card = paged(a_list(PAGE + 2, 9), 99, turn)
    assert shown(card) == [f"K{PAGE}", f"K{PAGE + 1}"]
    assert [part.further() for part in card.body if isinstance(part, Rows)] == ["9 more"]
    assert [part.further() for part in paged(a_list(PAGE + 2, 9), 0, turn).body if isinstance(part, Rows)] == [""]


@pytest.mark.parametrize("draw", [lambda card: slack.render(card).blocks, teams.render], ids=["slack", "teams"])
def test_what_a_chat_has_no_room_for_is_counted_with_what_was_left_out(draw: Callable[[Card], Any]) -> None:
    rows = tuple(Row((f"K{n}",), open=turn(n)) for n in range(60))
    said = json.dumps(draw(Card("s", (Heading("All"), Rows(("Name",), rows, left=6, all=turn(1))))), ensure_ascii=False)
    (more,) = re.findall(r"… (\d+) more", said)
    assert int(more) == 6 + 60 - len(set(re.findall(r"K\d+", said)))
