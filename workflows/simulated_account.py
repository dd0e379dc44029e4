"""A customer of a simulation: an account whose facts grow as the ledger is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid5

from workflows.domain.account import (
    Account,
    Book,
    Credit,
    CreditKind,
    Customer,
    Flag,
    Item,
    ItemKind,
    Payment,
    Plan,
    PlanState,
    Raised,
    Snooze,
)
from workflows.domain.allocation import balances
from workflows.domain.decision import Action, ActionKind, ItemDecision
from workflows.domain.ids import CustomerId, ItemId, PlanId
from workflows.domain.lateness import PlanTurn
from workflows.domain.money import Money, total
from workflows.domain.policy import Policy
from workflows.domain.writing import NEEDS_A_LOOK
from workflows.ledger_facts import (
    Answered,
    CannotBe,
    Claimed,
    Collecting,
    Disputed,
    Failed,
    Flagged,
    Heard,
    Held,
    Invoiced,
    Known,
    LedgerFact,
    MoneyKind,
    OptedOut,
    Planned,
    PolicySwitched,
    Promised,
    Received,
    Released,
    Replied,
    Reversed,
    Snoozed,
)
from workflows.simulated_acts import approve, carried_out, leave_out
from workflows.simulated_claims import EXCLUDED, NAMES, POLICY_OFF, STAFF, dispute, hold, keep_silent, promise, release
from workflows.simulated_parts import amounts_of
from workflows.simulated_words import CHANNELS, FAILED, collect, fail, opt_in, opt_out, read_replies, reply, stop_of
from workflows.snooze_item import LONGEST_DAYS


@dataclass(frozen=True, slots=True)
class _Money:
    """Money as the ledger named it, before it is shared out among an invoice's instalments."""

    id: str
    kind: MoneyKind
    amount: Money
    on: date
    invoice: str | None


