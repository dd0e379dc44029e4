"""Ledgers of any size, made up as real ones are, written straight into the tables of a migrated database of either kind.

Seeded: the same size gives the same rows. Items come by issue date, a block of customers at a time, as the files of a growing
company bring them; memory does not grow with the size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from operator import itemgetter
from random import Random

from tests.bench.bulk import Base, Row, opened

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
BLOCK = 2_000  # customers
SHAPE, SCALE, MOST = 1.2, 2.0, 2_000  # of the invoices per customer: half have three or fewer, the mean is nine, a fifth has three quarters
PAID, LATE = 0.8, 0.35  # of all invoices; of the open ones
PART_PAID = 0.055  # of the open ones
OTHER_CURRENCY = 0.04  # of the invoices of customers who else pay in their own
CURRENCIES, WEIGHTS = ("EUR", "USD", "GBP", "CHF"), (62, 26, 8, 4)
_SEEN = "2026-01-01 00:00:00.000000"
_CUSTOMER = ("id", "book_id", "number", "name", "folded", "party", "released_at", "next_look_at", "oldest_due_on")
_CONTACT = ("id", "customer_id", "kind", "address", "position")
_ITEM = ("id", "book_id", "customer_id", "kind", "number", "total", "currency", "due_on", "issued_on", "seen_at", "position")
_PAYMENT = ("id", "customer_id", "item_id", "amount", "currency", "paid_on", "key")


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice, and what was paid of it."""

    total: int
    currency: str
    due: date
    paid: int = 0
    paid_on: date = date.min


@dataclass(frozen=True, slots=True)
class Owner:
    """A customer: their invoices, and when the tick is to look at them."""

    bills: list[Bill]
    look: datetime


def fill(url: str, invoices: int) -> None:
    """Most invoices are paid, a third of the open ones is late. Accounts are looked at over the coming 90 days."""
    dice = Random(invoices)
    with opened(url) as base:
        _write(
            base,
            (Owner([_mixed(dice, code) for code in codes], NOW + timedelta(hours=n)) for n, codes in enumerate(_owners(invoices, dice))),
        )


def fill_open(url: str, invoices: int, *, due: int, now: datetime) -> None:
    """All of them are open. The first `due`, those of whole customers, came to their first step and are looked at `now`, the others later.

    A larger ledger has the very same ones due.
    """
    dice = Random(due)
    ready = (
        Owner([_open(dice, code, now.date() - timedelta(days=3 + dice.randrange(7))) for code in codes], now)
        for codes in _owners(due, dice)
    )
    rest = (
        Owner([_open(dice, code, now.date() + timedelta(days=10 + dice.randrange(80))) for code in codes], now + timedelta(days=7))
        for codes in _owners(invoices - due, dice)
    )
    with opened(url) as base:
        base.execute(f"UPDATE books SET read_through = '{now:%Y-%m-%d}', read_at = '{_instant(now)}'")
        _write(base, chain(ready, rest))


def fill_due(url: str, customers: int, *, now: datetime) -> None:
    """Every customer has one to five open invoices that came to their first step, and is looked at `now`."""
    dice = Random(customers)
    owing = (dice.choices(CURRENCIES, WEIGHTS) * (1 + n % 5) for n in range(customers))
    with opened(url) as base:
        base.execute(f"UPDATE books SET read_through = '{now:%Y-%m-%d}', read_at = '{_instant(now)}'")
        _write(
            base, (Owner([_open(dice, code, now.date() - timedelta(days=3 + dice.randrange(7))) for code in codes], now) for codes in owing)
        )


def _owners(invoices: int, dice: Random) -> Iterator[list[str]]:
    """The currencies of every customer's invoices, until there are as many as wanted."""
    left = invoices
    while left > 0:
        count = min(MOST, left, int(SCALE * dice.paretovariate(SHAPE)))
        (own,) = dice.choices(CURRENCIES, WEIGHTS)
        yield [own if dice.random() > OTHER_CURRENCY else dice.choice(CURRENCIES) for _ in range(count)]
        left -= count


def _total(dice: Random) -> int:
    """Minor units: the middle one is near 180.00, one in a hundred is above 10,000.00, none is small enough to be let go."""
    return 2_000 + int(dice.lognormvariate(9.7, 1.8))


def _open(dice: Random, currency: str, due: date) -> Bill:
    total = _total(dice)
    return Bill(total, currency, due, total // 2, due - timedelta(days=9)) if dice.random() < PART_PAID else Bill(total, currency, due)


def _mixed(dice: Random, currency: str) -> Bill:
    """What is paid was paid up to twelve days early or late."""
    if dice.random() < PAID:
        due, total = TODAY - timedelta(days=13 + dice.randrange(400)), _total(dice)
        return Bill(total, currency, due, total, due + timedelta(days=dice.randrange(25) - 12))
    is_late = dice.random() < LATE
    return _open(dice, currency, TODAY - timedelta(days=1 + dice.randrange(120)) if is_late else TODAY + timedelta(days=dice.randrange(60)))


def _write(base: Base, owners: Iterable[Owner]) -> None:
    bills, numbered_owners = 0, enumerate(owners)
    while block := list(islice(numbered_owners, BLOCK)):
        base.insert("customers", _CUSTOMER, (_customer(base.book, n, owner) for n, owner in block))
        base.insert("contacts", _CONTACT, ((_id(4, n), _id(1, n), "email", f"pay@c{n}.example", 0) for n, _ in block))
        mine = sorted(((bill.due, n, bill) for n, owner in block for bill in owner.bills), key=itemgetter(0, 1))
        numbered = [(number, n, bill) for number, (_, n, bill) in enumerate(mine, bills)]
        base.insert("items", _ITEM, (_item(base.book, *one) for one in numbered))
        base.insert("payments", _PAYMENT, (_payment(*one) for one in numbered if one[2].paid))
        bills += len(mine)


def _customer(book: str, n: int, owner: Owner) -> Row:
    oldest = min((bill.due.isoformat() for bill in owner.bills if bill.paid < bill.total), default=None)
    return _id(1, n), book, f"C{n}", f"Customer {n}", f"customer {n}", "business", _SEEN, _instant(owner.look), oldest


def _item(book: str, number: int, owner: int, bill: Bill) -> Row:
    issued = bill.due - timedelta(days=30)
    known = (f"I{number}", bill.total, bill.currency, bill.due.isoformat(), issued.isoformat())
    return _id(2, number), book, _id(1, owner), "invoice", *known, _SEEN, 0


def _payment(number: int, owner: int, bill: Bill) -> Row:
    return _id(3, number), _id(1, owner), _id(2, number), bill.paid, bill.currency, bill.paid_on.isoformat(), f"P{number}"


def _id(kind: int, number: int) -> str:
    return f"{kind:016x}{number:016x}"


def _instant(at: datetime) -> str:
    """As SQLite keeps a UTC time, and as PostgreSQL reads one."""
    return f"{at:%Y-%m-%d %H:%M:%S}.000000"
