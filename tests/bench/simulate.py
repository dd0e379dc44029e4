"""A year's dry run of 1,000 invoices, of 300 customers and of one, against writing the same answer that is known already."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta

from bot.policies import PolicyBook, PolicyVersion, shipped
from bot.verbs.ledger_lines import read_ledger
from bot.verbs.simulate import as_row
from tests.bench.outcome import size_or, tell
from workflows.simulate import Span, simulate

SIZE = size_or(1_000)
RUNS = 3
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)

Row = dict[str, object]


def facts(invoices: int, customers: int) -> Iterator[Row]:
    """One customer after the other gets an invoice, all year round. Every tenth stays open; the others are paid 10 days early to 50 late."""
    for n in range(invoices):
        issued = FIRST + timedelta(days=n * 330 // invoices)
        due, number, amount = issued + timedelta(days=30), f"I{n}", f"{100 + n % 900}.00"
        bill: Row = {"on": str(issued), "fact": "invoice", "number": number, "customer": f"C{n % customers}", "issued": str(issued)}
        yield bill | {"due": str(due), "amount": amount, "currency": "EUR"}
        if n % 10:
            paid = due + timedelta(days=n * 7 % 60 - 10)
            yield {"on": str(paid), "fact": "payment", "invoice": number, "amount": amount, "currency": "EUR"}


def run(text: str, policy: PolicyVersion) -> tuple[float, list[Row]]:
    """Seconds from the ledger's text to the last line of the answer, and the answer."""
    begun = time.process_time()
    ledger = read_ledger(text)
    lines = simulate(ledger.facts, ledger.book, PolicyBook([policy], [(policy.name, policy.version)]), Span(FIRST, LAST))
    told = [as_row(line, ledger.book.place) for line in lines]
    for row in told:
        json.dumps(row, ensure_ascii=False)
    return time.process_time() - begun, told


def floor(text: str, told: list[Row]) -> float:
    """Seconds to read the lines and to write the answer."""
    begun = time.process_time()
    for line in text.splitlines():
        json.loads(line)
    for row in told:
        json.dumps(row, ensure_ascii=False)
    return time.process_time() - begun


def main() -> None:
    customers = int(sys.argv[1])
    text = "\n".join(map(json.dumps, facts(SIZE, customers)))
    ours, least = [], []
    for _ in range(RUNS):
        took, told = run(text, shipped())
        ours.append(took)
        least.append(floor(text, told))
    tell(f"simulate-{customers}", SIZE, ours, least)


if __name__ == "__main__":
    main()
