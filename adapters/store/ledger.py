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


def open_lines(as_of: AsOf | None = None, book: BookId | None = None, customers: Select[Any] | None = None) -> CompoundSelect[Any]:
    """Rows `customer_id, currency, due_on, open`: each debt once, and money that settles none as a negative `open`.

    Invoices on an active plan appear as its instalments, those named first, then the earliest filled. Null: as of now, counting all facts.
    With `customers`, a query for their ids, of these alone.
    """
    money = _money(as_of, customers).cte("money")
    named = _named(money).cte("named")
    fees = _fees(as_of, customers).cte("charged")
    covered = _covered(customers).cte("covered")
    billed = _billed(as_of, customers, fees, covered).cte("billed")
    passed = _passed(billed, covered, named).cte("passed")
    invoices = _invoices(book, billed, named, passed).cte("invoices")
    running = select(covered).join(active := _active_plans(as_of).cte("active_plans"), active.c.id == covered.c.plan_id).cte("running")
    alone = select(invoices.c.customer_id, invoices.c.currency, invoices.c.due_on, invoices.c.open).where(
        or_(invoices.c.open < 0, ~select(running.c.item_id).where(running.c.item_id == invoices.c.id).exists())
    )
    return union_all(alone, _instalments(_owed(invoices, running).cte("owed"), named, fees), _on_account(book, money))


