"""Small ledgers and policies for the simulation's tests, run through the readers and the code of the command."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import yaml

from bot.policies import PolicyBook, PolicyVersion
from bot.verbs.ledger_lines import read_ledger
from bot.verbs.simulate import as_row
from workflows.simulate import Span, simulate

Row = dict[str, Any]


def a_policy(*steps: Row, **keys: Any) -> str:
    """A policy file without limits; nobody waits for a release."""
    return yaml.safe_dump({"name": "table", "first_contact": "highest_due", **keys, "steps": list(steps)}, sort_keys=False)


def remind(name: str, anchor: str, days: int, repeat: int | None = None) -> Row:
    when = {anchor: days} if repeat is None else {anchor: days, "repeat_every": repeat}
    return {"name": name, "when": when, "do": [{"remind": {"via": ["email"], "template": "first"}}]}


def escalate(name: str, days: int) -> Row:
    return {"name": name, "when": {"after_due": days}, "do": [{"escalate": {}}]}


def invoice(number: str = "I1", due: str | None = "2026-03-02", amount: str = "100.00", **rest: Any) -> Row:
    on = rest.pop("on", rest.get("issued", due or "2026-03-02"))
    row = {"on": on, "fact": "invoice", "number": number, "customer": "C1", "due": due, "amount": amount, "currency": "EUR"}
    return row | rest


def simulated(policies: str | list[str], rows: list[Row], first: str, last: str, *, states: bool = False) -> list[Row]:
    """Every line of the answer."""
    texts = [policies] if isinstance(policies, str) else policies
    ledger = read_ledger("\n".join(map(json.dumps, rows)))
    versions = [PolicyVersion(yaml.safe_load(text)["name"], 1, text) for text in texts]
    book = PolicyBook(versions, [(version.name, 1) for version in versions])
    span = Span(date.fromisoformat(first), date.fromisoformat(last))
    return [as_row(line, ledger.book.place) for line in simulate(ledger.facts, ledger.book, book, span, states=states)]


def actions(lines: list[Row], *kinds: str) -> list[tuple[str, str, str]]:
    """Day, action and step of what was done; of some kinds only, or of all but the word that nothing more is."""
    done = [line for line in lines if "action" in line]
    shown = [line for line in done if (line["action"] in kinds if kinds else line["action"] != "finished")]
    return [(line["on"], line["action"], line["step"]) for line in shown]


def reminded(lines: list[Row]) -> list[tuple[str, str, list[str], str]]:
    """Day, step, items and amount of what was written to the customer."""
    return [(line["on"], line["step"], line["invoices"], line["amount"]) for line in lines if line.get("action") == "remind"]


def states_of(lines: list[Row], number: str) -> list[tuple[str, str, str | None, str]]:
    """Day, state, level and open amount, every time one of them changed."""
    return [(line["on"], line["state"], line["level"], line["open"]) for line in lines if line.get("invoice") == number]
