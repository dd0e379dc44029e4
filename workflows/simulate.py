"""A dry run: the same policies and the same `decide` as production over a ledger of facts, one look a day, nothing stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflows.domain.account import SPOKEN, Book
from workflows.domain.decide import decide, to_do
from workflows.domain.decision import Action, ActionKind, Decision, ItemDecision
from workflows.domain.money import Money
from workflows.ledger_facts import (
    Answered,
    CannotBe,
    Collecting,
    Disputed,
    Failed,
    Flagged,
    Held,
    Invoiced,
    Known,
    LedgerFact,
    OptedOut,
    Planned,
    PolicySwitched,
    Promised,
    Received,
    Released,
    Replied,
    Reversed,
    Snoozed,
    Ticked,
)
from workflows.ports import Policies
from workflows.simulated_account import SimulatedAccount

NINE = time(9)
_MESSAGES = frozenset({ActionKind.REMIND, ActionKind.RECEIPT})
_LOOKS = 9  # at one tick: production ticks again a minute later, until an account is quiet


@dataclass(frozen=True, slots=True)
class Span:
    """Both days belong to it. What is dated before is applied, and nothing is decided then."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Did:
    """One action in one currency. `by` is the channel; `invoices` are numbers of items, the leader first.

    `ordinal` is the how-many-th message it is about the item that was written of most; null for what is not written.
    """

    at: datetime
    customer: str
    invoices: tuple[str, ...]
    step: str | None
    action: str
    because: str
    by: str | None = None
    amount: Money | None = None
    policy: str | None = None
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class Stood:
    """Where an item stands after a fact or a tick that changed it."""

    at: datetime
    customer: str
    item: ItemDecision


Line = Did | Stood


def simulate(facts: Iterable[LedgerFact], book: Book, policies: Policies, span: Span, *, states: bool = False) -> Iterator[Line]:
    """What would have been done, in order of time, and with `states` every change of an item's state, level or open amount."""
    facts = sorted(facts, key=lambda fact: fact.at)  # equal times keep the ledger's order
    ticks = [] if any(isinstance(fact.says, Ticked) for fact in facts) else _daily(book, span)
    run = _Run(book, policies, states=states)
    starts, ends = book.place.start_of(span.first), book.place.start_of(span.last + timedelta(days=1))
    for fact in sorted([*facts, *ticks], key=lambda fact: fact.at):  # a day's tick comes after the facts of its instant
        if fact.at < ends:
            yield from run.take(fact, is_history=fact.at < starts)


def _daily(book: Book, span: Span) -> list[LedgerFact]:
    days = (span.last - span.first).days + 1
    return [LedgerFact("", book.place.at(span.first + timedelta(days=n), NINE), Ticked()) for n in range(days)]


