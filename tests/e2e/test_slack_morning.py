"""A morning with a thousand reminders, by the real tick and delivery, in front of a Slack that refuses what goes beyond its limits."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import App, running
from bot.config import Settings, SlackSettings, SMTPSettings
from bot.live.draw import draw
from bot.live.places import places_of
from bot.live.route_settings import RouteSettings
from cards.slack.render import render
from tests.chaos.slack_api import slack_api
from tests.conftest import SECRET_KEY
from tests.e2e.strict_slack import StrictSlack
from tests.fakes.clock import TUESDAY, FixedClock
from tests.peers.slack import SECRET
from tests.workflows.office import Office
from workflows.domain.ids import CardId, new_id
from workflows.records import CardKind, Effect, StaffCard

MANY, STANDING, CHANNELS = 1_000, 60, 4
STEP = timedelta(seconds=5)
NAMES = [f"k{number:04}" for number in range(MANY)]


def settings(url: str, port: int, mails: Path) -> Settings:
    """Cards by amount into one of the channels."""
    routes = [RouteSettings(to=(f"C{n}",), least=f"{100 + n}.00 EUR", cards="alert") for n in reversed(range(1, CHANNELS))]
    return Settings(
        database_url=url,
        secret_key=SecretStr(base64.b64encode(SECRET_KEY).decode()),
        slack=SlackSettings(bot_token=SecretStr("xoxb-x"), signing_secret=SecretStr(SECRET), api_url=f"http://127.0.0.1:{port}/api/"),
        smtp=SMTPSettings(folder=mails, sender="receivables@seller.example"),
        routes=tuple(routes),
    )


async def cards_raised(app: App, office: Office, names: Sequence[str]) -> None:
    """As they were on the mornings before."""
    accounts = [await office.account(name) for name in names]
    async with app.store() as work:
        for account in accounts:
            now, item = office.clock.now(), account.items[0].id
            card = StaffCard(CardId(new_id()), CardKind.ALERT, account.book.id, item, office.today, now)
            await work.add_card(card)
            await work.enqueue(Effect.CARD, f"card:{card.id}", {"card": str(card.id)}, now)


async def passed(app: App, clock: FixedClock, done: Callable[[int], bool]) -> None:
    """Seconds pass and what waits is delivered, for twenty minutes at most."""
    for _ in range(600):
        await app.jobs.deliver()
        async with app.store() as work:
            waiting = sum(number for (_, state), number in (await work.outbox_counts()).items() if state in {"queued", "sending"})
        if done(waiting):
            return
        clock.advance(STEP)
    raise AssertionError("it did not come to rest")


async def wrong(app: App, slack: StrictSlack, clock: FixedClock) -> list[str]:
    """Cards that do not say in Slack what they say when they are drawn now."""
    found = []
    async with app.store() as work:
        for card in await work.live_cards():
            drawn = render(await draw(card, work, app.policies, clock.now()))
            found += [
                card.kind.value
                for place in places_of(card)
                if slack.standing[place.message]["blocks"] != json.loads(json.dumps(drawn.blocks))
            ]
            found += [] if places_of(card) else [f"{card.kind.value} stands nowhere"]
    return found


@pytest.mark.timeout(300)  # half a minute where nothing else is at work
async def test_a_thousand_reminders_leave_and_every_card_ends_right_without_one_refusal(one_url: str, tmp_path: Path) -> None:
    clock, mails = FixedClock(TUESDAY - timedelta(hours=19)), tmp_path / "mails"
    async with slack_api(StrictSlack(clock=clock)) as slack, running(settings(one_url, slack.port, mails), clock, connect=True) as app:
        assert isinstance(slack, StrictSlack)
        office = Office(app.store, clock)
        await office.open(chat=True)
        for n in range(CHANNELS):
            await office.owe(*NAMES[n::CHANNELS], late=2, amount=f"{100 + n}.00")
        await cards_raised(app, office, NAMES[:STANDING])
        await passed(app, clock, lambda waiting: waiting == 0)
        assert len(slack.standing) == STANDING

        clock.set(TUESDAY)
        await app.jobs.tick()
        await passed(app, clock, lambda waiting: waiting == 0)
        addressed = Counter(str(message_from_bytes(file.read_bytes(), policy=default)["To"]) for file in mails.glob("*.eml"))
        assert addressed == Counter(f"pay@{name}.example" for name in NAMES)
        assert await wrong(app, slack, clock) == []
        (digest,) = await office.cards(CardKind.DIGEST)
        said = slack.standing[str(digest.message)]["text"]
        assert "1,000 newly overdue · €101,500.00" in said
        assert slack.refused == {}
        assert slack.taken["chat.update"] >= STANDING
