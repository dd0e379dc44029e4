"""The office as it is when a round begins: people with their chat accounts, customers who owe, and how Duebot is set up there."""

from __future__ import annotations

import base64
from uuid import UUID

import aiohttp
from pydantic import SecretStr

from adapters.store.unit_of_work import SqlStore
from bot.config import Settings, SlackSettings, SMTPSettings
from tests.chaos.plan import Plan
from tests.chaos.process import CHAT_HOST, MAIL_HOST
from tests.chaos.slack_api import CHANNEL
from tests.chaos.stage import Stage
from tests.chaos.warmth import LETTERS
from tests.conftest import SECRET_KEY
from tests.e2e.crashing import SENDER
from tests.fakes.clock import FixedClock
from tests.peers.slack import SECRET, TEAM, Workspace
from tests.workflows.office import ANA, BEN, MAX, Office
from workflows.domain.access import Role, User
from workflows.domain.ids import UserId

IDA = User(UserId(UUID(int=5)), "ida@seller.example", "Ida", Role.ADMINISTRATOR)
PEOPLE = {"ana": ANA, "ben": BEN, "max": MAX, "ida": IDA}


def settings_of(plan: Plan, stage: Stage, url: str) -> Settings:
    into = {"folder": stage.mails} if plan.folder else {"host": MAIL_HOST, "port": stage.mail.port, "security": "none"}
    return Settings(
        database_url=url,
        secret_key=SecretStr(base64.b64encode(SECRET_KEY).decode()),
        slack=SlackSettings(
            bot_token=SecretStr("xoxb-duebot"), signing_secret=SecretStr(SECRET), api_url=f"http://{CHAT_HOST}:{stage.chat.port}/api/"
        ),
        smtp=SMTPSettings.model_validate({**into, "sender": SENDER}),
    )


async def office_of(store: SqlStore, plan: Plan) -> Office:
    office = Office(store, clock=FixedClock(plan.start), letters=LETTERS)
    await office.open(*PEOPLE.values(), chat=True)
    async with store() as work:
        for name, user in PEOPLE.items():
            await work.link(user.id, "slack", TEAM, f"U{name.upper()}")
    await office.owe(*plan.due)
    await office.owe(*plan.by_hand, late=1)
    return office


def workspace_of(stage: Stage, http: aiohttp.ClientSession) -> Workspace:
    workspace = Workspace("", http)
    workspace.base = f"http://{CHAT_HOST}:{stage.chat.port}"
    workspace.users = {name: f"U{name.upper()}" for name in PEOPLE}
    workspace.channels = {"credit": CHANNEL}
    return workspace
