"""What proves a claim: an invoice, or all of a customer, with everything that was said and done about it, as tables and texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflows.domain.account import Account, Item, Notice, Plan
from workflows.domain.allocation import balances
from workflows.domain.claims import HoldKind
from workflows.domain.contact import Reply
from workflows.domain.ids import ItemId
from workflows.domain.messages import Message
from workflows.dossier import Dossier

Line = tuple[str, ...]

_HOLDS = {HoldKind.STAFF: "hold", HoldKind.SAYS_PAID: "says paid", HoldKind.UNLISTED: "not in the file"}


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    title: str
    columns: Line
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`day` is the book's day on which it was gathered; `ids` is what entries of the audit trail belong to it by."""

    account: Account
    items: tuple[Item, ...]
    day: date
    tables: tuple[Table, ...]
    messages: tuple[tuple[Notice, Message], ...]
    answers: tuple[tuple[Reply, str], ...]
    ids: frozenset[str]


def evidence_of(dossier: Dossier, now: datetime, item: ItemId | None = None) -> Evidence:
    """About one invoice, with the plans it is on; without `item` about everything of the customer."""
    account = dossier.account
    items = account.items if item is None else tuple(one for one in account.items if one.id == item)
    plans = [plan for plan in account.plans if item is None or item in plan.covers]
    about = {one.id for one in (*items, *(part for plan in plans for part in plan.instalments))}
    day = account.book.place.day(now)
    notices = [(notice, message) for notice, message in dossier.messages if about.intersection(listed.item for listed in notice.items)]
    answers = tuple((reply, words) for reply, words in dossier.answers if not reply.items or about.intersection(reply.items))
    ids = dossier.ids if item is None else frozenset(map(str, (*about, *(one.id for one, _ in notices), *(plan.id for plan in plans))))
    tables = (
        Table(
            "invoices",
            "Invoices",
            ("number", "issued", "due", "total", "open", "currency", "days past due"),
            tuple(_invoices(account, items, day)),
        ),
        Table(
            "money",
            "Payments, credits and charges",
            ("kind", "day", "invoice", "amount", "currency", "reference"),
            tuple(_money(account, about, day)),
        ),
        Table(
            "messages",
            "Messages and what became of them",
            ("no", "sent", "channel", "step", "to", "state", "by", "remark"),
            tuple(_sent(dossier, notices)),
        ),
        Table(
            "agreements",
            "Promises, plans, disputes and holds",
            ("kind", "noted", "by", "about", "terms", "ended"),
            tuple(_agreed(dossier, about, plans)),
        ),
        Table("notes", "What colleagues did and noted", ("at", "by", "invoice", "words"), tuple(_notes(account, about))),
    )
    told = tuple((notice, message) for notice, message in notices if message is not None)
    return Evidence(account, items, day, tables, told, answers, ids)


def _invoices(account: Account, items: Sequence[Item], day: date) -> Iterator[Line]:
    left = balances(account)
    for item in sorted(items, key=lambda one: (one.due_on or date.max, one.number)):
        late = "" if item.due_on is None else str(max(0, (day - item.due_on).days))
        yield item.number, _day(item.issued_on), _day(item.due_on), item.total.plain, left.open_of(item.id).plain, item.total.currency, late


def _money(account: Account, about: set[ItemId], day: date) -> Iterator[Line]:
    """Money on account is told too: it bears on what is open."""
    numbers = _numbers(account)
    found: list[tuple[date, Line]] = []
    for payment in account.payments:
        if payment.item is None or payment.item in about:
            amount = payment.amount
            kind = "payment" if payment.reversed_on is None or payment.reversed_on > day else f"payment, taken back {payment.reversed_on}"
            found.append(
                (payment.paid_on, (kind, _day(payment.paid_on), _number(numbers, payment.item), amount.plain, amount.currency, payment.key))
            )
    for credit in account.credits:
        if credit.item is None or credit.item in about:
            amount = credit.amount
            kind = credit.kind.value.replace("_", " ")
            found.append(
                (
                    credit.credited_on,
                    (kind, _day(credit.credited_on), _number(numbers, credit.item), amount.plain, amount.currency, credit.key),
                )
            )
    for fee in account.fees:
        if fee.item in about:
            on = account.book.place.day(fee.at)
            kind = "charge" if fee.waived_at is None else "charge, waived"
            found.append((on, (kind, _day(on), _number(numbers, fee.item), fee.amount.plain, fee.amount.currency, fee.step)))
    yield from (line for _, line in sorted(found))


def _sent(dossier: Dossier, notices: Sequence[tuple[Notice, Message | None]]) -> Iterator[Line]:
    for number, (notice, message) in enumerate(notices, 1):
        to = "" if message is None else ", ".join(message.to)
        by = dossier.person(notice.by)
        yield f"{number:03}", _instant(notice.sent_at), notice.channel, notice.step, to, notice.state.value, by, notice.because


def _agreed(dossier: Dossier, about: set[ItemId], plans: Sequence[Plan]) -> Iterator[Line]:
    account, numbers = dossier.account, _numbers(dossier.account)
    for promise in account.promises:
        if about.intersection(promise.items):
            whose = ", ".join(_number(numbers, one) for one in promise.items)
            yield (
                "promise",
                _instant(promise.at),
                dossier.person(promise.by),
                whose,
                f"{promise.amount} until {promise.until}",
                _instant(promise.ended_at),
            )
    for plan in plans:
        terms = "; ".join(f"{part.total} on {_day(part.due_on)}" for part in plan.instalments)
        agreed = f"{plan.state.value}: {terms}" + (
            f"; accepted {_instant(plan.accepted_at)}, {plan.accepted_how}" if plan.accepted_at else ""
        )
        whose = ", ".join(_number(numbers, one) for one in plan.covers)
        yield "plan", _instant(plan.at), dossier.person(plan.by), whose, agreed, _instant(plan.ended_at)
    for dispute in account.disputes:
        if dispute.item in about:
            words = f"{dispute.reason}; {dispute.outcome}" if dispute.outcome else dispute.reason
            yield (
                "dispute",
                _instant(dispute.at),
                dossier.person(dispute.by),
                _number(numbers, dispute.item),
                words,
                _instant(dispute.ended_at),
            )
    for hold in account.holds:
        if hold.item is None or hold.item in about:
            whose = _number(numbers, hold.item)
            yield _HOLDS[hold.kind], _instant(hold.at), dossier.person(hold.by), whose, hold.why, _instant(hold.ended_at)


def _notes(account: Account, about: set[ItemId]) -> Iterator[Line]:
    numbers = _numbers(account)
    for act in account.acts:
        if act.item in about:
            yield _instant(act.at), act.by_name, _number(numbers, act.item), act.words


def _numbers(account: Account) -> dict[ItemId, str]:
    parts = [part for plan in account.plans for part in plan.instalments]
    return {item.id: item.number for item in (*account.items, *parts)}


def _number(numbers: dict[ItemId, str], item: ItemId | None) -> str:
    return "on account" if item is None else numbers.get(item, "")


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")