def total_of(amount: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum of minor units as a whole number; PostgreSQL would make it a decimal."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


def _of(customers: Select[Any] | None, customer: ColumnElement[Any]) -> ColumnElement[bool]:
    return true() if customers is None else customer.in_(customers)


def _money(as_of: AsOf | None, customers: Select[Any] | None) -> CompoundSelect[Any]:
    """Payments and credits of the time that were not taken back by then."""
    p, c = t.payments.c, t.credits_.c
    paid = select(p.customer_id, p.item_id, p.currency, p.amount).where(
        _counts(p.paid_on, p.reversed_on, as_of), _of(customers, p.customer_id)
    )
    credited = select(c.customer_id, c.item_id, c.currency, c.amount).where(
        _counts(c.credited_on, c.reversed_on, as_of), _of(customers, c.customer_id)
    )
    return union_all(paid, credited)


def _counts(on: ColumnElement[date], reversed_on: ColumnElement[Any], as_of: AsOf | None) -> ColumnElement[bool]:
    if as_of is None:
        return reversed_on.is_(None)
    return and_(on <= as_of.day, or_(reversed_on.is_(None), reversed_on > as_of.day))


def _named(money: CTE) -> Select[Any]:
    """What names each item in its own currency."""
    i = t.items.c
    joined = select(i.id.label("item_id"), i.plan_id, total_of(money.c.amount).label("amount"))
    return joined.join(money, and_(money.c.item_id == i.id, money.c.currency == i.currency)).group_by(i.id, i.plan_id)


def _fees(as_of: AsOf | None, customers: Select[Any] | None) -> Select[Any]:
    """Fees that stand, per item."""
    f, i = t.fees.c, t.items.c
    stands = (
        f.waived_at.is_(None) if as_of is None else and_(f.at < as_of.ends_at, or_(f.waived_at.is_(None), f.waived_at >= as_of.ends_at))
    )
    joined = select(i.id.label("item_id"), i.plan_id, total_of(f.amount).label("amount"))
    return (
        joined.join(t.fees, and_(f.item_id == i.id, f.currency == i.currency))
        .where(stands, _of(customers, i.customer_id))
        .group_by(i.id, i.plan_id)
    )


def _covered(customers: Select[Any] | None) -> Select[Any]:
    """The invoices of every plan, the oldest due first: `nth` counts from there, `nth_last` from the other end."""
    c, i = t.plan_items.c, t.items.c
    oldest = (i.due_on.is_(None), i.due_on, i.number)
    newest = (i.due_on.is_not(None), i.due_on.desc(), i.number.desc())
    nth = func.row_number().over(partition_by=c.plan_id, order_by=oldest).label("nth")
    nth_last = func.row_number().over(partition_by=c.plan_id, order_by=newest).label("nth_last")
    return select(c.plan_id, c.item_id, nth, nth_last).join(t.items, i.id == c.item_id).where(_of(customers, i.customer_id))


def _active_plans(as_of: AsOf | None) -> Select[Any]:
    p = t.plans.c
    if as_of is None:
        return select(p.id).where(p.state == PlanState.ACTIVE.value)
    return select(p.id).where(p.accepted_at < as_of.ends_at, or_(p.ended_at.is_(None), p.ended_at >= as_of.ends_at))


def _billed(as_of: AsOf | None, customers: Select[Any] | None, fees: CTE, covered: CTE) -> Select[Any]:
    """What every invoice comes to with its fees and those on instalments of plans of which it is the oldest. One not yet issued is no debt."""
    i = t.items.c
    of_parts = select(covered.c.item_id, fees.c.amount).join(fees, and_(fees.c.plan_id == covered.c.plan_id, covered.c.nth == 1))
    both = union_all(select(fees.c.item_id, fees.c.amount).where(fees.c.plan_id.is_(None)), of_parts).subquery("owing")
    owing = select(both.c.item_id, total_of(both.c.amount).label("amount")).group_by(both.c.item_id).subquery("fees_owing")
    total: ColumnElement[Any] = i.total
    if as_of is not None:
        total = case((or_(i.issued_on.is_(None), i.issued_on <= as_of.day), i.total), else_=0)
    amount = (total + func.coalesce(owing.c.amount, 0)).label("amount")
    columns = (i.id, i.book_id, i.customer_id, i.currency, i.due_on, amount)
    return select(*columns).select_from(t.items.outerjoin(owing, owing.c.item_id == i.id)).where(INVOICE, _of(customers, i.customer_id))


def _passed(billed: CTE, covered: CTE, named: CTE) -> Select[Any]:
    """What invoices get of the money that names instalments of their plans: the oldest first, what is too much for all the last one."""
    parts = select(named.c.plan_id, total_of(named.c.amount).label("amount")).where(named.c.plan_id.is_not(None))
    money = parts.group_by(named.c.plan_id).subquery("of_parts")
    mine = named.alias("of_invoices")
    room = _at_least_zero(billed.c.amount - func.coalesce(mine.c.amount, 0)).label("room")
    joined = (
        select(covered, room, money.c.amount.label("money"))
        .join(money, money.c.plan_id == covered.c.plan_id)
        .join(billed, billed.c.id == covered.c.item_id)
        .outerjoin(mine, mine.c.item_id == covered.c.item_id)
        .subquery("rooms")
    )
    left = (joined.c.money - _before(joined.c.room, joined.c.plan_id, joined.c.nth)).label("left")
    each = select(joined.c.item_id, joined.c.nth_last, joined.c.room, left).subquery("shares")
    taken = case((each.c.nth_last == 1, _at_least_zero(each.c.left)), else_=_between(each.c.left, each.c.room))
    return select(each.c.item_id, total_of(taken).label("amount")).group_by(each.c.item_id)


def _invoices(book: BookId | None, billed: CTE, named: CTE, passed: CTE) -> Select[Any]:
    """What every invoice is short of; below zero what it was paid too much."""
    b = billed.c
    left = (b.amount - func.coalesce(named.c.amount, 0) - func.coalesce(passed.c.amount, 0)).label("open")
    joined = billed.outerjoin(named, named.c.item_id == b.id).outerjoin(passed, passed.c.item_id == b.id)
    query = select(b.id, b.customer_id, b.currency, b.due_on, left).select_from(joined)
    return query if book is None else query.where(b.book_id == book)


def _owed(invoices: CTE, running: CTE) -> Select[Any]:
    """Per active plan what its invoices are still short of."""
    owed = total_of(_at_least_zero(invoices.c.open)).label("owed")
    return select(running.c.plan_id, owed).join(running, running.c.item_id == invoices.c.id).group_by(running.c.plan_id)


def _instalments(owed: CTE, named: CTE, fees: CTE) -> Select[Any]:
    """Every instalment's open amount: what the plan's sum exceeds the debt by has filled those that money names, then the earliest first.

    Should the debt exceed the plan (money was taken back), the first instalment carries the difference, so that no cent is lost.
    """
    i = t.items.c
    total = (i.total + func.coalesce(fees.c.amount, 0)).label("total")
    columns = (
        i.plan_id,
        i.customer_id,
        i.currency,
        i.due_on,
        i.position,
        total,
        func.coalesce(named.c.amount, 0).label("named"),
        owed.c.owed,
    )
    joined = select(*columns).join(owed, owed.c.plan_id == i.plan_id)
    parts = joined.outerjoin(named, named.c.item_id == i.id).outerjoin(fees, fees.c.item_id == i.id).subquery("parts").c
    cap = case((parts.named < parts.total, parts.named), else_=parts.total).label("cap")
    filled = (cast(func.sum(parts.total).over(partition_by=parts.plan_id), BigInteger) - parts.owed).label("filled")
    nth = func.row_number().over(partition_by=parts.plan_id, order_by=parts.position).label("nth")
    one = select(parts.plan_id, parts.customer_id, parts.currency, parts.due_on, parts.total, cap, filled, nth).subquery("caps").c
    by_name = _between(one.filled - _before(one.cap, one.plan_id, one.nth), one.cap)
    rest = (one.filled - cast(func.sum(one.cap).over(partition_by=one.plan_id), BigInteger)).label("rest")
    room = (one.total - by_name).label("room")
    two = select(one.plan_id, one.customer_id, one.currency, one.due_on, one.filled, one.nth, rest, room).subquery("by_name").c
    in_order = _between(two.rest - _before(two.room, two.plan_id, two.nth), two.room)
    shown = case((and_(two.nth == 1, two.filled < 0), two.room - two.filled), else_=two.room - in_order).label("open")
    return select(two.customer_id, two.currency, two.due_on, shown)


def _on_account(book: BookId | None, money: CTE) -> Select[Any]:
    """Money that names no item, or one of another currency."""
    i = t.items.c
    named = select(i.id).where(i.id == money.c.item_id, i.currency == money.c.currency).exists()
    query = select(money.c.customer_id, money.c.currency, cast(null(), Date).label("due_on"), (-money.c.amount).label("open")).where(~named)
    if book is None:
        return query
    return query.where(money.c.customer_id.in_(select(t.customers.c.id).where(t.customers.c.book_id == book)))


def _before(amount: ColumnElement[Any], plan: ColumnElement[Any], nth: ColumnElement[Any]) -> ColumnElement[int]:
    """The sum over the rows of the plan before this one."""
    return cast(func.sum(amount).over(partition_by=plan, order_by=nth), BigInteger) - amount


def _at_least_zero(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((value < 0, 0), else_=value)


def _between(value: ColumnElement[Any], most: ColumnElement[Any]) -> ColumnElement[Any]:
    """From zero to `most`."""
    return case((value < 0, 0), (value > most, most), else_=value)
