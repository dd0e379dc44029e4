"""One batch of the tick: decide every account whose time has come, and store what follows from it in the same transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta

from workflows.acting import record, stand
from workflows.carry_out import TO_DO, actor, ask, charge, make_task, tell, turn
from workflows.domain.access import Role, User
from workflows.domain.account import Account, Escalation, Raised
from workflows.domain.decide import to_do
from workflows.domain.decision import Action, ActionKind
from workflows.domain.freshness import fresh_under
from workflows.domain.ids import CardId, new_id
from workflows.domain.lateness import all_settled
from workflows.domain.writing import NEEDS_A_LOOK
from workflows.errors import Refused
from workflows.escalate_item import hand_to_manager
from workflows.gathered import Gathered
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.records import CardKind, StaffCard

PUT_ASIDE = timedelta(hours=1)
IN_A_ROW = 20  # accounts decided before whatever else the process does has its turn: a press must not wait for a batch


@dataclass(frozen=True, slots=True)
class DecideAccounts:
    """At most `limit` accounts in this unit."""

    limit: int = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """How many accounts were decided and what was stored; an account count of zero means the tick is over."""

    accounts: int = 0
    notices: int = 0
    raised: int = 0
    escalated: int = 0
    waiting: int = 0
    withheld: int = 0
    charged: int = 0
    asked: int = 0
    tasks: int = 0

    def __add__(self, other: Decided) -> Decided:
        return Decided(*(mine + more for mine, more in zip(astuple(self), astuple(other), strict=True)))


async def decide_accounts(ask: DecideAccounts, work: UnitOfWork, policies: Policies, clock: Clock) -> Decided:
    """Repeating it, late or twice, stores the same: every effect has a key that the store keeps unique."""
    now = clock.now()
    done, gathered = Counter[str](), Gathered()
    managers = sorted((user for user in await work.users() if user.role >= Role.MANAGER), key=lambda user: user.role)
    batch = await work.accounts(await work.claim_accounts(now, ask.limit))
    cards = _Cards(await work.cards_concerning([account.customer.id for account in batch]))
    for count, claimed in enumerate(batch, 1):
        if count % IN_A_ROW == 0:
            await work.give_way()
        account = claimed
        try:
            policy = policies.of(account)
            if (until := fresh_under(policy, account)) != account.fresh_until:
                account = replace(account, fresh_until=until)
            decision = to_do(policy, account, now)
        except Exception as error:  # ruff: ignore[blind-except] - whatever it is, it must stop no other account
            await _put_aside(account, error, work, now)
            continue
        for change in decision.turns:
            await turn(change, account, work, now)
        for action in decision.actions:
            done.update(await _carry_out(action, account, gathered, managers, work, now))
        is_done = not decision.actions and all_settled(policy, account)
        gathered.look(account, decision, None if is_done else (policy.name, policy.version))
        for card in cards.take(account):
            gathered.show(account.book, card)
    notices, alerts = await gathered.store(work, now)
    return Decided(**done) + Decided(accounts=len(batch), notices=notices, raised=alerts)


async def _put_aside(account: Account, error: Exception, work: UnitOfWork, now: datetime) -> None:
    """An account that cannot be decided gets nothing, a card and a word in the trail, and is looked at again later."""
    words = str(error) if isinstance(error, Refused) else f"an error of Duebot itself ({type(error).__name__})"
    await work.looked(account.customer.id, now + PUT_ASIDE, account.policy)
    await record(work, "duebot", now, "account.put_aside", {"customer": str(account.customer.id), "because": words})
    data = {"what": "put_aside", "because": words}
    day = account.book.place.day(now)
    await stand(
        work, account.book, StaffCard(CardId(new_id()), CardKind.PROBLEM, account.book.id, account.customer.id, day, now, data=data)
    )


class _Cards:
    """Those that stand for the accounts of a batch or their books. Something about an account changed or came to pass: its cards are drawn anew, once in a unit."""

    def __init__(self, standing: Sequence[StaffCard]) -> None:
        self._of: dict[str, list[StaffCard]] = {}
        for card in standing:
            for shown in {str(card.subject), *card.data.get("items", ())}:
                self._of.setdefault(shown, []).append(card)
        self._taken: set[CardId] = set()

    def take(self, account: Account) -> Sequence[StaffCard]:
        """The cards that show an item of the account and were not taken before."""
        if not self._of:
            return []
        mine = {card.id: card for item in account.all_items for card in self._of.get(str(item.id), ()) if card.id not in self._taken}
        self._taken |= mine.keys()
        return list(mine.values())


async def _carry_out(
    action: Action, account: Account, gathered: Gathered, managers: list[User], work: UnitOfWork, now: datetime
) -> Sequence[str]:
    """What of `Decided` it counts as; what is gathered is counted when it is stored."""
    match action.kind:
        case ActionKind.REMIND | ActionKind.RECEIPT:
            gathered.message(action, account, now)
            return ()
        case ActionKind.ALERT:
            gathered.alert(action, account, now)
            return ()
        case ActionKind.ESCALATE:
            return await _escalate(action, account, managers, work, now)
        case ActionKind.REVIEW:
            return await _review(action, account, gathered, work, now)
        case ActionKind.NONE:
            return _withheld(account, gathered, now)
        case _:
            return await _do(action, account, managers, work, now)


async def _do(action: Action, account: Account, managers: list[User], work: UnitOfWork, now: datetime) -> Sequence[str]:
    if action.kind is ActionKind.FEE:
        return ["charged"] if await charge(action, account, work, now) else []
    if action.kind is ActionKind.APPROVAL:
        await ask(action, account, work, now)
        return ["asked"]
    if action.kind in TO_DO:
        return ["tasks"] if await make_task(action, account, managers, work, now) else []
    return ["raised"] if await tell(action, work, now) else []


async def _escalate(action: Action, account: Account, managers: list[User], work: UnitOfWork, now: datetime) -> Sequence[str]:
    """To the first manager there is, else to an administrator; without either staff are told all the same, and the item stays with them."""
    entry = action.items[0]
    if not await work.add_raised(Raised(entry.item, entry.step or action.step, entry.occurrence, now)):
        return []
    item = account.item(entry.item)
    if managers:
        why = f"the policy {action.policy[0]} hands it over at this age"
        await hand_to_manager(Escalation(item.id, managers[0].id, why, None, now), account, actor(action), work)
    await record(work, actor(action), now, "item.escalated", {"item": str(item.id), "number": item.number, "because": action.because})
    return ["escalated"]


async def _review(action: Action, account: Account, gathered: Gathered, work: UnitOfWork, now: datetime) -> Sequence[str]:
    """First contact: one card for the whole book. Money on account: the item itself is raised."""
    day = account.book.place.day(now)
    if not action.day:
        gathered.card(account.book, StaffCard(CardId(new_id()), CardKind.REVIEW, account.book.id, account.book.id, day, now))
        return ["waiting"]
    raised = await work.add_raised(Raised(action.items[0].item, NEEDS_A_LOOK, day.toordinal(), now))
    if raised:
        await record(work, actor(action), now, "alert.raised", {"item": str(action.items[0].item), "because": action.because})
    return ["raised", "withheld"] if raised else ["withheld"]


def _withheld(account: Account, gathered: Gathered, now: datetime) -> Sequence[str]:
    """A stale book gets one card a day, however many accounts wait for it; a closed hour needs no word."""
    if account.fresh_until is not None and now >= account.fresh_until:
        day = account.book.place.day(now)
        card = StaffCard(CardId(new_id()), CardKind.PROBLEM, account.book.id, account.book.id, day, now, data={"what": "stale_book"})
        gathered.card(account.book, card)
    return ["withheld"]
