"""Where a reader is in the inbox: what the address says, and the address of another place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from bot.web.filters import Filters, read_filters
from cards.linked import Way
from workflows.domain.ids import CustomerId, ItemId

INBOX = "/inbox"
LONGEST = 200  # characters of a search


class View(StrEnum):
    """The lists at the left. The words are `label`'s."""

    NEEDS_ME = "needs"
    APPROVALS = "approvals"
    ANSWERS = "answers"
    TASKS = "tasks"
    FIRST_CONTACT = "first"
    PROBLEMS = "problems"
    TODAY = "today"
    OVERDUE = "overdue"
    ON_PLAN = "on_plan"
    SNOOZED = "snoozed"
    PROMISED = "promised"
    DISPUTED = "disputed"
    HELD = "held"
    ESCALATED = "escalated"
    FLAGGED = "flagged"
    REPORTS = "reports"
    POLICIES = "policies"
    ENTER = "enter"
    SETTINGS = "settings"

    @property
    def label(self) -> str:
        return _LABELS.get(self, self.value.replace("_", " ").capitalize())


_LABELS = {
    View.NEEDS_ME: "Needs me",
    View.FIRST_CONTACT: "First contact",
    View.TODAY: "Goes out today",
    View.OVERDUE: "All overdue",
    View.ON_PLAN: "On a plan",
    View.HELD: "On hold",
    View.ENTER: "Enter data",
}


@dataclass(frozen=True, slots=True)
class Place:
    """`book` is a slug, `page` counts from 0, `answer` names what was answered to a press.

    `what` is which report, or which policy; `on` the day it is asked for; `only` narrows the worklist; `customer` opens their page.
    """

    view: View = View.NEEDS_ME
    book: str | None = None
    item: ItemId | None = None
    page: int = 0
    search: str = ""
    answer: str = ""
    customer: CustomerId | None = None
    what: str = ""
    on: date | None = None
    only: Filters = field(default_factory=Filters)

    def url(self, **changes: object) -> str:
        """The address of this place with `changes`; no address where nothing is chosen is longer than `/inbox`."""
        there = replace(self, **changes)  # type: ignore[arg-type]
        given = {
            "book": there.book,
            "view": None if there.view is View.NEEDS_ME else there.view.value,
            "page": there.page + 1 if there.page else None,
            "q": there.search,
            "what": there.what,
            "on": there.on,
            **there.only.pairs,
            "customer": there.customer,
            "item": there.item,
            "answer": there.answer,
        }
        query = urlencode({name: str(value) for name, value in given.items() if value})
        return f"{INBOX}?{query}" if query else INBOX

    def of_view(self, view: View) -> str:
        return Place(view, self.book).url()

    def of_item(self, item: ItemId) -> str:
        return self.url(item=item, customer=None, answer="")

    def of_customer(self, customer: CustomerId) -> str:
        return self.url(customer=customer, item=None, answer="", page=0)


def inbox_way(address: str | None) -> Way | None:
    """From a card into the inbox that colleagues reach there."""
    if address is None:
        return None
    before = address.rstrip("/").removesuffix(INBOX)
    return lambda item: before + Place(item=None if item is None else ItemId(item)).url()


def read(query: Mapping[str, str]) -> Place:
    """Any query is a place: what cannot be read is left out."""
    return Place(
        View(query["view"]) if query.get("view") in set(View) else View.NEEDS_ME,
        query.get("book") or None,
        read_item(query.get("item", "")),
        _page(query.get("page", "")),
        query.get("q", "").strip()[:LONGEST],
        query.get("answer", "")[:64],
        _customer(query.get("customer", "")),
        query.get("what", "")[:LONGEST],
        _day(query.get("on", "")),
        read_filters(query),
    )


def read_back(query: str) -> Place:
    """As `read`, from the hidden field in which a form carries the place it stands on."""
    return read(dict(parse_qsl(query.partition("?")[2])))


def read_item(text: str) -> ItemId | None:
    try:
        return ItemId(UUID(text))
    except ValueError:
        return None


def _customer(text: str) -> CustomerId | None:
    try:
        return CustomerId(UUID(text))
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(text: str) -> int:
    return int(text) - 1 if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else 0
