"""What is open, line by line, as one query both databases understand. It says in SQL what `workflows.domain.allocation` says of one account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)

from adapters.store import tables as t
from workflows.domain.account import ItemKind, PlanState
from workflows.domain.ids import BookId

INVOICE = t.items.c.kind == ItemKind.INVOICE.value


@dataclass(frozen=True, slots=True)
class AsOf:
    """A day of a book, and the instant at which it ends there."""

    day: date
    ends_at: datetime


def open_lines(as_of: AsOf | None = None, book: BookId | None = None) -> CompoundSelect[Any]:
    """Rows `customer_id, currency, due_on, open`: each debt once, and money that settles none as a negative `open`.

    Invoices on an active plan appear as its instalments, the earliest filled first. Null: as of now, counting all facts.
    """
    money = _money(as_of).cte("money")
    active = _active_plans(as_of).cte("active_plans")
    invoices = _invoices(as_of, book, money).cte("invoices")
    covered = select(t.plan_items.c.plan_id, t.plan_items.c.item_id).join(active, active.c.id == t.plan_items.c.plan_id).cte("covered")
    owed = _owed(invoices, covered, money).cte("owed")
    alone = select(invoices.c.customer_id, invoices.c.currency, invoices.c.due_on, invoices.c.open).where(
        or_(invoices.c.open < 0, ~select(covered.c.item_id).where(covered.c.item_id == invoices.c.id).exists())
    )
    return union_all(alone, _instalments(owed), _overpaid_plans(owed), _on_account(book, money, active))


def total_of(amount: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum of minor units as a whole number; PostgreSQL would make it a decimal."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


def _money(as_of: AsOf | None) -> CompoundSelect[Any]:
    """Payments and credits of the time."""
    p, c = t.payments.c, t.credits_.c
    paid = select(p.customer_id, p.item_id, p.currency, p.amount).where(true() if as_of is None else p.paid_on <= as_of.day)
    credited = select(c.customer_id, c.item_id, c.currency, c.amount).where(true() if as_of is None else c.credited_on <= as_of.day)
    return union_all(paid, credited)


def _active_plans(as_of: AsOf | None) -> Select[Any]:
    p = t.plans.c
    if as_of is None:
        return select(p.id).where(p.state == PlanState.ACTIVE.value)
    return select(p.id).where(p.accepted_at < as_of.ends_at, or_(p.ended_at.is_(None), p.ended_at >= as_of.ends_at))


def _invoices(as_of: AsOf | None, book: BookId | None, money: CTE) -> Select[Any]:
    """What every invoice is short of. One not yet issued on the day is no debt; money for it is then a negative line."""
    i = t.items.c
    received = select(money.c.item_id, money.c.currency, total_of(money.c.amount).label("amount")).group_by(
        money.c.item_id, money.c.currency
    )
    named = received.where(money.c.item_id.is_not(None)).subquery("named")
    billed = i.total if as_of is None else case((or_(i.issued_on.is_(None), i.issued_on <= as_of.day), i.total), else_=0)
    left = (billed - func.coalesce(named.c.amount, 0)).label("open")
    joined = t.items.outerjoin(named, and_(named.c.item_id == i.id, named.c.currency == i.currency))
    query = select(i.id, i.customer_id, i.currency, i.due_on, left).select_from(joined).where(INVOICE)
    return query if book is None else query.where(i.book_id == book)


def _owed(invoices: CTE, covered: CTE, money: CTE) -> Select[Any]:
    """Per active plan what its invoices are still short of, less money that named its instalments."""
    short = select(covered.c.plan_id, invoices.c.customer_id, invoices.c.currency, _at_least_zero(invoices.c.open).label("amount")).join(
        covered, covered.c.item_id == invoices.c.id
    )
    plans = select(short.subquery().c.plan_id)
    i = t.items.c
    named = select(i.plan_id, i.customer_id, i.currency, (-money.c.amount).label("amount")).join(
        money, and_(money.c.item_id == i.id, money.c.currency == i.currency)
    )
    both = union_all(short, named.where(i.plan_id.in_(plans))).subquery("of_plans")
    keys = (both.c.plan_id, both.c.customer_id, both.c.currency)
    return select(*keys, total_of(both.c.amount).label("owed")).group_by(*keys)


def _instalments(owed: CTE) -> Select[Any]:
    """Every instalment's open amount: what the plan's sum exceeds the debt by has filled them, the earliest first.

    Should the debt exceed the plan (money was taken back), the first instalment carries the difference, so that no cent is lost.
    """
    i = t.items.c
    planned = func.sum(i.total).over(partition_by=i.plan_id)
    upto = cast(func.sum(i.total).over(partition_by=i.plan_id, order_by=i.position), BigInteger).label("upto")
    filled = (cast(planned, BigInteger) - owed.c.owed).label("filled")
    nth = func.row_number().over(partition_by=i.plan_id, order_by=i.position).label("nth")
    columns = (i.customer_id, i.currency, i.due_on, i.total, upto, filled, nth)
    parts = select(*columns).join(owed, and_(owed.c.plan_id == i.plan_id, owed.c.currency == i.currency)).subquery("parts")
    left = parts.c.upto - parts.c.filled
    usual = case((left <= 0, 0), (left < parts.c.total, left), else_=parts.c.total)
    shown = case((and_(parts.c.nth == 1, parts.c.filled < 0), parts.c.total - parts.c.filled), else_=usual)
    return select(parts.c.customer_id, parts.c.currency, parts.c.due_on, shown.label("open"))


def _overpaid_plans(owed: CTE) -> Select[Any]:
    return select(owed.c.customer_id, owed.c.currency, cast(null(), Date).label("due_on"), owed.c.owed.label("open")).where(owed.c.owed < 0)


def _on_account(book: BookId | None, money: CTE, active: CTE) -> Select[Any]:
    """Money that names no debt, one of another currency, or an instalment of a plan that is not running."""
    i = t.items.c
    of_a_debt = or_(INVOICE, i.plan_id.in_(select(active.c.id)))
    named = select(i.id).where(i.id == money.c.item_id, i.currency == money.c.currency, of_a_debt).exists()
    query = select(money.c.customer_id, money.c.currency, cast(null(), Date).label("due_on"), (-money.c.amount).label("open")).where(~named)
    if book is None:
        return query
    return query.where(money.c.customer_id.in_(select(t.customers.c.id).where(t.customers.c.book_id == book)))


def _at_least_zero(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((value < 0, 0), else_=value)
