"""Mails to colleagues while their chat takes no cards: subject and text. No names of customers in a subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.digest import DigestLine
from cards.format import amounts, cell, count, days, locale_of, remark
from workflows.domain.account import Book

Mail = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Down:
    """`where` is the chat, its workspace or channel; `since` in words; `passing`: it may come back by itself."""

    where: str
    why: str
    since: str
    passing: bool


def lost(down: Down) -> Mail:
    """To administrators."""
    wait = (
        "It is tried again by itself; you need not do anything unless it lasts." if down.passing else "It does not mend itself: please act."
    )
    lines = (
        f"Duebot cannot write to {down.where} since {down.since}.",
        f"Why: {down.why}",
        wait,
        "Messages to customers are not affected. Cards wait, and appear once it is back; until then they stand in the inbox.",
        "See what is missing with: duebot check",
    )
    return f"Duebot: {down.where} cannot be written to", "\n\n".join(lines)


def back(down: Down) -> Mail:
    """To administrators."""
    words = f"Duebot writes to {down.where} again; it could not since {down.since}. What waited is being shown there now."
    return f"Duebot: {down.where} is back", words


def news(down: Down, lines: Sequence[str]) -> Mail:
    """To who has to know of it: what they would have been told in chat."""
    intro = f"Duebot cannot write to {down.where} since {down.since}, so here is what is new for you. At most one such mail comes a day."
    outro = "Open Duebot's inbox to act on it. The cards appear in the chat once it is back."
    return f"Duebot: {count(len(lines), 'thing')} new for you", "\n\n".join((intro, "\n".join(f"- {line}" for line in lines), outro))


def item_line(book: Book, line: DigestLine) -> str:
    return f"{cell(line.customer)} owes {amounts(line.amounts, locale_of(book))}, {days(line.days)} late: {remark(line.words)}"
