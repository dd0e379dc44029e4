"""One account in every state, and what it is made of: a Tuesday, 24 November 2026, 10:00 in Berlin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from workflows.domain.access import Role, User
from workflows.domain.account import (
    Account,
    Act,
    Book,
    Credit,
    Customer,
    Escalation,
    Flag,
    Item,
    ItemKind,
    ListedItem,
    Notice,
    NoticeState,
    Payment,
    Plan,
    PlanState,
    Snooze,
)
from workflows.domain.calendar import Place
from workflows.domain.claims import Dispute, Hold, HoldKind, Promise
from workflows.domain.decision import ItemDecision, NextStep, PromiseNow, State
from workflows.domain.ids import BookId, CustomerId, HoldId, ItemId, NoticeId, PlanId, PromiseId, UserId
from workflows.domain.ladder import Ladder
from workflows.domain.money import Money, split
from workflows.domain.policy import Policy
from workflows.domain.promises import Fate
from workflows.domain.standing import Standing

BERLIN = Place("Europe/Berlin", "DE")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def ident(number: int) -> UUID:
    return UUID(int=0x5EED_0000_0000_4000_8000_0000_0000_0000 + number)


ANA, MARIA = UserId(ident(1)), UserId(ident(2))
PEOPLE: Mapping[UserId, str] = {ANA: "Ana Weiss", MARIA: "Maria Holt"}
MANAGERS = (
    User(MARIA, "maria@northwind.example", "Maria Holt", Role.MANAGER),
    User(UserId(ident(3)), "jo@northwind.example", "Jo Lund", Role.MANAGER),
)
BOOK = Book(
    BookId(ident(10)),
    "main",
    "Northwind GmbH",
    BERLIN,
    currency="EUR",
    read_through=date(2026, 11, 23),
    read_at=NOW - timedelta(minutes=46),
)
CUSTOMER = Customer(CustomerId(ident(20)), BOOK.id, "C-1", "Acme GmbH", BERLIN, emails=("ap@acme.example",), owner=ANA)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def at(on: date, hour: int = 9, minute: int = 0) -> datetime:
    return BERLIN.at(on, time(hour, minute))


ITEM = Item(
    ItemId(ident(30)),
    "INV-2041",
    eur("14400.00"),
    date(2026, 10, 30),
    at(date(2026, 9, 30)),
    issued_on=date(2026, 9, 30),
    reference="PO 8841",
)
SECOND = Item(ItemId(ident(31)), "INV-2077", eur("2400.00"), date(2026, 11, 23), at(date(2026, 10, 24)), issued_on=date(2026, 10, 24))
PAID = Payment(eur("2000.00"), date(2026, 11, 12), ITEM.id)


def notice(number: int, on: date, step: str, state: NoticeState = NoticeState.DELIVERED, because: str = "") -> Notice:
    return Notice(
        NoticeId(ident(40 + number)), on, at(on), step, (ListedItem(ITEM.id, step, leads=True),), state, sent_at=at(on), because=because
    )


NOTICES = (notice(1, date(2026, 11, 2), "first"), notice(2, date(2026, 11, 16), "second"))
NEXT = NextStep("final", date(2026, 11, 25), at(date(2026, 11, 25)), reminds=True)
LATER = NextStep("handover", date(2026, 12, 14), at(date(2026, 12, 14)), reminds=False)


def account(**changes: object) -> Account:
    plain = Account(BOOK, CUSTOMER, (ITEM, SECOND), (PAID,), notices=NOTICES, policy=("standard", 1), released_at=at(date(2026, 9, 30)))
    return replace(plain, **changes)  # type: ignore[arg-type]


def decided(
    state: State = State.CHASING,
    *,
    following: NextStep | None = NEXT,
    because: str = "The second reminder went out on 16 November.",
    open_: str = "12400.00",
) -> ItemDecision:
    return ItemDecision(ITEM, state, "second", eur(open_), 25, because, following)


def promised(fate: Fate = Fate.RUNNING, state: State = State.PROMISED) -> ItemDecision:
    following = LATER if state is State.PROMISED else NEXT
    return replace(decided(state, following=following), promise=PromiseNow(PROMISE, fate, date(2026, 12, 8)))


def stood(one: ItemDecision) -> Standing:
    """Where it stands, as lists have it."""
    return Standing(one.item, one.open, one.days_past_due, Ladder(Policy("standard", ()), one.item, {}), one.state, None, one.because)


SECOND_DECIDED = ItemDecision(
    SECOND,
    State.OPEN,
    None,
    eur("2400.00"),
    1,
    "One day late.",
    NextStep("first", date(2026, 11, 26), at(date(2026, 11, 26)), reminds=True),
)


def act(name: str, words: str, when: datetime) -> Act:
    return Act(ITEM.id, name, ANA, "Ana Weiss", when, words)


ACTED = at(TODAY, 9, 41)
SNOOZED = account(
    snoozes=(Snooze(ITEM.id, date(2026, 11, 30), ANA, ACTED),), acts=(act("snooze_item", "Ana Weiss snoozed until Mon 30 Nov", ACTED),)
)
FLAGGED = account(
    flags=(Flag(ITEM.id, ANA, ACTED, "Their new bookkeeper starts in December"),), acts=(act("flag_item", "Ana Weiss flagged it", ACTED),)
)
ESCALATED = account(
    escalations=(Escalation(ITEM.id, MARIA, "They dispute the freight costs by phone", ANA, ACTED),),
    acts=(act("escalate_item", "Ana Weiss escalated to Maria Holt", ACTED),),
)
PROMISE = Promise(PromiseId(ident(70)), (ITEM.id,), eur("5000.00"), date(2026, 12, 3), ANA, ACTED)
PROMISED = account(
    promises=(PROMISE,), acts=(act("promise.recorded", "Ana Weiss noted a promise of 5,000.00 EUR for Thu 3 Dec 2026", ACTED),)
)
DISPUTED = account(disputes=(Dispute(ITEM.id, "The freight was agreed as free.", ANA, ACTED),))
HELD = account(holds=(Hold(HoldId(ident(71)), None, "their books are audited", None, ANA, ACTED),))
SAID_PAID = account(
    holds=(Hold(HoldId(ident(72)), ITEM.id, "", date(2026, 12, 2), ANA, ACTED, HoldKind.SAYS_PAID, eur("2000.00")),),
)
DATES = (date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1))
PARTS = tuple(
    Item(ItemId(ident(60 + n)), f"INV-2041/{n + 1}", part, on, NOW, kind=ItemKind.INSTALMENT, plan=PlanId(ident(50)))
    for n, (part, on) in enumerate(zip(split(eur("12400.00"), [1, 1, 1]), DATES, strict=True))
)
PLAN = Plan(PlanId(ident(50)), (ITEM.id,), PARTS, PlanState.PROPOSED, ANA, ACTED)
PROPOSED = account(plans=(PLAN,), acts=(act("offer_plan", "Ana Weiss proposed a plan of 3 instalments", ACTED),))
ACTIVE = account(
    plans=(replace(PLAN, state=PlanState.ACTIVE, accepted_by=ANA, accepted_at=ACTED, accepted_how="phone"),),
    acts=(act("accept_plan", "Ana Weiss noted that the customer accepted by phone", ACTED),),
)
BOUNCED = account(notices=(*NOTICES, notice(3, date(2026, 11, 23), "final", NoticeState.FAILED, "the mailbox does not exist")))
UNKNOWN = account(notices=(*NOTICES, notice(4, date(2026, 11, 24), "final", NoticeState.UNKNOWN)))
STALE = account(book=replace(BOOK, read_through=date(2026, 11, 18)), fresh_until=at(date(2026, 11, 20)))
SETTLED = account(payments=(PAID, Payment(eur("12400.00"), date(2026, 11, 26), ITEM.id)))
CREDITED = account(credits=(Credit(eur("12400.00"), date(2026, 11, 20), ITEM.id),))
GERMAN = account(book=replace(BOOK, language="de"))
AMERICAN = account(book=replace(BOOK, place=Place("America/New_York", "US")))
FIRST_TIME = account(notices=(), payments=())


HOSTILE = {
    "markup": '<script>alert(1)</script> & <b>Sons</b> "quoted"',
    "formatting": "*Acme* _Holding_ ~Ltd~ `code` :moneybag: > quote",
    "mentions": "<!channel> @here <@U024BE7LH> <https://example.com|pay here>",
    "right_to_left": "\u202eחברת אבג בע״מ\u202c \u2067شركة\u2069",
    "emoji": "👩\u200d🚀 Rockets 🇩🇪 Zażółć",
    "controls": "Acme\x1b[31m\x07\r\nBcc: all\x00\u200b\U000e0041",
    "long": "Very Long Name of a Holding " * 18,
}
