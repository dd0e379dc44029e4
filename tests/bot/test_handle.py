"""Who may do what: every role and every action, through the one door; and what the door does when a thing breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, starmap
from uuid import UUID

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from adapters.chat.protocol import Incoming, Person, Reply
from adapters.letters.template_letters import TemplateLetters
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.desk import entry_forms, home_desk, reply_forms
from bot.desk.forms import FormDesk
from bot.desk.request_forms import NAMES
from bot.handle import Desk
from bot.policies import PolicyBook, PolicyVersion, policy_files
from cards.actions import Action, Name
from cards.plain.render import render
from tests.conftest import SECRET_KEY
from tests.fakes.clock import FixedClock
from tests.workflows.office import ANA, opened
from workflows.domain.access import Role, User
from workflows.domain.account import Escalation, Flag, Item, ItemKind, ListedItem, Notice, NoticeState, Plan, PlanState, Snooze
from workflows.domain.approving import Limits
from workflows.domain.calendar import Place
from workflows.domain.claims import Dispute, Hold, Promise
from workflows.domain.ids import BookId, CardId, HoldId, ItemId, NoticeId, PlanId, PromiseId, UserId, new_id
from workflows.domain.money import Money
from workflows.errors import NotKnown
from workflows.records import CardKind, LedgerRow, StaffCard

PEOPLE = {role: User(UserId(new_id()), f"{role.word}@nordhafen.example", role.word.title(), role) for role in Role}
PLAN, NOTICE = PlanId(UUID(int=8)), NoticeId(UUID(int=9))
_KEYS = count(1)


@dataclass(slots=True)
class Office:
    """One book with one overdue invoice of 400 euros, and the door."""

    store: SqlStore
    desk: Desk
    clock: FixedClock
    book: BookId
    item: ItemId
    nudged: list[None]

    async def do(self, role: Role, action: Action | None = None, values: dict[str, str] | None = None, text: str | None = None) -> Reply:
        return await self.desk(await self.accepted(Person("inbox", "", str(PEOPLE[role].id)), action, values, text))

    async def accepted(
        self, person: Person, action: Action | None = None, values: dict[str, str] | None = None, text: str | None = None
    ) -> Incoming:
        incoming = Incoming(f"test:{next(_KEYS)}", person, action, text, values or {})
        assert await self.store.inbound(self.clock).accept(incoming)
        return incoming

    async def refusals(self) -> int:
        await self.store.audit.verify()
        return len([entry async for entry in self.store.audit.entries() if entry.type == "refused"])


@pytest.fixture
async def office(one_url: str, clock: FixedClock) -> AsyncIterator[Office]:
    store = SqlStore(open_engine(one_url), [SECRET_KEY])
    current = [(name, await store.add_policy(name, text)) for name, text in policy_files(None)]
    policies = PolicyBook(list(starmap(PolicyVersion, await store.policy_versions())), current)
    today = clock.now().date()
    nudged: list[None] = []
    async with store() as work:
        book = replace(await work.book("main"), name="Nordhafen", place=Place("Europe/Berlin", "DE"), read_through=today)
        await work.change_book(book)
        for user in PEOPLE.values():
            await work.add_user(user)
        row = LedgerRow(
            "N-1", "C-1", "Brill & Sons", Money.of("400.00", "EUR"), today.replace(day=2), today.replace(day=1), email="b@brill.example"
        )
        await work.store_rows(book.id, [row], clock.now())
        (found,) = await work.find_items("N-1")
        await work.release(found.customer.id, None, clock.now())
    desk = Desk(store, policies, TemplateLetters(None), clock, {}, lambda: nudged.append(None))
    yield Office(store, desk, clock, book.id, found.item.id, nudged)
    await store.close()


async def _nothing(_: Office) -> None:
    pass


async def _flagged(office: Office) -> None:
    async with office.store() as work:
        await work.flag(Flag(office.item, PEOPLE[Role.MANAGER].id, office.clock.now()))


async def _escalated(office: Office) -> None:
    async with office.store() as work:
        await work.escalate(Escalation(office.item, PEOPLE[Role.MANAGER].id, "why", None, office.clock.now()))


async def _snoozed(office: Office) -> None:
    async with office.store() as work:
        until = office.clock.now().date() + timedelta(days=5)
        await work.snooze(Snooze(office.item, until, PEOPLE[Role.MANAGER].id, office.clock.now()))


async def _promised(office: Office) -> None:
    async with office.store() as work:
        account = await work.account_of(office.item)
        now = office.clock.now()
        word = Promise(PromiseId(new_id()), (office.item,), Money.of("40.00", "EUR"), now.date(), PEOPLE[Role.MANAGER].id, now)
        await work.promise(word, account.customer.id)


async def _disputed(office: Office) -> None:
    async with office.store() as work:
        await work.dispute(Dispute(office.item, "wrong price", PEOPLE[Role.MANAGER].id, office.clock.now()))


async def _held(office: Office) -> None:
    async with office.store() as work:
        account = await work.account_of(office.item)
        await work.hold(Hold(HoldId(new_id()), None, "audit", None, PEOPLE[Role.MANAGER].id, office.clock.now()), account.customer.id)


async def _offered(office: Office) -> None:
    async with office.store() as work:
        account = await work.account_of(office.item)
        now = office.clock.now()
        part = Item(ItemId(new_id()), "N-1/1", Money.of("400.00", "EUR"), now.date(), now, now.date(), ItemKind.INSTALMENT, PLAN)
        plan = Plan(PLAN, (office.item,), (part,), PlanState.PROPOSED, PEOPLE[Role.MANAGER].id, now)
        await work.add_plan(plan, account.customer.id)


async def _in_doubt(office: Office) -> None:
    async with office.store() as work:
        account = await work.account_of(office.item)
        now = office.clock.now()
        listed = (ListedItem(office.item, "first", leads=True),)
        await work.add_notice(account.customer.id, Notice(NOTICE, now.date(), now, "first", listed, NoticeState.UNKNOWN), "k")


async def _digested(office: Office) -> None:
    async with office.store() as work:
        now, items = office.clock.now(), {"items": [str(office.item)]}
        await work.add_card(StaffCard(CardId(new_id()), CardKind.DIGEST, office.book, office.book, now.date(), now, data=items))


LOOKS, ACTS = Role.VIEWER, Role.COLLECTOR
ESCALATION = {"to": str(PEOPLE[Role.MANAGER].id), "why": "Two promises broken"}
TERMS = {"count": "2", "rhythm": "monthly", "first": "2026-12-01", "deposit": ""}
WORD = {"amount": "40.00", "until": "2026-12-03"}
CLAIMS = {"reason": "wrong price", "outcome": "agreed", "why": "audit", "note": "rang them"}

# action, the least role that may, what it carries, what was typed, what stands before it
TABLE: list[tuple[Name, Role, dict[str, str], dict[str, str], Callable[..., object]]] = [
    (Name.OPEN, LOOKS, {}, {}, _nothing),
    (Name.WHY, LOOKS, {}, {}, _nothing),
    (Name.SHOW_ALL, LOOKS, {}, {}, _digested),
    (Name.SHOW_ALL, LOOKS, {"page": "²"}, {}, _digested),
    (Name.SHOW_OUTGOING, LOOKS, {}, {}, _nothing),
    (Name.SHOW_DEBTORS, LOOKS, {}, {}, _nothing),
    (Name.SHOW_WAITING, LOOKS, {}, {}, _nothing),
    (Name.SHOW_COLLECTED, LOOKS, {}, {}, _nothing),
    (Name.SHOW_SENT, LOOKS, {}, {}, _nothing),
    (Name.SHOW_ANSWERS, LOOKS, {}, {}, _nothing),
    (Name.SHOW_JUDGED, LOOKS, {}, {}, _nothing),
    (Name.SHOW_COMING, LOOKS, {}, {}, _nothing),
    (Name.SHOW_APPROVALS, LOOKS, {}, {}, _nothing),
    (Name.ASK, LOOKS, {"q": "overdue"}, {}, _nothing),
    (Name.ASK, ACTS, {"q": "flag N-1"}, {}, _nothing),
    (Name.FLAG, ACTS, {}, {}, _nothing),
    (Name.UNFLAG, ACTS, {}, {}, _flagged),
    (Name.SNOOZE, ACTS, {}, {}, _nothing),
    (Name.CONFIRM_SNOOZE, ACTS, {}, {"length": "3"}, _nothing),
    (Name.CONFIRM_SNOOZE, ACTS, {}, {"length": "3", "scope": "customer"}, _nothing),
    (Name.CONFIRM_SNOOZE_ALL, ACTS, {"until": "2026-12-03", "shown": "f00d"}, {}, _nothing),
    (Name.PLAN, ACTS, {}, {}, _nothing),
    (Name.PREVIEW_PLAN, ACTS, {}, TERMS, _nothing),
    (Name.CONFIRM_PLAN, ACTS, TERMS, {"answer": "phone"}, _nothing),
    (Name.PROMISE, ACTS, {}, {}, _nothing),
    (Name.CONFIRM_PROMISE, ACTS, {}, WORD, _nothing),
    (Name.CANCEL_PROMISE, ACTS, {}, {}, _promised),
    (Name.SAYS_PAID, ACTS, {}, {}, _nothing),
    (Name.DISPUTE, ACTS, {}, {}, _nothing),
    (Name.CONFIRM_DISPUTE, ACTS, {}, CLAIMS, _nothing),
    (Name.SETTLE_DISPUTE, ACTS, {}, {}, _disputed),
    (Name.CONFIRM_SETTLE, ACTS, {}, CLAIMS, _disputed),
    (Name.HOLD, ACTS, {}, {}, _nothing),
    (Name.CONFIRM_HOLD, ACTS, {}, CLAIMS, _nothing),
    (Name.RELEASE_HOLD, ACTS, {}, {}, _held),
    (Name.NOTE, ACTS, {}, {}, _nothing),
    (Name.CONFIRM_NOTE, ACTS, {}, CLAIMS, _nothing),
    (Name.ESCALATE, ACTS, {}, {}, _nothing),
    (Name.CONFIRM_ESCALATE, ACTS, {}, ESCALATION, _nothing),
    (Name.HAND_BACK, ACTS, {}, {}, _escalated),
    (Name.SEND_REMINDER, ACTS, {}, {}, _nothing),
    (Name.EDIT_REMINDER, ACTS, {}, {}, _nothing),
    (Name.CONFIRM_REMINDER, ACTS, {"print": "f00d", "earlier": "0"}, {}, _nothing),
    (Name.WAKE, ACTS, {}, {}, _snoozed),
    (Name.ACCEPT_PLAN, ACTS, {"plan": str(PLAN)}, {}, _offered),
    (Name.DECLINE_PLAN, ACTS, {"plan": str(PLAN)}, {}, _offered),
    (Name.WAS_SENT, ACTS, {}, {}, _in_doubt),
    (Name.SEND_AGAIN, ACTS, {}, {}, _in_doubt),
]


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.word)
@pytest.mark.parametrize(("name", "least", "data", "values", "before"), TABLE, ids=[f"{row[0]}-{row[1].word}" for row in TABLE])
async def test_each_role_does_what_it_may_and_no_more(
    office: Office, name: Name, least: Role, data: dict[str, str], values: dict[str, str], before: Callable[..., object], role: Role
) -> None:
    await before(office)  # type: ignore[misc]
    things: dict[Name, UUID] = {
        Name.SHOW_ALL: office.book,
        Name.SHOW_OUTGOING: office.book,
        Name.SHOW_DEBTORS: office.book,
        Name.SHOW_WAITING: office.book,
        Name.SHOW_COLLECTED: office.book,
        Name.SHOW_SENT: office.book,
        Name.SHOW_ANSWERS: office.book,
        Name.SHOW_JUDGED: office.book,
        Name.SHOW_COMING: office.book,
        Name.WAS_SENT: NOTICE,
        Name.SEND_AGAIN: NOTICE,
    }
    thing = things.get(name, office.item)
    reply = await office.do(role, Action(name, thing, 0, data), values)
    told = "" if reply.card is None else render(reply.card)
    if role >= least:
        assert "Nothing was changed" not in told
        assert await office.refusals() == 0
    else:
        needs = least if role is not Role.VIEWER else Role.COLLECTOR  # a viewer fails at the first door already
        assert f"Your role is {role.word}; this needs a {needs.word}." in told
        assert reply.form is None
        assert await office.refusals() == 1


def test_the_table_leaves_no_action_out() -> None:
    tables = {row[0] for row in TABLE} | NAMES | reply_forms.NAMES | entry_forms.NAMES | home_desk.NAMES
    assert tables | {Name.RELEASE, Name.LINK, Name.CONFIRM_LINK} == set(Name)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.word)
async def test_only_managers_release(office: Office, role: Role) -> None:
    reply = await office.do(role, Action(Name.RELEASE, office.book))
    assert reply.card is not None
    assert ("Nobody waits" in render(reply.card)) is (role >= Role.MANAGER)


# What opens a form about no row of ours.
ABOUT_NOTHING = {Name.NEW_USER, Name.ADD_USER, Name.ROLE, Name.CONFIRM_ROLE, Name.INVITE, Name.CONFIRM_INVITE}
ABOUT_NOTHING |= {Name.PREFERENCES, Name.SET_PREFERENCES}


@pytest.mark.parametrize("name", sorted(set(Name) - ABOUT_NOTHING))
async def test_a_thing_that_is_gone_is_said_so_and_never_apologised_for(office: Office, name: Name) -> None:
    data = {"plan": str(new_id())} | TERMS
    with capture_logs() as logged:
        reply = await office.do(
            Role.ADMINISTRATOR, Action(name, new_id(), 0, data), {**CLAIMS, **WORD, **ESCALATION, **TERMS, "length": "3"}
        )
    assert reply.card is not None
    assert "reference" not in render(reply.card)
    assert not [entry for entry in logged if entry["log_level"] == "error"]


async def test_a_person_the_inbox_does_not_know_changes_nothing(office: Office) -> None:
    for stranger in (str(new_id()), "", "x"):
        reply = await office.desk(await office.accepted(Person("inbox", "", stranger), Action(Name.FLAG, office.item)))
        assert reply.card is not None
        assert "I do not know you yet" in render(reply.card)
    assert await office.refusals() == 3


async def test_an_unexpected_error_is_an_apology_with_the_reference_of_the_log(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    incoming = Incoming("never accepted", Person("inbox", "", str(PEOPLE[Role.VIEWER].id)), text="overdue")
    with capture_logs() as logged:
        reply = await office.desk(incoming)
    assert reply.failed
    assert reply.card is not None
    assert next(entry["reference"] for entry in logged if entry["log_level"] == "error") in render(reply.card)
    assert "never accepted" not in render(reply.card)
    assert not office.nudged


async def test_two_failures_in_the_same_minute_have_a_reference_each(office: Office) -> None:
    with capture_logs() as logged:
        for key in ("never", "nor this"):
            await office.desk(Incoming(key, Person("inbox", "", str(PEOPLE[Role.VIEWER].id)), text="overdue"))
    references = [entry["reference"] for entry in logged if "reference" in entry]
    assert len(set(references)) == len(references) == 2


async def test_a_press_is_done_though_the_connections_to_the_database_were_cut(postgresql_url: str) -> None:
    """On PostgreSQL only: the server ends every one, those of the pool that have just worked too."""
    store = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    owing = await opened(store, "acme")
    item = (await owing.account("acme")).items[0].id
    incoming = Incoming("press", Person("inbox", "", str(ANA.id)), Action(Name.FLAG, item))
    await store.inbound(owing.clock).accept(incoming)
    elsewhere = open_engine(postgresql_url)
    async with elsewhere.begin() as session:
        mine = "datname = current_database() AND pid <> pg_backend_pid()"
        await session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}"))
    reply = await owing.desk(incoming)
    assert reply.card is not None
    assert "reference" not in render(reply.card)
    assert len((await owing.account("acme")).flags) == 1
    await elsewhere.dispose()
    await store.close()


async def test_what_was_done_wakes_the_delivery_and_a_second_time_it_is_not_done(office: Office) -> None:
    incoming = await office.accepted(Person("inbox", "", str(PEOPLE[Role.COLLECTOR].id)), Action(Name.FLAG, office.item))
    first, second = await office.desk(incoming), await office.desk(incoming)
    assert first.card is not None
    assert second.card is not None
    assert "flagged" in render(first.card)
    assert "This was done already, and was not done twice." in render(second.card)
    assert office.nudged


def test_words_that_are_sure_to_mean_a_form_are_told_from_those_only_the_ledger_knows(office: Office) -> None:
    sure = ("remind INV-1", "SNOOZE INV-1", "escalate INV-1", "fee INV-1")
    unsure = ("snooze INV-1 3d", "remind INV 1", "flag INV-1", "remind", "invoice INV-1", "share remind INV-1", "")
    assert [words for words in (*sure, *unsure) if office.desk.opens(words)] == [*sure]


async def test_a_form_of_no_kind_of_ours_is_not_known(office: Office) -> None:
    async with office.store() as work:
        desk = FormDesk(PEOPLE[Role.COLLECTOR], work, office.desk.policies, office.clock, Limits())
        with pytest.raises(NotKnown):
            await desk.answer(Action(Name.FLAG, UUID(str(office.item))), {})


# What is pressed to begin and to end, what is typed, and what the answers and the card between them say.
CLAIMED = [
    (
        Name.PROMISE,
        Name.CONFIRM_PROMISE,
        WORD,
        "€40.00 promised for Thu 3 Dec",
        "Promised €40.00",
        Name.CANCEL_PROMISE,
        "promise cancelled",
    ),
    (Name.DISPUTE, Name.CONFIRM_DISPUTE, CLAIMS, "N-1: disputed", "wrong price", Name.CONFIRM_SETTLE, "dispute settled"),
    (Name.HOLD, Name.CONFIRM_HOLD, CLAIMS, "N-1: on hold", "On hold (Collector, today", Name.RELEASE_HOLD, "N-1: released"),
    (None, Name.SAYS_PAID, {}, "said to be paid", "The customer says it is paid", Name.RELEASE_HOLD, "N-1: released"),
    (Name.NOTE, Name.CONFIRM_NOTE, CLAIMS, "note kept", "Collector noted: rang them", None, ""),
]


@pytest.mark.parametrize(("form", "press", "typed", "answer", "shown", "end", "ended"), CLAIMED, ids=[str(row[1]) for row in CLAIMED])
async def test_what_customers_say_is_recorded_shown_and_ended_through_the_door(
    office: Office, form: Name | None, press: Name, typed: dict[str, str], answer: str, shown: str, end: Name | None, ended: str
) -> None:
    if form is not None:
        assert (await office.do(Role.COLLECTOR, Action(form, office.item))).form is not None
    assert answer in await said(office, Action(press, office.item), typed)
    after = await said(office, Action(Name.OPEN, office.item))
    assert shown in after
    assert ("[Send reminder] [Snooze]" in after) is (end is None), "what is silent offers no reminder"
    if end is not None:
        assert ended in await said(office, Action(end, office.item, 1), typed)
        assert "[Send reminder] [Snooze]" in await said(office, Action(Name.OPEN, office.item))


async def said(office: Office, action: Action, typed: dict[str, str] | None = None) -> str:
    reply = await office.do(Role.COLLECTOR, action, typed)
    assert reply.card is not None
    return " ".join(render(reply.card).split())


async def test_a_promise_of_too_much_comes_back_as_the_form_with_what_was_typed(office: Office) -> None:
    reply = await office.do(Role.COLLECTOR, Action(Name.CONFIRM_PROMISE, office.item), {"amount": "4000", "until": "2026-12-03"})
    assert reply.form is not None
    assert "Only 400.00 EUR is open" in reply.errors["amount"]
    assert "4000" in str(reply.form.fields)
