"""The card that was pressed, drawn anew whether it changed or not: the chat took its buttons away when one of them was pressed."""

from __future__ import annotations

from datetime import datetime

from adapters.chat.protocol import CardRef
from bot.live.standing import pressed_card
from cards.actions import Action
from workflows.ports import UnitOfWork
from workflows.records import CardState


async def draw_anew(ref: CardRef, action: Action, work: UnitOfWork, at: datetime) -> bool:
    """False for a message that is no standing card of ours."""
    pressed = await pressed_card(ref, action, work)
    if pressed is None or pressed.state is CardState.FROZEN:
        return False
    work.redraw(pressed.id, at, acted=True, anew=True)
    return True