class SimulatedAccount:
    """`account` is what production code is asked about. `last` is where each item stood when it was last told of."""

    def __init__(self, book: Book, number: str) -> None:
        customer = Customer(CustomerId(uuid5(NAMES, f"customer {number}")), book.id, number, number, book.place, book.language)
        self.account = Account(book, customer, channels=CHANNELS)
        self.look_at: datetime | None = None
        self.last: dict[ItemId, ItemDecision] = {}
        self.withheld: tuple[object, ...] | None = None
        self._done: set[str] = set()
        self._items: dict[str, tuple[ItemId, ...]] = {}
        self._money: list[_Money] = []
        self._undone: dict[str, str] = {}
        self._reversed_on: dict[str, date] = {}

    @property
    def number(self) -> str:
        return self.account.customer.number

    def follow(self, policy: Policy) -> None:
        """A running account keeps the version it started with."""
        self.account = replace(self.account, policy=(policy.name, policy.version))

    def apply(self, fact: LedgerFact) -> None:
        """Raises `CannotBe` and changes nothing for a fact that cannot be."""
        match fact.says:
            case Known() as known:
                self._know(known, fact.at)
            case Invoiced() as invoice:
                self._invoice(invoice, fact.at)
            case Received() | Reversed():
                self._move_money(fact)
            case Promised() | Disputed() | Held():
                self._claim(fact, fact.says)
            case PolicySwitched(on):
                self.account = keep_silent(self.account, POLICY_OFF, fact.at, on=not on)
            case Replied() | OptedOut() | Collecting() | Failed() | Answered():
                self._hear(fact, fact.says)
            case _:
                self._agree(fact)
        self.look_at = fact.at

    def _move_money(self, fact: LedgerFact) -> None:
        match fact.says:
            case Received() as money:
                self._receive(money, fact)
            case Reversed(of):
                self._reverse(of, fact)

    def _agree(self, fact: LedgerFact) -> None:
        """What people do about an item."""
        match fact.says:
            case Snoozed() as snoozed:
                self._snooze(snoozed, fact.at)
            case Flagged(invoices):
                flags = (Flag(item, STAFF, fact.at) for item in self._open_items(invoices, "flag"))
                self.account = replace(self.account, flags=(*self.account.flags, *flags))
            case Planned() as plan:
                self._plan(plan, fact)
            case Released() as released:
                self._release(released, fact.at)

    def _claim(self, fact: LedgerFact, said: Claimed) -> None:
        match said:
            case Promised(invoices):
                items = self._open_items(invoices, "promise")
                left = self._open_sum(map(self.account.item, items))
                self.account = promise(self.account, said, items, left, fact.id, fact.at)
            case Disputed(invoices):
                items = tuple(item.id for item in self._named(invoices)) if said.resolved else self._open_items(invoices, "dispute")
                self.account = dispute(self.account, said, items, fact.at)
            case Held(invoices=invoices):
                items = self._open_items(invoices, "hold") if invoices else ()
                self.account = hold(self.account, said, items, fact.id, fact.at)

    def _hear(self, fact: LedgerFact, said: Heard) -> None:
        match said:
            case Replied(invoices=invoices):
                items = tuple(item.id for item in self._named(invoices)) if invoices else ()
                self.account = reply(self.account, items, fact.id, fact.at)
            case OptedOut(channel=channel):
                self.account = opt_out(self.account, channel, fact.id, fact.at)
            case Collecting(invoices, on):
                self.account = collect(self.account, self._open_items(invoices, "draw"), on, fact.id, fact.at)
            case Failed(invoices, amount):
                items = self._open_items(invoices, "pay")
                left = self._open_sum(map(self.account.item, items))
                self.account = fail(self.account, items, amount or left, fact.id, fact.at)
            case Answered(invoices, step, approved):
                items = tuple(item.id for item in self._named(invoices))
                self.account = (approve if approved else leave_out)(self.account, items, step, fact.at)

    def _know(self, known: Known, at: datetime) -> None:
        customer = self.account.customer
        if known.parent is not None:
            return  # a subsidiary: it is the parent whose account this is
        customer = replace(
            customer,
            place=known.place or customer.place,
            language=known.language or customer.language,
            party=known.party or customer.party,
            segment=known.segment or customer.segment,
        )
        channels = self.account.channels if known.channels is None else frozenset(known.channels)
        self.account = replace(self.account, customer=customer, channels=channels)
        if known.excluded is not None:
            self.account = keep_silent(self.account, EXCLUDED, at, on=known.excluded)

    def _invoice(self, said: Invoiced, at: datetime) -> None:
        parts = amounts_of(said.parts, said.total) if said.parts else ((said.due_on, said.total),)
        names = [said.number] if not said.parts else [f"{said.number}/{n}" for n in range(1, len(parts) + 1)]
        before = self._items.get(said.number, ())
        known = {item.id: item.seen_at for item in self.account.items}
        new = []
        for name, (due_on, amount) in zip(names, parts, strict=True):
            key = ItemId(uuid5(NAMES, f"item {name}"))
            new.append(Item(key, name, amount, due_on, known.get(key, at), said.issued_on, product=said.product))
        if said.is_draft:
            new = []
        others = tuple(item for item in self.account.items if item.id not in before)
        if any(item in plan.covers for plan in self.account.plans for item in before):
            raise CannotBe(f"The invoice {said.number} is on a plan and cannot be changed.")
        self.account = replace(self.account, items=(*others, *new))
        self._items[said.number] = tuple(item.id for item in new)
        if before:  # money for it is known already
            self._share_out()

    def _receive(self, said: Received, fact: LedgerFact) -> None:
        on = self.account.book.place.day(fact.at)
        if said.is_draft:
            return
        if said.invoice is not None:
            self._named([said.invoice])
        money = _Money(fact.id, said.kind, said.amount or self._cancelled(said), on, said.invoice)
        self._money.append(money)
        items = self._items.get(said.invoice or "", ())
        if len(items) > 1:
            self._share_out()
        else:
            self._add(money, items[0] if items else None, money.amount)

    def _add(self, money: _Money, item: ItemId | None, amount: Money) -> None:
        """Money that has nothing to be shared out among."""
        if money.kind is MoneyKind.PAYMENT:
            self.account = replace(self.account, payments=(*self.account.payments, _payment(money, item, amount)))
        else:
            self.account = replace(self.account, credits=(*self.account.credits, _credit(money, item, amount)))

    def _cancelled(self, said: Received) -> Money:
        """A void takes back the whole invoice, so that money for it is money on account; a write-off gives up what is left."""
        items = self._named([said.invoice] if said.invoice else [])
        whole = total((item.total for item in items), items[0].total.currency)
        if said.kind is MoneyKind.VOID:
            return whole
        left = self._open_sum(items)
        if left.minor <= 0:
            raise CannotBe(f"Nothing is open on {said.invoice}, so there is nothing to write off.")
        return left

    def _open_sum(self, items: Iterable[Item]) -> Money:
        now = balances(self.account)
        left = [now.open_of(item.id) for item in items]
        return total(left, left[0].currency)

    def _share_out(self) -> None:
        """Money for an invoice fills its earliest instalment first; what was reversed counts for nothing."""
        left = {item.id: item.total.minor for item in self.account.items}
        payments: list[Payment] = []
        credits_: list[Credit] = []
        for money in self._money:
            if self._is_undone(money.id):
                continue
            for item, amount in self._by_item(money, left):
                if money.kind is MoneyKind.PAYMENT:
                    payments.append(_payment(money, item, amount))
                else:
                    credits_.append(_credit(money, item, amount))
        self.account = replace(self.account, payments=(*payments, *self._taken_back()), credits=tuple(credits_))

    def _taken_back(self) -> Iterator[Payment]:
        """Payments that count for nothing any more: what was reversed, and what never came about."""
        for money in self._money:
            if money.kind is MoneyKind.PAYMENT and self._is_undone(money.id):
                items = self._items.get(money.invoice or "", ()) or (None,)
                yield Payment(money.amount, money.on, items[0], money.id, self._reversed_on.get(money.id, money.on))
        yield from (paid for paid in self.account.payments if paid.key.startswith(FAILED))

    def _by_item(self, money: _Money, left: dict[ItemId, int]) -> Iterable[tuple[ItemId | None, Money]]:
        items = self._items.get(money.invoice, ()) if money.invoice is not None else ()
        if not items:
            return [(None, money.amount)]
        rest, found = money.amount.minor, []
        for item in items:
            taken = rest if item is items[-1] else min(rest, max(left[item], 0))
            left[item] -= taken
            rest -= taken
            if taken or len(items) == 1:
                found.append((item, Money(taken, money.amount.currency)))
        return found

    def _is_undone(self, fact: str) -> bool:
        return any(of == fact and not self._is_undone(reversal) for reversal, of in self._undone.items())

    def _reverse(self, of: str, reversal: LedgerFact) -> None:
        if (stopped := stop_of(self.account, of)) is not None:
            self.account = opt_in(self.account, stopped, reversal.at)
            return
        if all(money.id != of for money in self._money) and of not in self._undone:
            raise CannotBe(f"The fact {of} is no payment, credit, write-off, void, opt-out or reversal, so it cannot be reversed.")
        if self._is_undone(of):
            raise CannotBe(f"The fact {of} is reversed already.")
        self._undone[reversal.id] = of
        self._reversed_on[of] = self.account.book.place.day(reversal.at)
        self._share_out()

    def knows(self, fact: str) -> bool:
        return fact in self._undone or stop_of(self.account, fact) is not None or any(money.id == fact for money in self._money)

    def _snooze(self, said: Snoozed, at: datetime) -> None:
        today, items = self.account.book.place.day(at), self._open_items(said.invoices, "snooze")
        if said.until <= today:
            raise CannotBe("A snooze ends at the start of its day, which has come.")
        if (said.until - today).days > LONGEST_DAYS:
            raise CannotBe(f"A snooze lasts at most {LONGEST_DAYS} days.")
        before = (replace(s, ended_at=at) if s.item in items and s.ended_at is None else s for s in self.account.snoozes)
        self.account = replace(self.account, snoozes=(*before, *(Snooze(item, said.until, STAFF, at) for item in items)))

    def _plan(self, said: Planned, fact: LedgerFact) -> None:
        covers = self._open_items(said.invoices, "spread")
        if any(item in plan.covers for plan in self.account.plans if plan.state is PlanState.ACTIVE for item in covers):
            raise CannotBe("A plan covers it already.")
        left = self._open_sum(map(self.account.item, covers))
        key = PlanId(uuid5(NAMES, f"plan {fact.id}"))
        issued = self.account.book.place.day(fact.at)
        instalments = tuple(
            Item(ItemId(uuid5(NAMES, f"item {fact.id}/{n}")), f"{fact.id}/{n}", amount, due_on, fact.at, issued, ItemKind.INSTALMENT, key)
            for n, (due_on, amount) in enumerate(amounts_of(said.parts, left), 1)
        )
        plan = Plan(key, covers, instalments, PlanState.ACTIVE, STAFF, fact.at, STAFF, fact.at, "ledger")
        self.account = replace(self.account, plans=(*self.account.plans, plan))

    def _release(self, said: Released, at: datetime) -> None:
        mine = frozenset(item.id for item in (self._named(said.invoices) if said.invoices else self.account.all_items))
        ended = (replace(e, ended_at=at) if e.item in mine and e.ended_at is None else e for e in self.account.escalations)
        self.account = replace(self.account, released_at=at, escalations=tuple(ended))
        self.account = release(self.account, mine if said.invoices else (), at)
        self.account = read_replies(self.account, mine, at)

    def _named(self, invoices: Iterable[str]) -> list[Item]:
        """The items of invoices, which may also name one instalment."""
        by_name = {item.number: item for item in self.account.all_items}
        found: list[Item] = []
        for invoice in invoices:
            items = [self.account.item(item) for item in self._items.get(invoice, ())] or [
                by_name[name] for name in [invoice] if name in by_name
            ]
            if not items:
                raise CannotBe(f"There is no invoice {invoice} yet.")
            found += items
        if not found:
            raise CannotBe("It names no invoice.")
        return found

    def _open_items(self, invoices: Iterable[str], what: str) -> tuple[ItemId, ...]:
        now = balances(self.account)
        items = tuple(item.id for item in self._named(invoices) if now.open_of(item.id).minor > 0)
        if not items:
            raise CannotBe(f"Nothing is open on {', '.join(invoices)}, so there is nothing to {what}.")
        return items

    def take(self, action: Action, now: datetime) -> bool:
        """Turns what was decided into facts, as production does; false for what is done already."""
        if action.kind is ActionKind.NONE:
            why = (action.step, action.items[:1], action.because)
            is_new, self.withheld = why != self.withheld, why
            return is_new
        told = self._raise(action, now)
        if not told and action.key in self._done:
            return False
        self._done.add(action.key)
        if action.kind in {ActionKind.REMIND, ActionKind.RECEIPT}:
            self.withheld = None
        self.account = carried_out(self.account, action, now)
        return True

    def keep(self, turns: Iterable[PlanTurn]) -> None:
        """Plans that have come to another state."""
        changed = {turn.plan: turn for turn in turns}
        ended = {plan: None if turn.state is PlanState.ACTIVE else turn.at for plan, turn in changed.items()}
        plans = (replace(p, state=changed[p.id].state, ended_at=ended[p.id]) if p.id in changed else p for p in self.account.plans)
        if changed:
            self.account = replace(self.account, plans=tuple(plans))

    def _raise(self, action: Action, now: datetime) -> bool:
        """Whether staff are told of anything new."""
        match action.kind:
            case ActionKind.ALERT | ActionKind.ESCALATE | ActionKind.NOTIFY | ActionKind.FINISHED:
                rows = [Raised(entry.item, entry.step or action.step, entry.occurrence, now) for entry in action.items]
            case ActionKind.REVIEW if action.day is not None:
                rows = [Raised(action.items[0].item, NEEDS_A_LOOK, self.account.book.place.day(now).toordinal(), now)]
            case _:
                return False
        known = {(one.item, one.step, one.occurrence) for one in self.account.raised}
        new = [one for one in rows if (one.item, one.step, one.occurrence) not in known]
        if new:
            self.account = replace(self.account, raised=(*self.account.raised, *new))
        return bool(new)


def _payment(money: _Money, item: ItemId | None, amount: Money) -> Payment:
    return Payment(amount, money.on, item, money.id)


def _credit(money: _Money, item: ItemId | None, amount: Money) -> Credit:
    return Credit(amount, money.on, item, money.id, CreditKind.WRITE_OFF if money.kind is MoneyKind.WRITE_OFF else CreditKind.NOTE)
