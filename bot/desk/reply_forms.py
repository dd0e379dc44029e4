"""Presses about a customer's answer: the form, the use case, the card that answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from adapters.chat.protocol import Reply as Said
from bot.actions import read_amount
from bot.live.draw import draw
from cards import reply as cards
from cards.actions import Action, Name
from cards.elements import Form
from cards.reply_buttons import LABELS
from workflows.acting import require
from workflows.confirm_reply import ConfirmReply, confirm_reply, who_was_first
from workflows.dismiss_card import DismissCard, dismiss_card
from workflows.domain.access import Right, User
from workflows.domain.account import Account
from workflows.domain.allocation import balances
from workflows.domain.contact import Meaning, Reply
from workflows.domain.ids import CardId, ItemId, ReplyId
from workflows.domain.money import BadAmount, Money
from workflows.errors import AlreadyDone, BadEntry, NotAllowed, NotKnown, Refused
from workflows.ports import Clock, Policies, UnitOfWork

NAMES = frozenset({Name.ANSWER, Name.CONFIRM_ANSWER, Name.SEEN})


@dataclass(frozen=True, slots=True)
class ReplyDesk:
    user: User
    work: UnitOfWork
    policies: Policies
    clock: Clock

    async def press(self, action: Action, values: Mapping[str, str]) -> Said:
        """Raises the refusals of `confirm_reply`; of a form they come back at its fields."""
        require(self.user, Right.CHASE)
        if action.name is Name.SEEN:
            seen = await dismiss_card(DismissCard(CardId(action.id), self.user), self.work, self.clock)
            return Said(card=await draw(seen, self.work, self.policies, self.clock.now()))
        meaning = _meaning(action)
        reply, customer, words = await self.work.reply(ReplyId(action.id))
        account = await self.work.account(customer)
        if reply.ended_at is not None:
            raise AlreadyDone(await who_was_first(reply, account, self.work))
        if action.name is Name.ANSWER:
            return Said(form=self._form(account, reply, words, meaning, {}, {}))
        try:
            done = await confirm_reply(self._asked(account, reply, meaning, values), self.work, self.policies, self.clock)
        except (NotAllowed, AlreadyDone, NotKnown):
            raise
        except BadEntry as wrong:
            form = self._form(account, reply, words, meaning, values, wrong.fields)
            return Said(form=form, errors=dict(wrong.fields))
        except Refused as refused:
            if meaning not in cards.ABOUT_ITEMS:
                raise
            return Said(form=self._form(account, reply, words, meaning, values, {"": str(refused)}))
        return Said(card=cards.confirmed(done.account, done.reply, done.meaning))

    def _form(
        self, account: Account, reply: Reply, words: str, meaning: Meaning, values: Mapping[str, str], errors: Mapping[str, str]
    ) -> Form:
        return cards.answer_form(account, reply, words, meaning, account.book.place.day(self.clock.now()), values, errors)

    def _asked(self, account: Account, reply: Reply, meaning: Meaning, values: Mapping[str, str]) -> ConfirmReply:
        """Raises `BadEntry`."""
        if meaning not in cards.ABOUT_ITEMS:
            return ConfirmReply(reply.id, meaning, self.user)
        items = _items(account, reply, values.get("item", ""))
        if meaning is Meaning.PAID:
            return ConfirmReply(reply.id, meaning, self.user, items)
        if meaning is Meaning.DISPUTE:
            reason = values.get("reason", "").strip()
            if not reason:
                raise BadEntry({"reason": "Say what the customer objects to."})
            return ConfirmReply(reply.id, meaning, self.user, items, reason=reason)
        return ConfirmReply(reply.id, meaning, self.user, items, _amount(account, items, values), _until(values))


def _meaning(action: Action) -> Meaning:
    meaning = next((one for one in LABELS if one.value == action.data.get("as")), None)
    if meaning is None:
        raise NotKnown("That button means nothing here any more; look at the card as it stands now.")
    return meaning


def _items(account: Account, reply: Reply, chosen: str) -> tuple[ItemId, ...]:
    """One that is chosen, or all that the answer is about and that are open."""
    left, known = balances(account), {item.id for item in account.all_items}
    about = [item for item in reply.items or known if item in known and left.open_of(item).minor > 0]
    if chosen in {"", cards.ALL} and (chosen or len(about) == 1):
        return tuple(about)
    try:
        item = ItemId(UUID(chosen))
    except ValueError:
        raise BadEntry({"item": "Choose the invoice it is about."}) from None
    if item not in about:
        raise BadEntry({"item": "That invoice is paid, or not one of these; choose again."})
    return (item,)


def _amount(account: Account, items: tuple[ItemId, ...], values: Mapping[str, str]) -> Money | None:
    typed = values.get("amount", "")
    try:
        amount = read_amount(typed, account.item(items[0]).total.currency) if items else None
    except BadAmount as error:
        raise BadEntry({"amount": f"{error}."}) from None
    if amount is not None and len(items) > 1:
        raise BadEntry({"amount": "An amount is of one invoice; choose which, or leave it empty for all that is open."})
    return amount


def _until(values: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(values.get("until", ""))
    except ValueError:
        raise BadEntry({"until": "Choose the day by which they pay."}) from None
