"""An answered snooze form: one invoice at once, everything of a customer only after its list was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.chat.protocol import Reply
from bot.desk.outcomes import outcome_card
from cards import outcome
from cards import snooze_forms as snooze_cards
from cards.actions import Action
from cards.claim_forms import WHOLE
from cards.elements import Form
from cards.forms import date_of
from workflows.answer_query import see
from workflows.domain.access import User
from workflows.domain.ids import ItemId
from workflows.errors import AlreadyDone, BadEntry, NotAllowed, NotKnown, PreviewChanged, Refused
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.snooze_customer import CustomerSnooze, SnoozeCustomer, preview_customer_snooze, snooze_customer
from workflows.snooze_item import SnoozeItem, snooze_item


@dataclass(frozen=True, slots=True)
class SnoozeDesk:
    user: User
    work: UnitOfWork
    policies: Policies
    clock: Clock

    async def answer(self, action: Action, values: Mapping[str, str]) -> Reply:
        """Raises `BadEntry` for the form to show, and `Refused`."""
        item, now = ItemId(action.id), self.clock.now()
        until = snooze_cards.snoozed_until(values, (await self.work.account_of(item)).book.place.day(now))
        if until is None:
            raise BadEntry({"until": "Choose the day it wakes."})
        try:
            if values.get("scope") == WHOLE:
                ask = SnoozeCustomer(item, until, self.user, action.seen)
                return Reply(form=await self._list(await preview_customer_snooze(ask, self.work, self.policies, self.clock)))
            done = await snooze_item(SnoozeItem(item, until, self.user, action.seen), self.work, self.policies, self.clock)
        except (NotAllowed, AlreadyDone, NotKnown):
            raise
        except Refused as refused:
            raise BadEntry({"until" if values.get("length") == snooze_cards.OTHER else "length": str(refused)}) from None
        return Reply(card=await outcome_card(done, self.work, self.policies, now))

    async def confirm(self, action: Action) -> Reply:
        """Of the list; one that is no longer true is shown anew. Raises `Refused`."""
        until = date_of(action.data.get("until", ""))
        if until is None:
            raise NotKnown("That list is gone; open the form again.")
        ask = SnoozeCustomer(ItemId(action.id), until, self.user, action.seen, action.data.get("shown", ""))
        try:
            done = await snooze_customer(ask, self.work, self.policies, self.clock)
        except PreviewChanged as changed:
            return Reply(form=await self._list(await preview_customer_snooze(ask, self.work, self.policies, self.clock), str(changed)))
        steps = sum(len(silences) for _, _, silences in done.silences)
        return Reply(card=outcome.customer_snoozed(done.account, len(done.silences), done.until, steps, self.clock.now()))

    async def _list(self, found: CustomerSnooze, words: str = "") -> Form:
        seen = await see(found.account.customer.id, self.work, self.policies, self.clock.now())
        today, errors = found.account.book.place.day(seen.at), {"": words} if words else None
        decided = seen.of(found.item.id)
        return snooze_cards.snooze_preview(found.account, decided, today, found.until, found.silences, found.mark, errors)
