"""Everything that is read of an account to decide: which step speaks about each item, and what that step may do."""

from __future__ import annotations

from functools import cached_property

from workflows.domain.account import ItemKind, ListedItem, Notice
from workflows.domain.asking import Asking
from workflows.domain.claims import Hold
from workflows.domain.first_contact import first_contact_waits
from workflows.domain.gates import Free, Gate, free, gates
from workflows.domain.ids import ItemId
from workflows.domain.ladder import Ladder, Rung, is_before_due
from workflows.domain.policy import CatchUp, OnNewLeader, Sequence, Step
from workflows.domain.reach import channels
from workflows.domain.standing import Standing, by_due_day
from workflows.domain.windows import next_allowed

NO_ADDRESS = "No address of the customer is known for any channel of the step; import one, or call them."


class View(Asking):
    """Everything `decide` reads of an account."""

    @cached_property
    def waits_for_release(self) -> bool:
        return first_contact_waits(self.policy, self.account)

    def is_early(self, seen: Standing) -> bool:
        """Not yet overdue, and on a step whose own day is the due day or before it."""
        if seen.overdue or not seen.chased or seen.rung is None or not self.names(seen.open.currency):
            return False
        return seen.item.due_on is not None and seen.rung.day <= seen.item.due_on

    @cached_property
    def upcoming(self) -> list[Standing]:
        """Early items whose step was not said."""
        return sorted((seen for seen in self.chased if self.is_early(seen) and self.words(seen)), key=by_due_day)

    def words(self, seen: Standing) -> Step | None:
        """The step in whose words a message led by the item is written now; null when it has nothing new to say, or may not yet."""
        step = self._words(seen)
        return step if step is not None and self._may_say(seen, step) else None

    def _may_say(self, seen: Standing, step: Step) -> bool:
        return step.remind in self.free(seen.item.id, step).do

    def _words(self, seen: Standing) -> Step | None:
        """Words for before the due day are not for after it."""
        if (again := self._restarted(seen)) is not None:
            return again
        if seen.rung is None or seen.ladder.was_said(seen.rung) or seen.ladder.let_go(seen.rung) or self._missed(seen.ladder, seen.rung):
            return None
        step = seen.ladder.step(seen.rung)
        if seen.overdue and is_before_due(step):
            return None
        if (last := self._goes_on_after(seen)) is not None:
            return next((later for later in self.policy.steps[last + 1 : seen.rung.rank + 1] if later.remind), None)
        return step if step.remind else None

    def _goes_on_after(self, seen: Standing) -> int | None:
        """The last step sent, for an older item that came after it and now leads: the customer is not taken back or ahead by it.

        So too, where the policy keeps the step, for the one that leads since the leader of that message is settled.
        """
        last = max(self._chasing_notices, key=lambda notice: notice.at, default=None)
        if last is None or not self._leads(seen):
            return None
        is_later = seen.item.seen_at > last.at and any(listed.item in self.listable for listed in last.items[:1])
        keeps = self.policy.on_new_leader is OnNewLeader.KEEP and self._leader_settled(last)
        rank = self.policy.rank(last.step)
        return rank if rank >= 0 and (is_later or keeps) else None

    def _leads(self, seen: Standing) -> bool:
        return self.policy.sequence is Sequence.CUSTOMER and seen in self.asked_for[:1]

    def _leader_settled(self, notice: Notice) -> bool:
        return any(listed.item in self._paid for listed in notice.items[:1])

    def restarted(self, seen: Standing) -> ListedItem | None:
        """A leader that begins anew counts as the step it is written in, so that its own step is still to come."""
        again = self._restarted(seen)
        return None if again is None else ListedItem(seen.item.id, again.name, 0, leads=True)

    def _restarted(self, seen: Standing) -> Step | None:
        """The next step of an item that leads since the one before it was settled, from the first one on; null when it has caught up."""
        if self.policy.on_new_leader is not OnNewLeader.RESTART or seen.rung is None or not self._leads(seen):
            return None
        others = (n for n in self._chasing_notices if n.items and n.items[0].item != seen.item.id)
        last = max(others, key=lambda notice: notice.at, default=None)
        if last is None or not self._leader_settled(last):
            return None
        said = max((self.policy.rank(n.step) for n in self._chasing_notices if n.at > last.at), default=-1)
        steps = (step for rank, step in enumerate(self.policy.steps[: seen.rung.rank + 1]) if rank > said and seen.ladder.day_of(rank))
        return next((step for step in steps if step.remind and not is_before_due(step)), None)

    def _missed(self, ladder: Ladder, rung: Rung) -> bool:
        """The day on which it could leave is over, and the policy does not make up for an outage."""
        if self.policy.after_outage is not CatchUp.SKIP:
            return False
        place = self.account.customer.place
        since = max(
            place.start_of(max(rung.day, ladder.paused_to or rung.day, ladder.broken_on or rung.day)),
            ladder.item.seen_at,
            self.account.released_at or ladder.item.seen_at,
        )
        return self.day > place.day(next_allowed(self.policy, place, since, self._gap_ends(early=False)))

    @cached_property
    def raised(self) -> frozenset[tuple[ItemId, str, int]]:
        """What staff have been told: item, step, occurrence."""
        return frozenset((r.item, r.step, r.occurrence) for r in self.account.raised)

    @cached_property
    def task_keys(self) -> frozenset[str]:
        return frozenset(task.key for task in self.account.tasks)

    @property
    def running_holds(self) -> list[Hold]:
        return [hold for hold in self.account.holds if hold.ended_at is None and (hold.until is None or self.book_day < hold.until)]

    @cached_property
    def channels(self) -> frozenset[str]:
        """Those over which the customer can be reached."""
        return channels(self.account)

    @cached_property
    def _gates(self) -> dict[tuple[ItemId, str], Gate]:
        return gates(self.account)

    def gate(self, item: ItemId, step: str) -> Gate:
        """Whether what the step does about the item was approved, or left out."""
        return self._gates.get((item, step), Gate.CLOSED) if self._gates else Gate.CLOSED

    @cached_property
    def _free(self) -> dict[tuple[str, str], Free]:
        """By the step's name and its gate, as far as it was asked."""
        return {}

    def free(self, item: ItemId, step: Step) -> Free:
        """What the step may do about the item now."""
        gate = self.gate(item, step.name)
        known = self._free.get((step.name, gate.value))
        if known is None:
            known = self._free[step.name, gate.value] = free(step.do, self.policy.mode, gate)
        return known

    @cached_property
    def reached(self) -> list[tuple[Standing, Step]]:
        """Items with the step they reached, if it is worth doing anything about. Late instalments are told of however small."""
        found, late = [], frozenset(map(id, self.overdue))
        for seen in self.chased:
            if seen.rung is None:
                continue
            worth = id(seen) in late or self.is_early(seen) or (seen.overdue and seen.item.kind is ItemKind.INSTALMENT)
            if worth and not seen.ladder.let_go(seen.rung):
                found.append((seen, seen.ladder.step(seen.rung)))
        return found
