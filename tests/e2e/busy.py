"""The sample book on a busy morning: something stands in every list of the inbox."""

from __future__ import annotations

from itertools import count

from adapters.chat.protocol import Incoming, Person
from bot.app import App
from cards.actions import Action, Name
from tests.e2e.sample import ANA, MARIA, fill
from tests.workflows.mail import answer
from workflows.domain.access import User
from workflows.domain.ids import ItemId
from workflows.take_reply import take_reply

_KEYS = count(1)
NO_MARKUP = "<img src=x onerror=alert(1)> & *words*"


async def fill_busily(app: App, *, filled: bool = False) -> None:
    """Maria asked for a write-off and for a call; customers answered, promised, objected. `filled`: the sample is there already."""
    if not filled:
        await fill(app)
    async with app.store() as work:
        await take_reply(answer("We will pay on 27 November.", sender="accounts@costa.example"), work, app.clock)
        await take_reply(answer(f"INV-2083 is wrong, we never ordered this. {NO_MARKUP}", sender="accounts@fjord.example"), work, app.clock)
    await press(app, "INV-1907", Name.CONFIRM_WRITE_OFF, MARIA, amount="600.00", why="Goods came back broken")
    await press(
        app, "INV-2085", Name.CONFIRM_TASK, MARIA, what="Call Mr Harrow about the delivery note", owner=str(ANA.id), due_on="2026-11-25"
    )
    await press(app, "INV-2055", Name.CONFIRM_TASK, MARIA, what="Send a copy of the contract", owner="nobody", due_on="")
    await press(app, "INV-2084", Name.CONFIRM_PROMISE, MARIA, amount="412.00", until="2026-11-27")
    await press(app, "INV-2085", Name.CONFIRM_DISPUTE, MARIA, reason="The delivery note is missing")
    await press(app, "INV-2082", Name.CONFIRM_HOLD, MARIA, scope="item", why="New contact from Monday", until="")
    await press(app, "INV-2055", Name.FLAG, MARIA)
    await app.jobs.tick()


async def item_called(app: App, number: str) -> ItemId:
    async with app.store() as work:
        (found,) = await work.find_items(number)
    return found.item.id


async def press(app: App, number: str, name: Name, by: User, **values: str) -> None:
    """As a colleague who sits elsewhere would."""
    incoming = Incoming(
        f"busy:{next(_KEYS)}", Person("inbox", "", str(by.id)), Action(name, await item_called(app, number), 99), values=values
    )
    assert await app.inbound.accept(incoming)
    reply = await app.desk(incoming)
    assert not reply.errors, reply.errors
    assert reply.card is not None, f"{name} was answered with its form"


async def answered(app: App, by: User) -> None:
    """They approve everything that waits and that they may approve."""
    async with app.store() as work:
        waiting = [asked.id for _, asked in await work.open_approvals((await work.book("main")).id)]
    for approval in waiting:
        incoming = Incoming(f"busy:{next(_KEYS)}", Person("inbox", "", str(by.id)), Action(Name.APPROVE, approval))
        assert await app.inbound.accept(incoming)
        await app.desk(incoming)