class _Run:
    def __init__(self, book: Book, policies: Policies, *, states: bool) -> None:
        self._book, self._policies, self._states = book, policies, states
        self._customers: dict[str, SimulatedAccount] = {}
        self._by_invoice: dict[str, SimulatedAccount] = {}
        self._payers: dict[str, str] = {}
        self._off: LedgerFact | None = None

    def take(self, fact: LedgerFact, *, is_history: bool) -> Iterator[Line]:
        if isinstance(fact.says, Ticked):
            if not is_history:
                for each in self._customers.values():
                    if each.look_at is not None and each.look_at <= fact.at:
                        yield from self._look(each, fact.at)
            return
        if isinstance(fact.says, PolicySwitched):
            yield from self._switch(fact, is_history=is_history)
            return
        try:
            whose = self._whose(fact)
            whose.apply(fact)
        except CannotBe as error:
            yield Did(fact.at, _customer_of(fact) or "", _invoices_of(fact), None, "refused", str(error))
            return
        if isinstance(fact.says, Invoiced):
            self._by_invoice[fact.says.number] = whose
        if self._states and not is_history:
            yield from self._changed(whose, self._decide(whose, fact.at), fact.at)

    def _switch(self, fact: LedgerFact, *, is_history: bool) -> Iterator[Line]:
        """For everybody, and for those who come while the policies are off."""
        self._off = fact if isinstance(fact.says, PolicySwitched) and not fact.says.on else None
        for each in self._customers.values():
            each.apply(fact)
            if self._states and not is_history:
                yield from self._changed(each, self._decide(each, fact.at), fact.at)

    def _whose(self, fact: LedgerFact) -> SimulatedAccount:
        """The customer a fact is about; raises `CannotBe` when it does not name one."""
        if isinstance(fact.says, Reversed):
            for each in self._customers.values():
                if each.knows(fact.says.of):
                    return each
            raise CannotBe(f"There is no fact {fact.says.of} that could be reversed.")
        named = {self._owner(invoice) for invoice in _invoices_of(fact)} - {None}
        customer = self._payer(fact)
        if customer is not None:
            named.add(customer)
        if len(named) > 1:
            raise CannotBe(f"It names several customers: {', '.join(sorted(map(str, named)))}.")
        if not named:
            raise CannotBe(f"There is no invoice {', '.join(_invoices_of(fact))} yet.")
        number = str(named.pop())
        if number not in self._customers:
            self._customers[number] = SimulatedAccount(self._book, number)
            if self._off is not None:
                self._customers[number].apply(self._off)
        return self._customers[number]

    def _payer(self, fact: LedgerFact) -> str | None:
        """The customer themselves, or the parent that pays for them; what is said of a subsidiary itself is told of the parent's account."""
        customer = _customer_of(fact)
        if isinstance(fact.says, Known) and fact.says.parent is not None:
            if customer in self._customers or fact.says.parent == customer:
                raise CannotBe(f"{customer} has facts of its own already, so nobody else can pay for it.")
            self._payers[fact.says.customer] = self._payers.get(fact.says.parent, fact.says.parent)
        return self._payers.get(customer, customer) if customer is not None else None

    def _owner(self, invoice: str) -> str | None:
        owner = self._by_invoice.get(invoice) or self._by_invoice.get(invoice.rpartition("/")[0])
        return None if owner is None else owner.number

    def _decide(self, each: SimulatedAccount, now: datetime) -> Decision:
        return decide(self._policies.of(each.account), each.account, now)

    def _look(self, each: SimulatedAccount, now: datetime) -> Iterator[Line]:
        policy = self._policies.of(each.account)
        each.follow(policy)
        ask = decide if self._states else to_do
        decision = ask(policy, each.account, now)
        for _ in range(_LOOKS):
            before = each.account
            each.keep(decision.turns)
            done = [action for action in decision.actions if each.take(action, now)]
            for action in done:
                yield from _lines(each, action, now)
            if each.account is before:
                break
            decision = ask(policy, each.account, now)
        each.look_at = min((at for at in self._hints(decision) if at is not None), default=None)
        if self._states:
            yield from self._changed(each, decision, now)

    def _hints(self, decision: Decision) -> tuple[datetime | None, ...]:
        """When acting is next due; told of states, also when one next changes, in hours in which nobody acts."""
        return (decision.next_look_at, decision.next_change_at if self._states else None)

    def _changed(self, each: SimulatedAccount, decision: Decision, now: datetime) -> Iterator[Stood]:
        for item in decision.items:
            before = each.last.get(item.item.id)
            if before is None or (before.state, before.level, before.open) != (item.state, item.level, item.open):
                each.last[item.item.id] = item
                yield Stood(now, each.number, item)


def _customer_of(fact: LedgerFact) -> str | None:
    match fact.says:
        case Known(customer=customer) | Invoiced(customer=customer) | Released(customer=customer) | Held(customer=customer):
            return customer
        case Received(customer=customer) | Replied(customer=customer) | OptedOut(customer=customer):
            return customer
        case _:
            return None


def _invoices_of(fact: LedgerFact) -> tuple[str, ...]:
    match fact.says:
        case Invoiced(number=number):
            return (number,)
        case Received(invoice=invoice) if invoice is not None:
            return (invoice,)
        case Snoozed() | Promised() | Disputed() | Held() | Flagged() | Planned() | Released():
            return fact.says.invoices
        case Replied() | Collecting() | Failed() | Answered():
            return fact.says.invoices
        case _:
            return ()


def _lines(each: SimulatedAccount, action: Action, now: datetime) -> Iterator[Did]:
    """One per currency."""
    item = each.account.item
    listed = [item(entry.item) for entry in action.items + action.upcoming]
    amounts = {amount.currency: amount for amount in action.amounts}
    by = "+".join(action.via) if action.kind in _MESSAGES and action.via else None
    is_written = action.kind is ActionKind.REMIND and not SPOKEN.issuperset(action.via)
    ordinal = each.account.times_written(one.id for one in listed) if is_written else None
    for code in dict.fromkeys(one.total.currency for one in listed):
        numbers = tuple(one.number for one in listed if one.total.currency == code)
        amount = amounts.get(code, Money.zero(code))
        yield Did(now, each.number, numbers, action.step or None, action.kind.value, action.because, by, amount, action.policy[0], ordinal)
