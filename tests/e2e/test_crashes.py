"""Whatever dies, a customer gets every message once: processes that are really killed, on both databases, over both channels."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from adapters.store.unit_of_work import SqlStore
from tests.e2e.crashing import IN_DOUBT, POINTS, Run, run
from tests.fakes.clock import TUESDAY
from tests.peers.smtp import MailServer, mail_server
from tests.workflows.office import ANA, Office
from workflows.domain.account import NoticeState
from workflows.domain.ids import ItemId
from workflows.records import CardKind
from workflows.settle_unknown import SettleUnknown, settle_unknown

RESTART = TUESDAY + timedelta(minutes=6)  # when every lease of the dead process is over
WITH_CHANNEL = POINTS[POINTS.index("before the commit of the claim") :]
DUE = tuple(f"c{n}" for n in range(3))
BY_HAND = "hand"
ALERTS = len(DUE)


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """New processes that have everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.e2e.warm"])
    return context


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


async def office_with_debts(store: SqlStore) -> tuple[Office, ItemId]:
    """Four customers to be reminded by the policy, and one whom a colleague reminds by hand."""
    office = Office(store)
    await office.open()
    await office.owe(*DUE)
    await office.owe(BY_HAND, late=1)
    item = (await office.account(BY_HAND)).items[0].id
    await store.close()  # the other processes alone have the database open
    return office, item


async def live(processes: ForkServerContext, ask: Run) -> int | None:
    """How the process ended."""
    process = processes.Process(target=run, args=(ask,))
    process.start()
    await asyncio.to_thread(process.join, 60)
    ended = process.exitcode
    process.close()
    return ended


async def unknown(office: Office) -> list[str]:
    return [name for name in (*DUE, BY_HAND) if "unknown" in await office.states(name)]


def expected(point: str) -> Counter[str]:
    """A press that was never acknowledged is nobody's promise."""
    by_hand = [] if point == "before the click is accepted" else [BY_HAND]
    return Counter(f"pay@{name}.example" for name in (*DUE, *by_hand))


def at_server(server: MailServer) -> Counter[str]:
    return Counter(mail.recipients[0] for mail in server.mailbox)


def in_folder(folder: Path) -> Counter[str]:
    return Counter(str(message_from_bytes(file.read_bytes(), policy=default)["To"]) for file in folder.glob("*.eml"))


async def settled(office: Office) -> None:
    """Every alert has its one card, and nothing is left under way."""
    office.clock.set(RESTART + timedelta(hours=1))
    assert len(await office.cards(CardKind.ALERT)) == ALERTS
    assert not {state for (_, state) in await office.outbox()} & {"queued", "sending"}
    assert (await office.store.audit.verify()).first_bad is None


@pytest.mark.parametrize("point", POINTS)
async def test_into_a_folder_every_message_comes_exactly_once(
    store: SqlStore, database_url: str, processes: ForkServerContext, tmp_path: Path, point: str
) -> None:
    office, item = await office_with_debts(store)
    mails = tmp_path / "mails"
    assert await live(processes, Run(database_url, mails, TUESDAY, point, item)) == -signal.SIGKILL
    assert not in_folder(mails) - expected(point)
    assert await live(processes, Run(database_url, mails, RESTART, passes=2)) == 0
    assert in_folder(mails) == expected(point)
    assert await unknown(office) == []
    await settled(office)


@pytest.mark.parametrize("point", WITH_CHANNEL)
async def test_at_a_mail_server_no_message_comes_twice_and_what_is_in_doubt_is_asked(
    store: SqlStore, database_url: str, processes: ForkServerContext, server: MailServer, point: str
) -> None:
    office, item = await office_with_debts(store)
    assert await live(processes, Run(database_url, server.port, TUESDAY, point, item)) == -signal.SIGKILL
    assert await live(processes, Run(database_url, server.port, RESTART, passes=2)) == 0
    doubtful, arrived = await unknown(office), at_server(server)
    assert len(doubtful) > 1 or point not in IN_DOUBT
    assert not doubtful or point in {*IN_DOUBT, POINTS[-1]}
    assert not arrived - expected(point)  # none twice
    assert set(expected(point) - arrived) <= {f"pay@{name}.example" for name in doubtful}  # none lost in silence
    assert len(await office.cards(CardKind.PROBLEM)) == len(doubtful)
    again = await answer(office, doubtful)
    assert await live(processes, Run(database_url, server.port, RESTART + timedelta(minutes=20), passes=2)) == 0
    assert at_server(server) == arrived + again
    await settled(office)


async def answer(office: Office, names: list[str]) -> Counter[str]:
    """A person finds that the first did not leave, the second did, and so on. Returns what is to leave again."""
    office.clock.set(RESTART + timedelta(minutes=15))
    for number, name in enumerate(names):
        notice = next(notice for notice in await office.notices(name) if notice.state is NoticeState.UNKNOWN)
        async with office.store() as work:
            await settle_unknown(SettleUnknown(notice.id, number % 2 == 1, ANA), work, office.clock)
    await office.store.close()
    return Counter(f"pay@{name}.example" for name in names[::2])


async def test_killed_again_while_it_settles_what_the_first_death_left(
    store: SqlStore, database_url: str, processes: ForkServerContext, tmp_path: Path
) -> None:
    office, item = await office_with_debts(store)
    mails, dying = (
        tmp_path / "mails",
        ("after the channel has a message", "before the commit of the receipt", "after the commit of the receipt"),
    )
    for deaths, point in enumerate(dying):
        at = TUESDAY + deaths * timedelta(minutes=6)
        assert await live(processes, Run(database_url, mails, at, point, None if deaths else item)) == -signal.SIGKILL
    assert await live(processes, Run(database_url, mails, TUESDAY + timedelta(minutes=30), passes=2)) == 0
    assert in_folder(mails) == expected(dying[0])
    assert await unknown(office) == []
    await settled(office)


async def test_two_processes_at_once_send_every_message_once(
    store: SqlStore, database_url: str, processes: ForkServerContext, server: MailServer
) -> None:
    office = Office(store)
    await office.open()
    names = [f"c{n}" for n in range(40)]
    await office.owe(*names)
    await store.close()
    barrier = processes.Barrier(2)
    both = [processes.Process(target=run, args=(Run(database_url, server.port, TUESDAY), barrier)) for _ in range(2)]
    for process in both:
        process.start()
    await asyncio.gather(*(asyncio.to_thread(process.join, 60) for process in both))
    assert [process.exitcode for process in both] == [0, 0]
    for process in both:
        process.close()
    assert await live(processes, Run(database_url, server.port, RESTART)) == 0  # what both have done, a third leaves alone
    assert at_server(server) == Counter(f"pay@{name}.example" for name in names)
    assert len(await office.cards(CardKind.ALERT)) == 5
    assert len(await office.cards(CardKind.DIGEST)) == 1
    assert not {state for (_, state) in await office.outbox()} & {"queued", "sending", "unknown"}
