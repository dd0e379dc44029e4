"""An act that was typed, as the press it stands for: `/due snooze INV-7 3d` is the Snooze form, answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.commands import AskAct, number_first, until
from cards import choices, problems
from cards.actions import Action, Name
from cards.choices import Choice
from cards.elements import Card
from cards.snooze_forms import OTHER
from workflows.answer_query import Choices, Seen, invoice
from workflows.domain.decision import ItemDecision
from workflows.errors import NotKnown, Refused
from workflows.ports import Policies, UnitOfWork


@dataclass(frozen=True, slots=True)
class Press:
    action: Action
    values: Mapping[str, str] = field(default_factory=dict)


async def press_for(ask: AskAct, work: UnitOfWork, policies: Policies, now: datetime) -> Press | Card:
    """The card says what to choose from, or that there is no such invoice. Raises `Refused` for words the act has no use for."""
    try:
        found, rest = await _item(ask.words, work, policies, now)
    except NotKnown as unknown:
        return problems.not_found(str(unknown))
    if isinstance(found, Choices):
        fit = [Choice(one.item.number, f"{one.customer.name}, {one.book.name}", Action(Name.OPEN, one.item.id)) for one in found.items]
        return choices.several(found.asked, fit, near=found.near)
    seen, decided = found
    version = len(seen.account.acts_on(decided.item.id))  # what was typed is about the item as it is now
    if not rest:
        return Press(Action(ask.act, decided.item.id, version))
    if ask.act is not Name.SNOOZE:
        raise Refused(f"I do not know what to do with “{rest}” after the number. Leave it out; the form asks for the rest.")
    wakes = until(rest, seen.account.book.place.day(now))
    if wakes is None:
        raise Refused(f"“{rest}” is no day. Say 3d, 2 weeks, Friday or a date like 2026-12-01.")
    return Press(Action(Name.CONFIRM_SNOOZE, decided.item.id, version), {"length": OTHER, "until": wakes.isoformat()})


async def _item(words: str, work: UnitOfWork, policies: Policies, now: datetime) -> tuple[tuple[Seen, ItemDecision] | Choices, str]:
    """The longest run of words that is an invoice's number, and what follows it."""
    for number, rest in number_first(words):
        if await work.find_items(number):
            return await invoice(number, work, policies, now), rest
    number, rest = number_first(words)[-1]
    return await invoice(number, work, policies, now), rest
