"""The dry run and the service agree: random ledgers, simulated, and fed day by day to a database that ticks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from random import Random
from typing import Any

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from tests.conftest import SECRET_KEY
from tests.workflows.ledgers import Row, a_policy, escalate, remind, simulated
from tests.workflows.office import ANA, Office, policies
from workflows.domain.account import Account, Snooze
from workflows.domain.calendar import Place
from workflows.domain.money import Money
from workflows.records import LedgerRow

FIRST, DAYS = date(2026, 3, 2), 30
BERLIN = Place("Europe/Berlin", "DE")  # as the office's book
LAST = FIRST + timedelta(days=DAYS - 1)
CUSTOMERS = ("acme", "brill", "cobb")


@pytest.fixture
async def sqlite(one_url: str) -> AsyncIterator[SqlStore]:
    made = SqlStore(open_engine(one_url), [SECRET_KEY])
    yield made
    await made.close()


def a_ledger(random: Random) -> tuple[str, list[Row]]:
    """A policy called standard, and facts of which the two sides know the same."""
    steps = [remind("early", "before_due", 2), remind("first", "after_due", random.choice([1, 3]))]
    steps[1]["do"].insert(0, {"alert": {}})
    steps += [remind("second", "after_due", 7)]
    steps[-1]["do"] = [{"fee": {"flat": {"EUR": "5.00"}, "percent": "1.5"}}, *steps[-1]["do"], {"task": {"what": "call", "for": "anyone"}}]
    steps += [remind("third", "after_previous", 4), escalate("boss", 18)]
    keys: dict[str, Any] = {
        "name": "standard",
        "sequence": random.choice(["customer", "invoice"]),
        "first_contact": random.choice(["highest_due", "review", "replay"]),
        "advance": random.choice(["highest_due", "one_per_run"]),
        "on_new_leader": random.choice(["by_age", "restart", "keep"]),
        "after_pause": random.choice(["skip", "catch_up"]),
        "gap_days": random.choice([0, 2, 3]),
        "business_days": random.choice([True, False]),
        "minimum": {"EUR": random.choice(["1.00", "90.00"])},
    }
    return a_policy(*steps, **keys), sorted(_facts(random), key=lambda row: str(row["on"]))


def _facts(random: Random) -> list[Row]:
    rows: list[Row] = []
    for n in range(7):
        customer, on = random.choice(CUSTOMERS), FIRST + timedelta(days=random.randrange(8))
        due, amount = on + timedelta(days=random.randrange(-6, 9)), random.choice(["50.00", "100.00", "150.00"])
        number = f"I{n}"
        bill = {"fact": "invoice", "number": number, "customer": customer, "amount": amount, "currency": "EUR"}
        rows.append({"on": str(on), **bill, "issued": str(due - timedelta(days=14)), "due": str(due)})
        later = [str(on + timedelta(days=random.randrange(1, 20))) for _ in range(2)]
        if random.random() < 0.6:
            part = random.choice([amount, "20.00"])
            rows.append({"on": later[0], "fact": "payment", "invoice": number, "amount": part, "currency": "EUR"})
        elif random.random() < 0.5:
            until = date.fromisoformat(later[1]) + timedelta(days=random.randrange(1, 9))
            rows.append({"on": later[1], "fact": "snooze", "invoice": number, "until": str(until)})
    rows += [{"on": str(FIRST + timedelta(days=10)), "fact": "release", "customer": customer} for customer in CUSTOMERS]
    return rows


async def _feed(office: Office, rows: list[Row], bills: dict[str, Row]) -> None:
    """The facts of this morning, as files and colleagues bring them."""
    async with office.store() as work:
        book, now = await work.book("main"), office.clock.now()
        for row in rows:
            match row["fact"]:
                case "invoice":
                    bills[row["number"]] = row
                    await work.store_rows(book.id, [_ledger_row(row)], now)
                case "payment":
                    await work.store_rows(book.id, [_ledger_row(bills[row["invoice"]], row)], now)
                case "snooze":
                    item = (await work.find_items(row["invoice"]))[0].item.id
                    await work.snooze(Snooze(item, date.fromisoformat(row["until"]), ANA.id, now))
                case "release":
                    async for account in work.all_accounts():
                        if account.customer.number == row["customer"]:
                            await work.release(account.customer.id, ANA.id, now)


def _ledger_row(bill: Row, payment: Row | None = None) -> LedgerRow:
    paid = None if payment is None else Money.of(payment["amount"], "EUR")
    who = bill["customer"]
    return LedgerRow(
        bill["number"],
        who,
        who.title(),
        Money.of(bill["amount"], "EUR"),
        date.fromisoformat(bill["due"]),
        date.fromisoformat(bill["issued"]),
        paid=paid,
        paid_on=None if payment is None else date.fromisoformat(payment["on"]),
        email=f"pay@{who}.example",
    )


def _done(account: Account) -> set[tuple[str, ...]]:
    number = account.customer.number
    said = {(number, "remind", str(n.day), n.step, *(account.item(one.item).number for one in n.items)) for n in account.notices}
    day = account.book.place.day
    told = {(number, "raised", str(day(one.at)), one.step, account.item(one.item).number) for one in account.raised}
    kept: set[tuple[str, ...]] = {
        (number, "fee", str(day(one.at)), one.step, account.item(one.item).number, one.amount.plain) for one in account.fees
    }
    kept |= {(number, "task", str(day(one.at)), one.key.split(":")[2], account.item(one.item).number) for one in account.tasks}
    return (
        said
        | kept
        | {row for row in told if row[3] not in {"needs_a_look", "boss", "escalated"}}
        | {(number, "escalate", str(day(one.at)), "boss", account.item(one.item).number) for one in account.escalations}
    )


def _told(lines: list[Row]) -> set[tuple[str, ...]]:
    found = set()
    for line in lines:
        head = (line["customer"], line["action"], line["on"], line["step"])
        if line["action"] in {"remind", "escalate"}:
            found.add((*head, *line["invoices"]))
        elif line["action"] == "fee":
            found.add((*head, line["invoices"][0], line["amount"]))
        elif line["action"] == "task":
            found.add((*head, line["invoices"][0]))
        elif line["action"] == "finished":
            found.add((line["customer"], "raised", line["on"], "finished", line["invoices"][0]))
        elif line["action"] == "alert":
            found |= {(line["customer"], "raised", line["on"], line["step"], number) for number in line["invoices"]}
    return found


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 14])
async def test_a_simulated_month_is_what_the_service_does_day_by_day(seed: int, sqlite: SqlStore) -> None:
    text, rows = a_ledger(Random(seed))
    office = Office(sqlite, policies=policies(text))
    await office.open()
    bills: dict[str, Row] = {}
    for n in range(DAYS):
        day = FIRST + timedelta(days=n)
        office.clock.set(BERLIN.start_of(day))
        await _feed(office, [row for row in rows if row["on"] == str(day)], bills)
        office.clock.set(BERLIN.at(day, time(9)))
        await office.tick()
        await office.deliver()
        await office.pass_minutes(2)
    done: set[tuple[str, ...]] = set()
    async with sqlite() as work:
        async for account in work.all_accounts():
            done |= _done(account)
    book = {"on": str(FIRST), "fact": "book", "zone": "Europe/Berlin", "country": "DE"}
    expected = _told(simulated(text, [book, *rows], FIRST.isoformat(), LAST.isoformat()))
    assert sorted(done) == sorted(expected)
    assert len({row[3] for row in done if row[1] == "remind"}) > 1
