"""Forms and commands that were acknowledged survive `kill -9`: a real service is killed before and while it handles them, and before it tells
anybody that it could not; what was asked is done once by the next one, which says so.
"""

from __future__ import annotations

from multiprocessing.context import ForkServerContext

import httpx
import pytest

from adapters.chat.slack.names import EVENTS_PATH
from tests.e2e.doomed import doomed, started_again, warm_processes
from tests.e2e.held import Stand
from tests.e2e.service import CHANNEL, Service, words
from tests.peers.slack import interactive, signed

BIRKENHOF, HARROW, CALLOWAY = "Birkenhof Manufaktur GmbH", "Harrow & Pike LLP", "Calloway Interiors Ltd"
FLAG, FLAGGED = "flag AF-1031", "item.flagged"
# On whose card, the button, what is filled in.
FORMS = {
    Stand.BEFORE: (BIRKENHOF, "Note", {"note": "Their bookkeeper is ill"}, "item.noted"),
    Stand.COMMIT: (HARROW, "Send reminder", {"reason": "asked for a copy"}, "reminder.sent_by_hand"),
    Stand.FAILED: (CALLOWAY, "Note", {"note": "They moved"}, "item.noted"),
}


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    return warm_processes()


async def acknowledged(http: httpx.AsyncClient, duebot: Service, body: bytes) -> httpx.Response:
    answer = await http.post(EVENTS_PATH, content=body, headers=signed(body, timestamp=int(duebot.clock.now().timestamp())))
    assert answer.status_code == 200
    return answer


def told_directly(duebot: Service, name: str) -> list[str]:
    """Direct messages to them, oldest first."""
    said = [call.arguments for call in duebot.workspace.asked("chat.postMessage") if call.answer.get("ok")]
    return [words(one["blocks"]) for one in said if one["channel"] == duebot.workspace.users[name]]


@pytest.mark.parametrize("stand", Stand)
async def test_what_was_acknowledged_is_done_once_after_a_kill(duebot_on_both: Service, processes: ForkServerContext, stand: Stand) -> None:
    duebot, (card, label, filled, kind) = duebot_on_both, FORMS[stand]
    command = duebot.workspace.command(FLAG, by="ana", trigger=await duebot.workspace.trigger("ana"), channel=CHANNEL)
    async with doomed(duebot, processes, stand) as http:
        await acknowledged(http, duebot, command)
    assert await duebot.audit(FLAGGED) == []
    await started_again(duebot)
    assert len(await duebot.audit(FLAGGED)) == 1
    (told,) = told_directly(duebot, "ana")
    assert "flagged" in told

    form = await duebot.open(await duebot.card(card), label, by="ana")
    body = interactive(duebot.workspace.submission(form, filled, by="ana", trigger=await duebot.workspace.trigger("ana")))
    mails = len(duebot.mail.mailbox)
    async with doomed(duebot, processes, stand) as http:
        assert "Working" in words((await acknowledged(http, duebot, body)).json()["view"]["blocks"])
    assert await duebot.audit(kind) == []
    await started_again(duebot)
    assert len(await duebot.audit(kind)) == 1
    assert len(duebot.mail.mailbox) - mails == (label == "Send reminder")
    assert len(told_directly(duebot, "ana")) == 2

    await duebot.post(body)  # Slack, or the person, says it again
    await duebot.post(command)
    assert (len(await duebot.audit(kind)), len(await duebot.audit(FLAGGED))) == (1, 1)


async def test_a_shared_answer_stands_in_the_channel_once_after_a_kill(duebot_on_both: Service, processes: ForkServerContext) -> None:
    duebot = duebot_on_both
    before = len(await duebot.messages())
    body = duebot.workspace.command("share balance birkenhof", by="ana", trigger=await duebot.workspace.trigger("ana"), channel=CHANNEL)
    async with doomed(duebot, processes, Stand.COMMIT) as http:
        await acknowledged(http, duebot, body)
    assert len(await duebot.messages()) == before
    await started_again(duebot)
    assert len(await duebot.messages()) == before + 1
    assert "Ana Ferreira shared this" in words((await duebot.messages())[0]["blocks"])
