"""The lists behind a summary's figures: what came in, was sent, answered and promised, and what would go out; a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cards.actions import Action, Name
from cards.elements import Actions, Button, Card, Heading, Row, Rows, Text, Tone
from cards.format import cell, day, locale_of, moment, money, name, step_words
from workflows.domain.account import Book, NoticeState
from workflows.domain.promises import Fate
from workflows.domain.summary import Answered, Coming, Judged, Movement, Sent

PAGE = 20
_TROUBLE = frozenset({NoticeState.FAILED, NoticeState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Between:
    """The days from `first` to `last`, and the page, from 0, of what happened on them."""

    book: Book
    first: date
    last: date
    page: int

    def opens(self, action: Name) -> Action:
        return Action(action, self.book.id, data={"first": self.first.isoformat(), "day": self.last.isoformat(), "page": str(self.page)})

    @property
    def words(self) -> str:
        locale = locale_of(self.book)
        days = [day(on, self.last, locale) for on in (self.first, self.last)]
        return f"{days[0]} to {days[1]}" if self.first < self.last else days[1]


def collected(between: Between, found: Sequence[Movement]) -> Card:
    """`found` holds one more than a page where there are more."""
    locale = locale_of(between.book)
    rows = [
        Row(
            (cell(one.customer), money(one.amount, locale), day(one.on, between.last, locale)),
            Tone.WARNING if one.amount.minor < 0 else Tone.QUIET,
        )
        for one in found[:PAGE]
    ]
    return _list("Collected", between, Name.SHOW_COLLECTED, Rows(("Customer", "Amount", "On"), tuple(rows), frozenset({1})), len(found))


def sent(between: Between, found: Sequence[Sent]) -> Card:
    """`found` holds one more than a page where there are more."""
    place, locale = between.book.place, locale_of(between.book)
    now = place.start_of(between.last)
    rows = [
        Row(
            (cell(one.customer), f"{step_words(one.step)}, {one.state.value}", moment(one.at, now, place, locale)),
            Tone.WARNING if one.state in _TROUBLE else Tone.QUIET,
        )
        for one in found[:PAGE]
    ]
    return _list("Sent", between, Name.SHOW_SENT, Rows(("Customer", "What", "At"), tuple(rows)), len(found))


def answered(between: Between, found: Sequence[Answered]) -> Card:
    """`found` holds one more than a page where there are more."""
    now, place, locale = between.book.place.start_of(between.last), between.book.place, locale_of(between.book)
    rows = [
        Row(
            (
                cell(one.customer),
                f"{one.meaning.value.replace('_', ' ')}, {'dealt with' if one.dealt_with else 'waits for us'}",
                moment(one.at, now, place, locale),
            ),
            Tone.QUIET if one.dealt_with else Tone.WARNING,
        )
        for one in found[:PAGE]
    ]
    return _list("Answers", between, Name.SHOW_ANSWERS, Rows(("Customer", "Seems", "At"), tuple(rows)), len(found))


def promises_due(between: Between, found: Sequence[Judged]) -> Card:
    """Those whose time was over in these days. `found` holds one more than a page where there are more."""
    locale = locale_of(between.book)
    rows = [
        Row(
            (cell(one.customer), f"{one.fate.value}, {money(one.received, locale)} of {money(one.promised, locale)}"),
            Tone.WARNING if one.fate is Fate.BROKEN else Tone.QUIET,
        )
        for one in found[:PAGE]
    ]
    table = Rows(("Customer", "Was"), tuple(rows))
    return _list("Promises due", between, Name.SHOW_JUDGED, table, len(found))


def coming(between: Between, found: Sequence[Coming], *, at_least: bool) -> Card:
    """`found` holds one more than a page where there are more; `at_least`: there are more customers than were looked at."""
    now, place, locale = between.book.place.start_of(between.first), between.book.place, locale_of(between.book)
    rows = [Row((cell(one.customer), step_words(one.step), moment(one.at, now, place, locale))) for one in found[:PAGE]]
    shown = _list("Would go out", between, Name.SHOW_COMING, Rows(("Customer", "What", "At"), tuple(rows)), len(found))
    more = Text("There are more customers than were looked at: more may go out.", quiet=True)
    return replace(shown, body=(shown.body[0], more, *shown.body[1:])) if at_least else shown


def _list(what: str, between: Between, action: Name, rows: Rows, found: int) -> Card:
    title = f"{what}, {name(between.book.name)}, {between.words}"
    if not rows.rows and not between.page:
        return Card(f"{title}: nothing", (Heading(title), Text("Nothing in that time.")))
    turns = [("Back", between.page - 1)] if between.page else []
    turns += [("Next", between.page + 1)] if found > PAGE else []
    row = (Actions(tuple(Button(label, replace(between, page=to).opens(action)) for label, to in turns)),) if turns else ()
    return Card(title, (Heading(title), rows, *row))
