"""What most decisions come to, gathered over the accounts of a tick's batch and stored together: messages, alerts, when to look again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from workflows.acting import entry, show_all, stand
from workflows.carry_out import actor
from workflows.domain.account import Account, Book, Notice, NoticeState, Raised
from workflows.domain.decision import Action, Decision
from workflows.domain.ids import BookId, CustomerId, ItemId, NoticeId, new_id
from workflows.ports import UnitOfWork
from workflows.records import CHANGED, AuditEntry, CardKind, Effect, Look, StaffCard


@dataclass(frozen=True, slots=True)
class _Message:
    action: Action
    customer: CustomerId
    notice: Notice


@dataclass(frozen=True, slots=True)
class _Alert:
    action: Action
    customer: CustomerId
    raised: tuple[Raised, ...]


@dataclass(slots=True)
class Gathered:
    """In the order in which it was decided."""

    _said: list[_Message | _Alert] = field(default_factory=list)
    _cards: dict[tuple[CardKind, BookId], tuple[Book, StaffCard]] = field(default_factory=dict)
    _looks: list[Look] = field(default_factory=list)
    _shown: list[tuple[Book, StaffCard]] = field(default_factory=list)

    def message(self, action: Action, account: Account, now: datetime) -> None:
        day = action.day or account.customer.place.day(now)
        currencies = tuple(amount.currency for amount in action.amounts)
        listed = action.items + action.upcoming
        notice = Notice(NoticeId(new_id()), day, now, action.step, listed, NoticeState.QUEUED, action.via[0], None, currencies)
        self._said.append(_Message(action, account.customer.id, notice))

    def alert(self, action: Action, account: Account, now: datetime) -> None:
        raised = tuple(Raised(one.item, one.step or action.step, one.occurrence, now) for one in action.items)
        self._said.append(_Alert(action, account.customer.id, raised))

    def card(self, book: Book, card: StaffCard) -> None:
        """A card about the whole book: one, however many accounts ask for it."""
        self._cards.setdefault((card.kind, book.id), (book, card))

    def show(self, book: Book, card: StaffCard) -> None:
        """A card that stands is drawn anew."""
        self._shown.append((book, card))

    def look(self, account: Account, decision: Decision, policy: tuple[str, int] | None) -> None:
        oldest = CHANGED if decision.moves_money else decision.oldest_due_on
        self._looks.append(Look(account.customer.id, decision.next_look_at, policy, oldest))

    async def store(self, work: UnitOfWork, now: datetime) -> tuple[int, int]:
        """How many messages and how many alerts were new. Only of those the outbox and the trail hear."""
        messages = [one for one in self._said if isinstance(one, _Message)]
        kept = await work.add_notices([(one.customer, one.notice, one.action.key) for one in messages])
        raised = [(one.customer, each) for one in self._said if isinstance(one, _Alert) for each in one.raised]
        new = await work.raise_all(raised)
        untold = None if len(new) == len(raised) else frozenset(map(id, new))  # the very ones: another may say the same
        leaving = [_leaving(one.notice) for one in messages if one.notice.id in kept]
        await work.enqueue_all(Effect.NOTICE, leaving, now)
        entries = list(self._entries(kept, untold, now))
        await work.record_all(entries)
        await work.looked_all(self._looks)
        show_all(work, self._shown, now)
        for _, (book, card) in sorted(self._cards.items()):  # in the same order by everybody, or two would wait for one another
            await stand(work, book, card)
        return len(kept), len(entries) - len(kept)

    def _entries(self, kept: frozenset[NoticeId], untold: frozenset[int] | None, now: datetime) -> Iterator[AuditEntry]:
        for one in self._said:
            if isinstance(one, _Alert):
                told = [each.item for each in one.raised if untold is None or id(each) in untold]
                if told:
                    yield _entry(one, "alert.raised", {}, told, now)
            elif one.notice.id in kept:
                listed = [each.item for each in one.notice.items]
                yield _entry(one, "notice.queued", {"notice": str(one.notice.id)}, listed, now)


def _leaving(notice: Notice) -> tuple[str, dict[str, str], str]:
    return f"notice:{notice.id}", {"notice": str(notice.id)}, notice.channel


def _entry(said: _Message | _Alert, kind: str, facts: dict[str, object], items: Sequence[ItemId], now: datetime) -> AuditEntry:
    action = said.action
    facts |= {"customer": str(said.customer), "step": action.step, "because": action.because, "items": list(map(str, items))}
    return entry(actor(action), now, kind, facts)
