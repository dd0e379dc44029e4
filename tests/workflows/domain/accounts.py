"""Builders of accounts and policies: small words for what the tables of the decide tests say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_OID, uuid5

from workflows.domain.account import (
    Account,
    Book,
    Credit,
    Customer,
    Escalation,
    Item,
    ItemKind,
    ListedItem,
    Notice,
    NoticeState,
    Payment,
    Plan,
    PlanState,
    Raised,
    Snooze,
)
from workflows.domain.calendar import Place
from workflows.domain.claims import Dispute, Hold, HoldKind, Promise, PromiseEnd
from workflows.domain.decide import decide
from workflows.domain.decision import Action, ActionKind, Decision
from workflows.domain.ids import BookId, CustomerId, HoldId, ItemId, NoticeId, PlanId, PromiseId, UserId
from workflows.domain.money import Money
from workflows.domain.policy import Alert, Anchor, Do, Escalate, FirstContact, Hours, Policy, Remind, Step, When

UTC_PLACE = Place("UTC")
BERLIN = Place("Europe/Berlin", "DE")
NEW_YORK = Place("America/New_York", "US")
AUCKLAND = Place("Pacific/Auckland", "NZ")
DUE = date(2026, 3, 2)  # a Monday
ANA = UserId(uuid5(NAMESPACE_OID, "Ana"))
MAX = UserId(uuid5(NAMESPACE_OID, "Max"))
_DAY = timedelta(days=1)


def item_id(number: str) -> ItemId:
    return ItemId(uuid5(NAMESPACE_OID, number))


def euro(amount: str, currency: str = "EUR") -> Money:
    return Money.of(amount, currency)


def day(offset: int) -> date:
    """That many days after the due day."""
    return DUE + offset * _DAY


def at(offset: int, clock: str = "10:00", place: Place = UTC_PLACE) -> datetime:
    """The instant at which the clocks of a place show that time, that many days after the due day."""
    return place.at(day(offset), time.fromisoformat(clock))


def invoice(
    number: str = "A",
    amount: str = "100.00",
    due: int | None = 0,
    *,
    currency: str = "EUR",
    issued: int | None = -30,
    seen: int | datetime = -30,
    kind: ItemKind = ItemKind.INVOICE,
) -> Item:
    """Days count from the due day of the tables; without `due` it has none."""
    seen_at = seen if isinstance(seen, datetime) else at(seen, "06:00")
    due_on, issued_on = (None if due is None else day(due)), (None if issued is None else day(issued))
    return Item(item_id(number), number, euro(amount, currency), due_on, seen_at, issued_on, kind)


def step(name: str, anchor: str, days: int, *does: Do | str, repeat: int | None = None) -> Step:
    """Without anything else it reminds, in words of its own name."""
    acts = tuple(_do(name, do) for do in does) or (Remind(name),)
    return Step(name, When(Anchor(anchor), days, repeat), acts)


def _do(name: str, do: Do | str) -> Do:
    known: dict[str, Do] = {"alert": Alert(), "remind": Remind(name), "escalate": Escalate()}
    return known[do] if isinstance(do, str) else do


LADDER = (
    step("upcoming", "before_due", 3),
    step("first", "after_due", 3, "alert", "remind"),
    step("second", "after_due", 10, "alert", "remind"),
    step("final", "after_previous", 11),
    step("handover", "after_due", 45, "escalate"),
)


def policy(*steps: Step, hours: str | None = None, **keys: object) -> Policy:
    """Without hours, gaps or minimum unless they are given; nobody waits for a release."""
    limits = {} if hours is None else {"hours": Hours(*map(time.fromisoformat, hours.split("-")))}
    plain = Policy("table", steps or LADDER, first_contact=FirstContact.HIGHEST_DUE)
    return replace(plain, **limits, **keys)  # type: ignore[arg-type]


def account(
    *items: Item, place: Place = UTC_PLACE, at_book: Place = UTC_PLACE, emails: tuple[str, ...] = ("ap@acme.example",), **facts: object
) -> Account:
    book = Book(BookId(uuid5(NAMESPACE_OID, "book")), "main", "Main Ltd", at_book)
    customer = Customer(CustomerId(uuid5(NAMESPACE_OID, "acme")), book.id, "C1", "Acme", place, emails=emails)
    return Account(book, customer, items, **facts)  # type: ignore[arg-type]


def paid(amount: str, item: str | None = "A", on: int = 0, currency: str = "EUR") -> Payment:
    return Payment(euro(amount, currency), day(on), item_id(item) if item else None)


def credited(amount: str, item: str | None = "A", on: int = 0, currency: str = "EUR") -> Credit:
    return Credit(euro(amount, currency), day(on), item_id(item) if item else None)


def snooze(until: int, item: str = "A", since: int = 0, ended: datetime | None = None) -> Snooze:
    return Snooze(item_id(item), day(until), ANA, at(since), ended)


def escalation(since: int = 0, item: str = "A", ended: datetime | None = None) -> Escalation:
    return Escalation(item_id(item), MAX, "why", ANA, at(since), ended)


def promise(
    until: int,
    amount: str = "100.00",
    *items: str,
    since: int = 0,
    ended: datetime | None = None,
    how: PromiseEnd | None = None,
) -> Promise:
    named = items or ("A",)
    key = PromiseId(uuid5(NAMESPACE_OID, f"promise {until} {since} {named}"))
    how = how or (PromiseEnd.CANCELLED if ended else None)
    return Promise(key, tuple(item_id(number) for number in named), euro(amount), day(until), ANA, at(since), ended, how)


def dispute(since: int = 0, item: str = "A", ended: datetime | None = None) -> Dispute:
    return Dispute(item_id(item), "wrong price", ANA, at(since), ended)


def hold(until: int | None = None, item: str | None = "A", since: int = 0, ended: datetime | None = None) -> Hold:
    ends = None if until is None else day(until)
    key = HoldId(uuid5(NAMESPACE_OID, f"hold {until} {item} {since}"))
    return Hold(key, item_id(item) if item else None, "asked for", ends, ANA, at(since), ended_at=ended)


def says_paid(until: int, item: str = "A", since: int = 0, had: str = "0.00") -> Hold:
    return replace(hold(until, item, since), kind=HoldKind.SAYS_PAID, had=euro(had))


def notice(
    on: int,
    said: str = "first",
    *items: str,
    state: NoticeState = NoticeState.SENT,
    currencies: tuple[str, ...] = ("EUR",),
    by: UserId | None = None,
    sent: datetime | None = None,
) -> Notice:
    """Written that day at 10:00 about the items (`A` unless named), each counting as the step said; the first one leads."""
    listed = tuple(ListedItem(item_id(number), said, 0, leads=not index) for index, number in enumerate(items or ("A",)))
    key = NoticeId(uuid5(NAMESPACE_OID, f"{on} {said} {items}"))
    return Notice(key, day(on), at(on), said, listed, state, "email", by, currencies, sent)


def plan(
    *due_and_amount: tuple[int, str],
    covers: tuple[str, ...] = ("A",),
    state: PlanState = PlanState.ACTIVE,
    since: int = 0,
    ended: datetime | None = None,
) -> Plan:
    key = PlanId(uuid5(NAMESPACE_OID, f"plan {covers} {since}"))
    parts = tuple(
        replace(invoice(f"{covers[0]}/{n}", amount, due, issued=since, seen=since, kind=ItemKind.INSTALMENT), plan=key)
        for n, (due, amount) in enumerate(due_and_amount, 1)
    )
    return Plan(key, tuple(item_id(number) for number in covers), parts, state, ANA, at(since), ended_at=ended)


def raised(name: str, item: str = "A", occurrence: int = 0, on: int = 0) -> Raised:
    return Raised(item_id(item), name, occurrence, at(on))


def minimum(**amounts: str) -> dict[str, Money]:
    return {code: euro(amount, code) for code, amount in amounts.items()}


def message(decision: Decision) -> Action | None:
    """What is written to the customer now."""
    return next((action for action in decision.actions if action.kind is ActionKind.REMIND), None)


def said(policy: Policy, account: Account, now: datetime) -> str | None:
    """The step in whose words the customer is written to now."""
    found = message(decide(policy, account, now))
    return None if found is None else found.step


def level(policy: Policy, account: Account, now: datetime, item: str = "A") -> str | None:
    return decide(policy, account, now).of(item_id(item)).level


def state(policy: Policy, account: Account, now: datetime, item: str = "A") -> str:
    return decide(policy, account, now).of(item_id(item)).state.value


def told(policy: Policy, account: Account, now: datetime) -> list[tuple[str, str]]:
    """What goes to staff now: kind and step. That nothing more is to come is told elsewhere."""
    others = {ActionKind.REMIND, ActionKind.NONE, ActionKind.FINISHED}
    return [(a.kind.value, a.step) for a in decide(policy, account, now).actions if a.kind not in others]


def withheld(policy: Policy, account: Account, now: datetime) -> str | None:
    """Why a step that was reached is withheld."""
    return next((action.because for action in decide(policy, account, now).actions if action.kind is ActionKind.NONE), None)


def numbers(account: Account, listed: Iterable[ListedItem]) -> list[str]:
    return [account.item(entry.item).number for entry in listed]


def midnight_utc(offset: int) -> datetime:
    return datetime.combine(day(offset), time(), UTC)


def hint(policy: Policy, account: Account, now: datetime) -> datetime | None:
    return decide(policy, account, now).next_look_at


def look(policy: Policy, account: Account, now: datetime) -> Decision:
    """The decision itself. Everything here asks through this module, so that seeded mistakes can take the place of `decide`."""
    return decide(policy, account, now)
