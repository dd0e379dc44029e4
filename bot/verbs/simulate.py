"""The verb that runs policies over a ledger without a database: simulate."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.policies import PolicyBook, PolicyVersion, read_policy, text_of
from bot.verbs.ledger_lines import BadLine, Ledger, read_ledger
from bot.verbs.options import a_day
from bot.verbs.terminal import QUESTION, polite, stop
from workflows.domain.calendar import Place
from workflows.simulate import Did, Line, Span, Stood, simulate

verbs = typer.Typer(rich_markup_mode=None)


@verbs.callback()
def _verbs() -> None:
    """A group, so that its one verb keeps its name."""


@verbs.command(name="simulate")
@polite
def simulate_verb(
    policy: Annotated[list[Path], typer.Option(metavar="FILE", help="A policy file; give it again for several.")],
    ledger: Annotated[Path, typer.Option(metavar="FILE", help="Facts, one JSON object per line.")],
    first: Annotated[date, typer.Option("--from", parser=a_day, metavar="DATE", help="The first day; what is dated before is history.")],
    last: Annotated[date, typer.Option("--to", parser=a_day, metavar="DATE", help="The last day.")],
    states: Annotated[bool, typer.Option("--states", help="Also tell every change of an item's state, level or open amount.")] = False,
) -> None:
    """Shows what policies would do with a ledger, day by day.

    The same rules as in service, without a database: one look a day at 09:00 of the book, or only where the ledger has facts “tick”.
    It prints JSON lines. Facts: book, customer, invoice, payment, payment_failed, credit, reversal, void, write_off, promise, dispute,
    dispute_resolved, snooze, hold, release, flag, reply, opt_out, plan, collection_scheduled, approved, skip, policy_off, policy_on,
    tick. One that cannot be is answered by a line “refused” and changes nothing.
    """
    if last < first:
        stop(QUESTION, f"The last day, {last}, is before the first, {first}.")
    facts = _ledger(ledger)
    for line in simulate(facts.facts, facts.book, _policies(policy), Span(first, last), states=states):
        sys.stdout.write(json.dumps(as_row(line, facts.book.place), ensure_ascii=False) + "\n")


def _ledger(file: Path) -> Ledger:
    try:
        return read_ledger(file.read_text(encoding="utf-8"))
    except BadLine as error:
        stop(QUESTION, f"{file.name}: {error}")
    except UnicodeDecodeError:
        stop(QUESTION, f"{file.name} is not UTF-8 text.")


def _policies(files: list[Path]) -> PolicyBook:
    versions = [PolicyVersion(read_policy(text, file.name).name, 1, text) for file, text in _texts(files)]
    names = [version.name for version in versions]
    if len(set(names)) < len(names):
        stop(QUESTION, "Two of the policies have the same name; give each its own.")
    try:
        return PolicyBook(versions, [(name, 1) for name in names])
    except ValueError as error:
        stop(QUESTION, f"{error}.")


def _texts(files: list[Path]) -> Iterator[tuple[Path, str]]:
    return ((file, text_of(file)) for file in files)


def as_row(line: Line, place: Place) -> dict[str, Any]:
    """What a line of the answer holds; `on` is the day at the book's place."""
    when = {"on": place.day(line.at).isoformat(), "at": line.at.isoformat().replace("+00:00", "Z"), "customer": line.customer}
    match line:
        case Did():
            return when | {
                "invoices": list(line.invoices),
                "step": line.step,
                "action": line.action,
                "by": line.by,
                "amount": line.amount and line.amount.plain,
                "currency": line.amount and line.amount.currency,
                "because": line.because,
                "ordinal": line.ordinal,
                "policy": line.policy,
            }
        case Stood(item=item):
            return when | {
                "invoice": item.item.number,
                "state": item.state.value,
                "level": item.level,
                "open": item.open.plain,
                "currency": item.open.currency,
                "days_past_due": item.days_past_due,
            }
