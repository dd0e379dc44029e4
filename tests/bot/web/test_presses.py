"""A press is done once, however often and however quickly it is sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from adapters.chat.protocol import Incoming, Person, Reply
from bot.web.presses import MOST_KEPT, Answer, Presses
from cards.actions import Action, Name
from tests.fakes.handler import FakeHandler, line

ANA = Person("inbox", "", "ana")


def press(key: str = "inbox:view:press") -> Incoming:
    return Incoming(key, ANA, Action(Name.FLAG, UUID(int=1)))


@dataclass
class Slow:
    """Answers when it is let go."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    times: int = 0

    async def __call__(self, incoming: Incoming) -> Reply:
        self.times += 1
        self.started.set()
        await self.go.wait()
        return Reply(line("Flagged."))


def summary(presses: Presses, name: str) -> str:
    answer = presses.kept(name)
    assert answer is not None
    assert answer.reply.card is not None
    return answer.reply.card.summary


async def test_a_double_click_waits_for_the_first_and_gets_its_answer() -> None:
    handler = Slow()
    presses = Presses(handler)
    both = [asyncio.create_task(presses.once(press())) for _ in range(2)]
    await handler.started.wait()
    handler.go.set()
    names = await asyncio.gather(*both)
    assert names[0] == names[1]
    assert handler.times == 1
    assert summary(presses, names[0]) == "Flagged."


async def test_a_browser_that_goes_away_does_not_stop_what_was_accepted() -> None:
    handler = Slow()
    presses = Presses(handler)
    gone = asyncio.create_task(presses.once(press()))
    await handler.started.wait()
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    handler.go.set()
    assert summary(presses, await presses.once(press())) == "Flagged."
    assert handler.times == 1


async def test_two_presses_of_one_page_view_are_two() -> None:
    handler = FakeHandler()
    presses = Presses(handler)
    names = {await presses.once(press("inbox:view:flag")), await presses.once(press("inbox:view:snooze"))}
    assert len(names) == len(handler.handled) == 2


def test_old_answers_make_room_and_their_names_cannot_be_guessed_from_the_press() -> None:
    presses = Presses(FakeHandler())
    first = presses.keep("inbox:view:0", Answer(Reply(line("0"))))
    for n in range(1, MOST_KEPT):
        presses.keep(f"inbox:view:{n}", Answer(Reply(line(str(n)))))
    assert presses.kept(first) is not None
    presses.keep("inbox:view:last", Answer(Reply(line("last"))))
    assert presses.kept(first) is None
    assert "view" not in first
