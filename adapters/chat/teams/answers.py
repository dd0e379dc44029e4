"""What an invoke is answered: a card in the place of the pressed one, or the next dialog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.chat.protocol import Incoming, Reply
from adapters.chat.teams.reading import remember
from cards.elements import Card, Heading, Text, Tone
from cards.linked import Link
from cards.teams.render import ADAPTIVE, Block, in_dialog, render, render_form, title_of

TITLE = "Duebot"
LARGE, SMALL = ("large", "large"), ("small", "medium")  # height and width of a dialog
Answer = Mapping[str, Any] | None


def in_place(reply: Reply, link: Link | None = None) -> Answer:
    """For a press that is executed: above the pressed card as it is now stands, for the person alone, what came of it."""
    if reply.form is not None:
        return executed(render_form(reply.form, reply.errors, dialog=False))
    told = reply.card or (_wrong(reply) if reply.errors else None)
    if told is None:
        return said("Nothing is left to do here.")
    return executed(render(told if reply.standing is None else _told_above(told, reply.standing), link=link))


def as_dialog(reply: Reply, incoming: Incoming, link: Link | None = None) -> Answer:
    """For what was pressed in a dialog, or opens one; nothing closes it."""
    opened_from = remember(incoming.card)
    if reply.form is not None:
        return _dialog(title_of(reply.form), render_form(reply.form, reply.errors, opened_from), LARGE)
    told = reply.card or (_wrong(reply) if reply.errors else None)
    return None if told is None else _dialog(TITLE, in_dialog(told, opened_from, link), LARGE)


def executed(card: Block) -> Answer:
    return {"statusCode": 200, "type": ADAPTIVE, "value": card}


def said(words: str) -> Answer:
    """A few words; the card stays as it is."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": words}


def working(*, dialog: bool) -> Answer:
    """The answer is not known yet."""
    words = "This takes a little longer. What came of it will be told in your chat with Duebot."
    return _dialog(TITLE, in_dialog(problem("Working", words)), SMALL) if dialog else said(words)


def outdated(*, dialog: bool) -> Answer:
    """A button that no card of ours has any more, or never had."""
    words = "This button is of an older card and does nothing any more. Ask for the card again, for example: overdue."
    return _dialog(TITLE, in_dialog(problem("Out of date", words)), SMALL) if dialog else said(words)


def problem(heading: str, words: str) -> Card:
    return Card(f"{heading}. {words}", (Heading(heading, tone=Tone.WARNING), Text(words)), Tone.WARNING)


def _wrong(reply: Reply) -> Card:
    return problem("Nothing was changed", " ".join(reply.errors.values()))


def _told_above(told: Card, standing: Card) -> Card:
    return replace(standing, summary=told.summary, body=(Text(told.summary), *standing.body))


def _dialog(title: str, card: Block, size: tuple[str, str]) -> Answer:
    height, width = size
    content = {"contentType": ADAPTIVE, "content": card}
    return {"task": {"type": "continue", "value": {"title": title, "height": height, "width": width, "card": content}}}
