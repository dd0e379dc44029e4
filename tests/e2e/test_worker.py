"""Many machines: workers share the work, one takes over what another left, and a press in the web is answered by a worker at once."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.sending import AT_ONCE
from tests.conftest import SECRET_KEY
from tests.e2e.machines import Machines, machines, owing
from tests.e2e.service import CHANNEL, channel_of_its_own
from tests.e2e.test_serve import free_ports
from tests.peers.slack import Workspace
from tests.peers.smtp import HOST, MailServer, mail_server
from tests.workflows.office import Office
from workflows.deliver_notices import LEASE
from workflows.records import CardKind, Effect


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


@pytest.fixture
def many(tmp_path: Path, postgresql_url: str, server: MailServer) -> Iterator[Machines]:
    with machines(tmp_path, postgresql_url, server) as running:
        yield running


@pytest.fixture
async def shared(postgresql_url: str) -> AsyncIterator[SqlStore]:
    made = SqlStore(open_engine(postgresql_url), [SECRET_KEY])
    yield made
    await made.close()


async def test_a_worker_ticks_and_delivers_and_ends_in_peace(many: Machines, shared: SqlStore, server: MailServer) -> None:
    await owing(shared, "acme", "brill")
    worker = await asyncio.to_thread(many.worker)
    await server.holds(2)
    worker.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(worker.wait, 20) == 0
    assert Counter(mail.recipients[0] for mail in server.mailbox) == {"pay@acme.example": 1, "pay@brill.example": 1}
    assert "Traceback" not in many.log(worker)


async def states(store: SqlStore, office: Office) -> Counter[str]:
    return Counter({state.value: number for (kind, state), number in (await office.outbox()).items() if kind is Effect.NOTICE})


@pytest.mark.timeout(240)
async def test_of_a_worker_killed_mid_batch_the_others_do_the_rest_within_a_minute(
    many: Machines, shared: SqlStore, server: MailServer
) -> None:
    """What it had at the mail server, or was about to hand over, is in doubt and asked about; everything else leaves, nothing twice."""
    names = [f"c{n}" for n in range(200)]
    others = [await asyncio.to_thread(many.worker) for _ in range(2)]
    for worker in others:
        worker.send_signal(signal.SIGSTOP)  # so that it is the first that has the batch
    office = await owing(shared, *names)
    server.held = asyncio.Event()
    first = await asyncio.to_thread(many.worker)
    await server.has_waiting(AT_ONCE)
    in_doubt = (await states(shared, office))["sending"]
    assert AT_ONCE <= in_doubt < len(names) / 2
    for worker in others:
        worker.send_signal(signal.SIGCONT)
    first.kill()
    server.held.set()
    await server.holds(len(names) - in_doubt + AT_ONCE, 60)
    for worker in others:
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, 20) == 0
    assert await states(shared, office) == {"sent": len(names) - in_doubt, "sending": in_doubt}
    office.clock.advance(2 * LEASE)
    for _ in range(2):  # a pass looks at so many
        await office.deliver()  # by a channel that cannot be asked
    assert await states(shared, office) == {"sent": len(names) - in_doubt, "unknown": in_doubt}
    assert len(await office.cards(CardKind.PROBLEM)) == in_doubt
    assert set(Counter(mail.recipients[0] for mail in server.mailbox).values()) == {1}


async def test_a_mail_server_that_hangs_delays_no_card(many: Machines, shared: SqlStore, server: MailServer, workspace: Workspace) -> None:
    await channel_of_its_own(workspace)
    channel = workspace.channels[CHANNEL]
    office = await owing(shared, "acme", channel=channel)
    server.held = asyncio.Event()
    worker = await asyncio.to_thread(many.worker, DUEBOT_SLACK__BOT_TOKEN=workspace.bot_token, DUEBOT_SLACK__API_URL=workspace.api_url)
    await server.has_waiting(1)
    for _ in range(600):
        if any("days late" in message["text"] for message in await workspace.messages(channel)):
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail("the alert does not stand while the mail server hangs")
    assert server.mailbox == []
    server.held.set()
    await server.holds(1)
    assert worker.poll() is None
    for _ in range(300):  # it stands in the chat a moment before that is noted
        if (await office.cards(CardKind.ALERT))[0].message:
            return
        await asyncio.sleep(0.1)
    pytest.fail("it is not noted that the alert stands")


async def test_a_chat_that_hangs_delays_no_mail(many: Machines, shared: SqlStore, server: MailServer) -> None:
    asked = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(hang, HOST, 0)
    async with silent:
        port = silent.sockets[0].getsockname()[1]
        await owing(shared, "acme", "brill", channel="C0123456789")
        slack = {"DUEBOT_SLACK__BOT_TOKEN": "xoxb-1", "DUEBOT_SLACK__API_URL": f"http://{HOST}:{port}/api/"}
        worker = await asyncio.to_thread(many.worker, **slack)
        async with asyncio.timeout(60):
            await asked.wait()
        await server.holds(2)
        await asyncio.to_thread(worker.kill)
        await asyncio.to_thread(worker.wait)


async def test_what_is_asked_for_in_the_web_a_worker_does_at_once(
    many: Machines, shared: SqlStore, server: MailServer, tmp_path: Path
) -> None:
    """`serve --no-jobs` takes a press and a worker answers it before the next minute; both say how it goes."""
    public, private = free_ports()
    (watched,) = free_ports()[:1]
    office = await owing(shared, "acme")
    await asyncio.to_thread(many.serve, "--no-jobs", "--port", str(public), "--admin-port", str(private))
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=8)) as web:
        ready = await web.get(f"http://{HOST}:{public}/readyz")
        assert (ready.status_code, ready.json()["jobs"]) == (200, False)  # nobody runs them
        worker = await asyncio.to_thread(many.worker, "--admin-port", str(watched))
        await server.holds(1)
        assert (await web.get(f"http://{HOST}:{watched}/readyz")).json()["ready"] is True
        assert (await web.get(f"http://{HOST}:{public}/readyz")).json()["jobs"] is True
        assert 'duebot_sends_total{result="sent",vendor="smtp"} 1.0' in (await web.get(f"http://{HOST}:{watched}/metrics")).text
    worker.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(worker.wait, 20) == 0
    assert [one.runs_jobs for one in (await shared.signs.lives())[0]] == [False]  # the web is there, the worker said goodbye
    assert await states(shared, office) == {"sent": 1}
