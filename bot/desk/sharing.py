"""An answer for everybody in a channel: queued with the command that asked for it, and posted in its turn like every card."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from adapters.chat.protocol import Incoming
from bot.commands import AskShare, parse
from bot.desk import answers
from bot.desk.colleagues import colleague
from cards.choices import asking
from cards.clean import bare
from cards.elements import Card
from cards.shared import shared
from workflows.domain.access import User
from workflows.domain.ids import CardId, new_id
from workflows.ports import Policies, UnitOfWork
from workflows.records import CardKind, StaffCard


async def share(incoming: Incoming, channel: str, by: User, question: str, work: UnitOfWork, now: datetime) -> None:
    """`channel` as the chat writes it with its workspace; `question` as it was typed."""
    book, about = (await work.books())[0], uuid5(NAMESPACE_URL, f"shared:{incoming.key}")
    data, where = {"asked": question, "by": str(by.id)}, f"{incoming.person.platform}:{channel}"
    card = StaffCard(CardId(new_id()), CardKind.SHARED, book.id, about, book.place.day(now), now, data=data, channel=where)
    if await work.add_card(card):
        work.redraw(card.id, now, acted=True)


async def shared_card(card: StaffCard, work: UnitOfWork, policies: Policies, now: datetime) -> Card:
    """What is answered at the moment it leaves. `Show all` asks it again for whoever presses, of the same colleague's things."""
    by, typed = await colleague(str(card.data["by"]), work), str(card.data["asked"])
    asked = parse(typed)
    said = await answers.answer(asked, work, policies, now, by)
    question = bare(typed).partition(" ")[2] if isinstance(asked, AskShare) else typed
    place = (await work.books())[0].place
    return shared(said, asking(question, of=str(card.data["by"])), by.name if by else "A colleague", now, place)
