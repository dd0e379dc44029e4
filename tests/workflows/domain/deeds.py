"""What people and customers do to an account, as rules of the machine of weeks."""

from __future__ import annotations

from dataclasses import replace
from uuid import NAMESPACE_OID, uuid5

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.workflows.domain.accounts import ANA, MAX, credited, day, euro, invoice, paid, plan
from tests.workflows.domain.plain_reading import DAY, PlainReading
from workflows.domain.account import Escalation, PlanState, Snooze
from workflows.domain.claims import Dispute, Hold, HoldKind, Promise, PromiseEnd
from workflows.domain.ids import HoldId, PromiseId
from workflows.domain.money import Money


class Deeds(PlainReading):
    """On an account at an instant: any of it may happen at any time, and some of it changes nothing."""

    @rule(
        index=st.integers(0, 3),
        amount=st.sampled_from(["10.00", "30.00", "99.95", "100.00"]),
        how=st.sampled_from(["pay", "credit", "account"]),
    )
    def money_comes(self, index: int, amount: str, how: str) -> None:
        number, on = self.pick(index).number, (self.book_day() - day(0)).days
        if how == "credit":
            self.account = replace(self.account, credits=(*self.account.credits, credited(amount, number, on)))
        else:
            money = paid(amount, number if how == "pay" else None, on)
            self.account = replace(self.account, payments=(*self.account.payments, money))

    @rule(due=st.integers(-6, 4))
    def an_invoice_comes(self, due: int) -> None:
        count = len(self.account.items)
        if count < 4:
            offset = (self.book_day() - day(0)).days + due
            new = replace(invoice(f"I{count}", "100.00", offset), seen_at=self.now)
            self.account = replace(self.account, items=(*self.account.items, new))

    @rule(index=st.integers(0, 3), days=st.integers(1, 4))
    def snooze(self, index: int, days: int) -> None:
        item = self.pick(index).id
        self.wake(index)
        self.account = replace(self.account, snoozes=(*self.account.snoozes, Snooze(item, self.book_day() + days * DAY, ANA, self.now)))

    @rule(index=st.integers(0, 3))
    def wake(self, index: int) -> None:
        item = self.pick(index).id
        ended = (replace(s, ended_at=self.now) if s.item == item and s.ended_at is None else s for s in self.account.snoozes)
        self.account = replace(self.account, snoozes=tuple(ended))

    @rule(index=st.integers(0, 3))
    def escalate_or_hand_back(self, index: int) -> None:
        item = self.pick(index).id
        if any(e.item == item and e.ended_at is None for e in self.account.escalations):
            ended = (replace(e, ended_at=self.now) if e.item == item and e.ended_at is None else e for e in self.account.escalations)
            self.account = replace(self.account, escalations=tuple(ended))
        else:
            self.account = replace(self.account, escalations=(*self.account.escalations, Escalation(item, MAX, "why", ANA, self.now)))

    @rule(index=st.integers(0, 3), days=st.integers(0, 3), amount=st.sampled_from(["30.00", "99.95"]))
    def promise(self, index: int, days: int, amount: str) -> None:
        """In place of the one that stands."""
        item = self.pick(index).id
        self.end_promise(index, PromiseEnd.REPLACED)
        key = PromiseId(uuid5(NAMESPACE_OID, f"promise {len(self.account.promises)}"))
        made = Promise(key, (item,), euro(amount), self.book_day() + days * DAY, ANA, self.now)
        self.account = replace(self.account, promises=(*self.account.promises, made))

    @rule(index=st.integers(0, 3), how=st.just(PromiseEnd.CANCELLED))
    def end_promise(self, index: int, how: PromiseEnd) -> None:
        item = self.pick(index).id
        ended = (
            replace(one, ended_at=self.now, ended_how=how) if item in one.items and one.ended_at is None and self.stands(one) else one
            for one in self.account.promises
        )
        self.account = replace(self.account, promises=tuple(ended))

    @rule(index=st.integers(0, 3))
    def dispute_or_settle(self, index: int) -> None:
        item = self.pick(index).id
        if any(one.item == item and one.ended_at is None for one in self.account.disputes):
            ended = (replace(one, ended_at=self.now) if one.item == item and one.ended_at is None else one for one in self.account.disputes)
            self.account = replace(self.account, disputes=tuple(ended))
        else:
            self.account = replace(self.account, disputes=(*self.account.disputes, Dispute(item, "why", ANA, self.now)))

    @rule(index=st.integers(0, 3), days=st.sampled_from([None, 1, 2, 3]), how=st.sampled_from(["item", "customer", "says paid"]))
    def hold_or_release(self, index: int, days: int | None, how: str) -> None:
        item = self.pick(index)
        if any(one.ended_at is None and self.holds(one, item) for one in self.account.holds):
            ended = (
                replace(one, ended_at=self.now) if one.ended_at is None and self.holds(one, item) else one for one in self.account.holds
            )
            self.account = replace(self.account, holds=tuple(ended))
            return
        until = None if days is None else self.book_day() + days * DAY
        made = Hold(HoldId(uuid5(NAMESPACE_OID, f"hold {len(self.account.holds)}")), item.id, "why", until, ANA, self.now)
        if how == "customer":
            made = replace(made, item=None)
        if how == "says paid":
            made = replace(made, kind=HoldKind.SAYS_PAID, had=Money(self.paid_on(item), "EUR"))
        self.account = replace(self.account, holds=(*self.account.holds, made))

    @rule(index=st.integers(0, 2), due=st.integers(0, 5), state=st.sampled_from([PlanState.ACTIVE, PlanState.PROPOSED]))
    def a_plan_is_offered(self, index: int, due: int, state: PlanState) -> None:
        """Of one instalment: what is open, later."""
        item, left = self.account.items[index % len(self.account.items)], self.open_by_name()
        if any(item.id in p.covers for p in self.account.plans) or left[item.id] <= 0:
            return
        offset = (self.book_day() - day(0)).days
        new = plan((offset + due, "1.00"), covers=(item.number,), state=state, since=offset)
        parts = tuple(replace(part, total=euro(f"{left[item.id] / 100:.2f}"), seen_at=self.now) for part in new.instalments)
        self.account = replace(self.account, plans=(*self.account.plans, replace(new, instalments=parts, at=self.now)))

    @rule(accepted=st.booleans())
    def a_plan_is_answered(self, accepted: bool) -> None:
        plans = list(self.account.plans)
        for index, one in enumerate(plans):
            planned, left = sum(part.total.minor for part in one.instalments), self.open_by_name()[one.covers[0]]
            if one.state is PlanState.PROPOSED and accepted and planned == left:
                plans[index] = replace(one, state=PlanState.ACTIVE)
            elif one.state in {PlanState.PROPOSED, PlanState.ACTIVE} and not accepted:
                plans[index] = replace(one, state=PlanState.DECLINED, ended_at=self.now)
        self.account = replace(self.account, plans=tuple(plans))

    @rule()
    def release(self) -> None:
        self.account = replace(self.account, released_at=self.account.released_at or self.now)
