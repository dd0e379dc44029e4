"""One round: an office of its own, processes that live and die in it, then calm, then what must hold."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp

from adapters.chat.slack.names import EVENTS_PATH
from adapters.outreach.mime import message_id
from bot.desk import forms
from cards.actions import Action, Name
from cards.slack.modal import render_form
from tests.chaos.office import settings_of
from tests.chaos.plan import Death, Life, Machine, Plan
from tests.chaos.plan import Minute as Planned
from tests.chaos.process import CHAT_HOST, MAIL_HOST, Birth, Doom, Minute, Past
from tests.chaos.slack_api import APOLOGY
from tests.chaos.stage import Actor, Stage
from tests.chaos.troubles import Trouble, misbehave
from tests.e2e.crashing import SENDER
from tests.peers.slack import Workspace, interactive, signed
from tests.peers.smtp import HOST
from tests.workflows.office import ANA, Office
from workflows.domain.ids import NoticeId
from workflows.records import CardKind, Effect, OutboxState
from workflows.send_reminder import PreviewReminder, preview_reminder

ROOM = 4096  # bytes a file may have on a full disk
UNDER_WAY = frozenset({OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN})


@dataclass(slots=True)
class Round:
    """`acknowledged` are presses by what they are about, with the window or line they are answered in. `in_flight` counts the sends under way
    when processes died.
    """

    plan: Plan
    stage: Stage
    url: str
    office: Office
    workspace: Workspace
    http: aiohttp.ClientSession
    clicks: dict[str, Callable[[str], bytes]] = field(default_factory=dict)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    answered: Counter[NoticeId] = field(default_factory=Counter)
    in_flight: int = 0
    deaths: int = 0
    in_trouble: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)

    async def play(self) -> None:
        """From the first process to the last."""
        self.stage.tally.faults.update(self.plan.oddities)
        await self.prepare_clicks()
        await self.office.store.close()  # the other processes alone have the database open
        for life in self.plan.lives:
            await self._live(life)
        self.in_trouble = self.letters()
        await self._calm_down()

    @property
    def promised(self) -> frozenset[str]:
        """What a press was acknowledged for and not answered by trouble."""
        return frozenset(name for name, line in self.acknowledged if line not in self.stage.chat.apologised)

    def letters(self) -> Counter[str]:
        return Counter(letter.to for letter in self.stage.letters())

    async def under_way(self) -> Mapping[tuple[Effect, OutboxState], int]:
        """Messages and cards that are still to leave, by kind and state. The stand-in for Slack takes no files."""
        left = (await self.office.outbox()).items()
        return {key: count for key, count in left if key[1] in UNDER_WAY and key[0] is not Effect.FILE}

    def expected(self) -> Counter[str]:
        return Counter(f"pay@{name}.example" for name in (*self.plan.due, *(one for one in self.plan.by_hand if one in self.promised)))

    # Processes --------------------------------------------------------------------------------------------------------------

    async def _cast(self, deaths: Sequence[Death | None], at: datetime, *, alone: bool = False) -> list[Actor]:
        """The web first. Those that died before they were born are among them."""
        roles = [(True, True)] if alone else [(True, False), *[(False, True)] * (len(deaths) - 1)]
        dooms = [Doom(death.point, death.after) if death else Doom() for death in deaths]
        settings = settings_of(self.plan, self.stage, self.url)
        births = [Birth(settings, at, web, works, doom) for (web, works), doom in zip(roles, dooms, strict=True)]
        actors = [Actor(self.stage, birth) for birth in births]
        await asyncio.gather(*(actor.born() for actor in actors))
        return actors

    async def _live(self, life: Life) -> None:
        actors = await self._cast(life.deaths, self.plan.start + life.minutes[0].passed, alone=life.alone)
        in_flight = 0
        for planned in life.minutes:
            await self._pass(planned, life, actors)
            in_flight = max(in_flight, await self._sending())  # of the dead; others may settle them before this life is over
        for actor, death in zip(actors, life.deaths, strict=True):
            kind = "when it had nothing to do" if death is None or actor.alive else death.kind
            code = await actor.end(signal.SIGKILL if death else signal.SIGTERM)
            if code == -signal.SIGKILL and death:
                self.deaths += 1
                self.stage.tally.kills[kind] += 1
            elif code != 0:
                self.differences.append(f"a process ended by itself, with {code}")
        self._weather(None, None)
        self.in_flight += max(in_flight, await self._sending())

    async def _sending(self) -> int:
        sending = (await self.office.outbox()).get((Effect.NOTICE, OutboxState.SENDING), 0)
        await self.office.store.close()
        return sending

    async def _pass(self, planned: Planned, life: Life, actors: Sequence[Actor]) -> None:
        self._weather(planned.mail, planned.chat)
        at = self.plan.start + planned.passed
        unknown = frozenset(host for host, met in ((MAIL_HOST, planned.mail), (CHAT_HOST, planned.chat)) if met is Trouble.NO_NAME)
        minute = Minute(at, unknown, ROOM if planned.machine is Machine.DISK_FULL else None)
        await actors[0].pass_minute(replace(minute, works=False))  # its clock is right before anybody presses
        async with asyncio.TaskGroup() as group:
            if planned.machine is not None:
                self.stage.tally.faults[planned.machine] += 1
                group.create_task(self.stage.base.suffer(planned.machine, self.url))
            for actor, death in zip(actors, life.deaths, strict=True):
                if death and death.seconds:
                    group.create_task(_kill_after(actor, death.seconds))
            pasts = [group.create_task(actor.pass_minute(minute)) for actor in actors]
            for name in self.clicks.keys() - self.promised:
                group.create_task(self._press(actors[0], name, at))
        self._read(past.result() for past in pasts)

    def _read(self, pasts: Iterable[Past | None]) -> None:
        for past in pasts:
            if past is not None:
                self.said.update(past.said)
                self.unexpected += [past.trouble] if past.trouble else []

    def _weather(self, mail: Trouble | None, chat: Trouble | None) -> None:
        for name, met in (("mail", mail), ("chat", chat)):
            if met is not None:
                self.stage.tally.faults[f"{name}: {met}"] += 1
        misbehave(self.stage.mail, mail)
        self.stage.chat.trouble = chat

    # People -----------------------------------------------------------------------------------------------------------------

    async def prepare_clicks(self) -> None:
        """Send, as it stands under the previews; and flags on cards."""
        office = self.office
        for name in self.plan.by_hand:
            item = (await office.account(name)).items[0].id
            async with office.store() as work:
                seen = await preview_reminder(PreviewReminder(item, ANA), work, office.policies, office.letters, office.clock)
            self.clicks[name] = partial(self._sent_off, render_form(forms.reminder(seen, office.policies, office.clock.now())))
        for name in self.plan.flagged:
            item = (await office.account(name)).items[0].id
            self.clicks[name] = partial(self._button, Action(Name.FLAG, item, 0))

    def _sent_off(self, view: Mapping[str, Any], trigger: str) -> bytes:
        return interactive(self.workspace.submission({**view, "id": trigger}, {}, by="ana", trigger=trigger))

    def _button(self, action: Action, trigger: str) -> bytes:
        element = {"type": "button", "action_id": action.name.value, "value": action.encode()}
        press = self.workspace.press(element, by="ben", trigger=trigger, channel="credit")
        return interactive({**press, "response_url": f"{self.workspace.base}/respond/{trigger}"})

    async def _press(self, web: Actor, name: str, at: datetime) -> None:
        """Each time a press of its own, as a person makes it who saw nothing happen."""
        trigger = f"{name}-{len(self.acknowledged)}-{at:%H%M}"
        answer = await self._post(web, self.clicks[name](trigger), at)
        if answer is not None:
            self.acknowledged.append((name, trigger))
            if APOLOGY in answer:
                self.stage.chat.apologised.add(trigger)

    async def _post(self, web: Actor, body: bytes, at: datetime) -> str | None:
        """Slack's own request; null when it was not acknowledged."""
        headers = signed(body, timestamp=int(at.timestamp()))
        try:
            async with self.http.post(f"http://{HOST}:{web.port}{EVENTS_PATH}", data=body, headers=headers) as answer:
                return await answer.text() if answer.status == 200 else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def _answer_unknown(self, web: Actor) -> None:
        """Somebody looks into the mailbox and says what they found, with one press for each message in doubt."""
        cards = [card for card in await self.office.cards(CardKind.PROBLEM) if card.data.get("what") == "unknown_message"]
        arrived = {letter.name for letter in self.stage.letters()}
        for card in cards:
            notice = NoticeId(card.subject)
            found = Name.WAS_SENT if message_id(f"notice:{notice}", SENDER) in arrived else Name.SEND_AGAIN
            self.answered[notice] += 1
            self.stage.tally.found[f"unknown, and it {'had left' if found is Name.WAS_SENT else 'had not left'}"] += 1
            await self._post(web, self._button(Action(found, notice), f"answer-{notice}"), self.office.clock.now())

    # Calm -------------------------------------------------------------------------------------------------------------------

    async def _calm_down(self) -> None:
        """Everything works again: minutes pass until nothing is under way, then hours and days if they must."""
        clock, plan = self.office.clock, self.plan
        clock.set(plan.start + max(minute.passed for life in plan.lives for minute in life.minutes if minute.passed < timedelta(hours=1)))
        (service,) = await self._cast((None,), clock.now(), alone=True)
        for nth, step in enumerate(_steps(plan)):
            clock.advance(step)
            minute = Minute(clock.now(), everything=nth == 0)
            self._read([await service.pass_minute(minute)])
            await self._answer_unknown(service)
            if await self._at_rest():
                break
        code = await service.end(signal.SIGTERM)
        if code != 0:
            self.differences.append(f"told to stop, a process ended with {code}")

    async def _at_rest(self) -> bool:
        under_way = await self.under_way()
        await self.office.store.close()
        return not under_way and self.letters() >= self.expected()


def _steps(plan: Plan) -> Sequence[timedelta]:
    minutes = [timedelta(minutes=6)] * 14
    days = [timedelta(hours=1), *[timedelta(hours=23), *minutes[:3]] * 3]
    return [*[timedelta(minutes=45)] * 4, timedelta(hours=5), *days] if plan.at_night else [*minutes, *days]


async def _kill_after(actor: Actor, seconds: float) -> None:
    await asyncio.sleep(seconds)
    actor.kill()
