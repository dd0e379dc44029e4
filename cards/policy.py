"""What moving the running accounts to a policy would change, as a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.elements import Card, Element, Facts, Heading, Row, Rows, Text, Tone
from cards.format import amounts, cell, count
from workflows.domain.money import Money

_COLUMNS = ("Customer", "Invoice", "Open", "Level", "Next step", "Today")
_RIGHT = frozenset({2})


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One item: each pair is what is and what would be, in words for people; alike where nothing changes."""

    customer: str
    invoice: str
    open: str
    level: tuple[str, str]
    next: tuple[str, str]
    today: tuple[str, str]


@dataclass(frozen=True, slots=True)
class PolicyMove:
    """How many accounts run on another version, of how many something changes, and what would be asked for today, before and after."""

    policy: str
    running: int
    changed: int
    items: int
    was_today: tuple[Money, ...]
    becomes_today: tuple[Money, ...]
    lines: Sequence[PolicyChange]
    locale: str = "en"


def policy_move(move: PolicyMove) -> Card:
    """Before it is done: nothing has changed yet."""
    title = f"Policy {move.policy}: {count(move.running, 'running customer')} would move"
    if not move.running:
        words = "Nobody runs on another version of it; new customers start with it by themselves."
        return Card(f"Policy {move.policy}: nobody would move. {words}", (Heading(f"Policy {move.policy}: nobody would move"), Text(words)))
    was, becomes = _asked(move.was_today, move.locale), _asked(move.becomes_today, move.locale)
    facts = Facts(
        (
            ("Treated otherwise", f"{count(move.changed, 'customer')}, {count(move.items, 'item')}"),
            ("Asked for today", _pair((was, becomes))),
        )
    )
    body: list[Element] = [Heading(title, tone=Tone.WARNING if move.changed else Tone.QUIET), facts]
    if move.lines:
        body.append(_rows(move))
    body.append(Text("Nothing has changed yet. What was said stays said: nobody gets a step twice.", quiet=True))
    return Card(f"{title}, {count(move.changed, 'customer')} treated otherwise; asked for today: {_pair((was, becomes))}", tuple(body))


def _asked(sums: Sequence[Money], locale: str) -> str:
    return amounts(sums, locale) or "nothing"


def _rows(move: PolicyMove) -> Rows:
    rows = tuple(
        Row((cell(line.customer), cell(line.invoice), line.open, _pair(line.level), _pair(line.next), _pair(line.today)))
        for line in move.lines
    )
    left = move.items - len(rows)
    return Rows(_COLUMNS, rows, _RIGHT, f"{left:,} more" if left > 0 else None)


def _pair(both: tuple[str, str]) -> str:
    """`first → final`, `final, Wed 25 Nov → Tue 24 Nov`, or the one word where they are alike."""
    was, becomes = both
    step, _, on = becomes.partition(", ")
    if on and was.startswith(f"{step}, ") and was != becomes:
        becomes = on
    return was if was == becomes else f"{was} → {becomes}"
