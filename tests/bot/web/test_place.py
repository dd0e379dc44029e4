"""Addresses of the inbox: what they say, and that nothing else gets into them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from bot.web.filters import Filters
from bot.web.place import Place, View, inbox_way, read, read_back
from workflows.domain.decision import State
from workflows.domain.ids import CustomerId, ItemId, UserId

ITEM = ItemId(UUID(int=7))
ONLY = Filters(30, "1,500.00", "EUR", UserId(UUID(int=3)), State.PROMISED)
FULL = Place(View.OVERDUE, "main", customer=CustomerId(UUID(int=5)), what="aging", on=date(2026, 12, 1), only=ONLY)


def test_the_first_page_has_the_shortest_address() -> None:
    assert Place().url() == "/inbox"
    assert Place(View.FLAGGED, "main", ITEM, 1, "a&b", "x").url() == f"/inbox?book=main&view=flagged&page=2&q=a%26b&item={ITEM}&answer=x"


@pytest.mark.parametrize(
    "place",
    [Place(), Place(View.TODAY, "north & co"), Place(View.OVERDUE, None, ITEM, 4), Place(search="INV/1 ä"), Place(answer="abc"), FULL],
)
def test_an_address_is_read_back_as_the_same_place(place: Place) -> None:
    assert read_back(place.url()) == place


def test_another_list_begins_at_its_first_page_with_nothing_chosen() -> None:
    assert Place(View.OVERDUE, "main", ITEM, 4, "acme", "x").of_view(View.SNOOZED) == "/inbox?book=main&view=snoozed"


def test_an_item_opens_where_the_reader_is() -> None:
    assert Place(View.OVERDUE, page=2, answer="x").of_item(ITEM) == f"/inbox?view=overdue&page=3&item={ITEM}"


@pytest.mark.parametrize("address", ["https://due.example/inbox", "https://due.example/inbox/", "https://due.example"])
def test_a_card_leads_to_its_item_in_the_inbox_however_its_address_is_given(address: str) -> None:
    way = inbox_way(address)
    assert way is not None
    assert (way(None), way(ITEM)) == ("https://due.example/inbox", f"https://due.example/inbox?item={ITEM}")


@pytest.mark.parametrize(
    "query", [{"page": "0"}, {"page": "x"}, {"page": "-2"}, {"page": "²"}, {"item": "7"}, {"view": "all"}, {"q": "  "}]
)
def test_what_cannot_be_read_is_left_out(query: dict[str, str]) -> None:
    assert read(query) == Place()


def test_long_words_are_cut() -> None:
    place = read({"q": "x" * 10_000, "answer": "y" * 10_000})
    assert (len(place.search), len(place.answer)) == (200, 64)
