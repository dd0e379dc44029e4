"""Cards about what comes in from customers, drawn from their facts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from cards import reply as cards
from cards.elements import Card
from workflows.domain.ids import CustomerId, ReplyId
from workflows.ports import UnitOfWork
from workflows.records import StaffCard


async def answer(card: StaffCard, work: UnitOfWork, now: datetime) -> Card:
    """A customer's answer, as it stands now."""
    reply, customer, words = await work.reply(ReplyId(card.subject))
    people = {user.id: user.name for user in await work.users()}
    return cards.answer_card(await work.account(customer), reply, words, now, people)


async def told(card: StaffCard, work: UnitOfWork) -> Card | None:
    """What colleagues are told of a letter that is nobody's answer; null for a problem of another kind."""
    match card.data.get("what"):
        case "stray_answer":
            return cards.stray_answer(str(card.data["sender"]), str(card.data["subject"]))
        case "opted_out":
            account = await work.account(CustomerId(UUID(str(card.data["customer"]))))
            return cards.opted_out(account, str(card.data["address"]), str(card.data["because"]))
        case "unread_letter":
            return cards.unread(str(card.data["because"]))
        case _:
            return None
