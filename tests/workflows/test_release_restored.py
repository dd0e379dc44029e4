"""A copy that was put back: nothing leaves it unseen, and what the database before it sent is not sent again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.live.draw import draw
from tests.conftest import SECRET_KEY
from tests.fakes.clock import FixedClock
from tests.fakes.outreach import FakeOutreach
from tests.store.whole import backed_up, restored
from tests.workflows.office import ANY_HOUR, MAX, Office, opened, policies
from workflows.domain.account import NoticeState
from workflows.domain.doubt import BY_RELEASE, Doubted
from workflows.domain.ids import NoticeId, new_id
from workflows.errors import AlreadyDone, Unavailable
from workflows.records import CardKind, Effect
from workflows.release_restored import Foreseen, ReleaseRestored, foresee, release_restored
from workflows.settle_unknown import SettleUnknown, settle_unknown

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    """The one whose database is lost."""
    made = await opened(SqlStore(open_engine(sqlite_url), [SECRET_KEY]))
    yield made
    await made.store.close()


@asynccontextmanager
async def copy_of(office: Office, url: str, tmp_path: Path, mail: FakeOutreach | None = None) -> AsyncGenerator[Office, None]:
    """The database as it is now, put back elsewhere: an office of its own with a clock that stands where the other's does."""
    path, at = tmp_path / f"{len(list(tmp_path.iterdir()))}.backup", office.clock.now()  # ruff: ignore[blocking-path-method-in-async-function]
    backed_up(url, path, at=at)
    elsewhere = f"sqlite+aiosqlite:///{path.with_suffix('.db')}"
    restored(elsewhere, path)
    store = SqlStore(open_engine(elsewhere), [SECRET_KEY])
    try:
        yield Office(store, FixedClock(at), mail or FakeOutreach(), policies=office.policies)
    finally:
        await store.close()


async def release(copy: Office, ran_until: datetime | None = None, doubted: Doubted = Doubted.ASK) -> Foreseen:
    """What was shown before, which has to be what is done."""
    ask, channels = ReleaseRestored(ran_until or copy.clock.now(), doubted), {"email": copy.mail}
    seen = await foresee(ask, copy.store, channels, copy.policies, copy.clock)
    done = await release_restored(ask, copy.store, channels, copy.clock)
    assert (seen.sent, seen.unsent, seen.uncertain) == (done.sent, done.unsent, done.uncertain)
    return seen


async def go_on(copy: Office, minutes: int = 3) -> None:
    await copy.pass_minutes(minutes)


async def asks(copy: Office) -> list[NoticeId]:
    return [NoticeId(card.subject) for card in await copy.cards(CardKind.PROBLEM) if card.data["what"] == "unknown_message"]


async def answer(copy: Office, notice: NoticeId, *, left: bool) -> None:
    async with copy.store() as work:
        await settle_unknown(SettleUnknown(notice, left, MAX), work, copy.clock)


async def test_a_vendor_that_can_be_asked_settles_what_waited(store: SqlStore, database_url: str, tmp_path: Path) -> None:
    office = await opened(store, "acme", "brill", mail=FakeOutreach(can_be_asked=True))
    await office.tick()
    async with copy_of(office, database_url, tmp_path, office.mail) as copy:
        office.mail.trouble["pay@brill.example"] = Unavailable("not now")
        await office.deliver()
        office.mail.trouble.clear()
        copy.clock.advance(HOUR)
        seen = await release(copy)
        assert (seen.sent, seen.unsent, seen.uncertain, seen.due) == (1, 1, 0, 0)
        await go_on(copy)
        assert [to for to, _ in office.mail.letters] == ["pay@acme.example", "pay@brill.example"]
        assert await copy.states("acme") == await copy.states("brill") == ["sent"]
        assert [kind for kind, _ in await copy.trail()].count("backup.released") == 1
        assert not [card for card in await copy.cards() if card.data.get("what") == "restored"]
        with pytest.raises(AlreadyDone):
            await release(copy)


async def test_a_row_whose_message_is_lost_stops_no_release(office: Office, sqlite_url: str, tmp_path: Path) -> None:
    await office.owe("acme")
    await office.tick()
    async with office.store() as work:
        await work.enqueue(Effect.NOTICE, "notice:lost", {"notice": str(new_id())}, office.clock.now(), "email")
    async with copy_of(office, sqlite_url, tmp_path) as copy:
        assert (await release(copy)).uncertain == 1


@pytest.mark.parametrize("left", [True, False])
async def test_where_nobody_can_be_asked_a_person_is(office: Office, sqlite_url: str, tmp_path: Path, *, left: bool) -> None:
    await office.owe("acme")
    await office.tick()
    async with copy_of(office, sqlite_url, tmp_path) as copy:
        assert (await release(copy)).uncertain == 1
        await go_on(copy)
        assert copy.mail.tried == 0
        (notice,) = await asks(copy)
        await answer(copy, notice, left=left)
        await go_on(copy)
        assert len(copy.mail.mailbox) == (0 if left else 1)
        assert await copy.states("acme") == ["sent"]


async def test_what_fell_due_after_the_copy_was_made_is_asked_about_and_what_comes_later_leaves(
    office: Office, sqlite_url: str, tmp_path: Path
) -> None:
    await office.owe("acme", late=1)
    await office.tick()
    async with copy_of(office, sqlite_url, tmp_path) as copy:
        await office.at(office.clock.now() + 2 * DAY)
        assert len(office.mail.mailbox) == 1  # the step of the third day
        copy.clock.set(office.clock.now() + HOUR)
        seen = await release(copy)
        assert (seen.uncertain, seen.due, seen.due_in_doubt) == (0, 1, 1)
        await go_on(copy)
        assert copy.mail.tried == 0
        (notice,) = await asks(copy)
        await answer(copy, notice, left=True)
        await copy.at(copy.clock.now() + 8 * DAY)
        assert [one.step for one in await copy.notices("acme") if one.state is NoticeState.SENT] == ["first", "second"]
        assert len(copy.mail.mailbox) == 1


@pytest.mark.parametrize(
    ("ran_until", "doubted", "sent", "states"),
    [
        (None, Doubted.SENT, 0, ["sent"]),
        (None, Doubted.UNSENT, 1, ["sent"]),
        (-HOUR, Doubted.ASK, 1, ["sent"]),  # the database was moved: it had ended when the copy was made
        (2 * HOUR, Doubted.ASK, 0, ["unknown"]),
    ],
)
async def test_one_word_for_all_and_the_time_when_the_other_database_ended(
    office: Office, sqlite_url: str, tmp_path: Path, ran_until: timedelta | None, doubted: Doubted, sent: int, states: list[str]
) -> None:
    await office.owe("acme")
    async with copy_of(office, sqlite_url, tmp_path) as copy:
        at = copy.clock.now()
        copy.clock.advance(3 * HOUR)
        await release(copy, None if ran_until is None else at + ran_until, doubted)
        await go_on(copy)
        assert (len(copy.mail.mailbox), await copy.states("acme")) == (sent, states)
        by_word = [data["reference"] for kind, data in await copy.trail() if kind == "notice.sent" and doubted is Doubted.SENT]
        assert by_word == [BY_RELEASE] * (doubted is Doubted.SENT)
        for card in await copy.cards(CardKind.PROBLEM):
            async with copy.store() as work:
                assert "a backup was put back" in (await draw(card, work, copy.policies, copy.clock.now())).summary


async def test_what_a_person_sends_after_the_release_leaves_at_once(office: Office, sqlite_url: str, tmp_path: Path) -> None:
    await office.owe("acme")
    async with copy_of(office, sqlite_url, tmp_path) as copy:
        await release(copy)
        await copy.send_by_hand("acme")
        await copy.deliver()
        assert len(copy.mail.mailbox) == 1


class BreaksOff(FakeOutreach):
    """Answers once, then never again."""

    answered = False

    async def was_sent(self, key: str) -> bool | None:
        if self.answered:
            raise RuntimeError("the process dies here")
        self.answered = True
        return await FakeOutreach.was_sent(self, key)


async def test_a_release_that_broke_off_goes_on(office: Office, sqlite_url: str, tmp_path: Path) -> None:
    await office.owe("acme", "brill", "costa")
    office.mail.can_be_asked = True
    await office.tick()
    async with copy_of(office, sqlite_url, tmp_path, office.mail) as copy:
        await office.deliver()
        ask = ReleaseRestored(copy.clock.now())
        dying = BreaksOff(mailbox=office.mail.mailbox, can_be_asked=True)
        with pytest.raises(RuntimeError):
            await release_restored(ask, copy.store, {"email": dying}, copy.clock)
        await go_on(copy)
        assert await copy.states("acme") == ["sent"]  # by the vendor's word; the others still wait, for the mark stands
        assert (await release(copy)).sent == 2
        await go_on(copy)
        assert len(office.mail.mailbox) == 3


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_was_lost_and_whenever_no_step_reaches_a_customer_twice(
    office: Office, sqlite_url: str, tmp_path: Path, seed: int
) -> None:
    """Ticks at odd times, a copy at one of them, a loss some time later, and answers that are true."""
    chance = random.Random(seed)
    office.policies = policies(ANY_HOUR)
    names = [f"c{n}" for n in range(6)]
    for name in names:
        await office.owe(name, late=chance.randrange(-4, 12))
    for _ in range(chance.randrange(4)):
        await office.at(office.clock.now() + timedelta(hours=chance.randrange(1, 60)))
    if chance.random() < 0.5:
        await office.tick()
    async with copy_of(office, sqlite_url, tmp_path) as copy:
        for _ in range(chance.randrange(1, 5)):
            await office.at(office.clock.now() + timedelta(hours=chance.randrange(1, 60)))
        copy.clock.set(office.clock.now() + timedelta(hours=chance.randrange(0, 30)))
        await release(copy, office.clock.now())
        for _ in range(8):
            await copy.at(copy.clock.now() + timedelta(hours=chance.randrange(1, 40)))
            for notice in await asks(copy):
                await answer(copy, notice, left=await _did_leave(office, copy, notice))
        assert copy.mail.mailbox
        steps = [*await _sent(office, names), *await _own(copy, names)]
        assert max(Counter(steps).values()) == 1, steps


async def _did_leave(office: Office, copy: Office, notice: NoticeId) -> bool:
    """What a mail server's log would say: the database before it sent that step."""
    async with copy.store() as work:
        asked, customer = await work.notice(notice)
        name = (await work.account(customer)).customer.number
    return (name, asked.step) in await _sent(office, [name])


async def _sent(office: Office, names: list[str]) -> list[tuple[str, str]]:
    return [(name, one.step) for name in names for one in await office.notices(name) if one.state is NoticeState.SENT]


async def _own(copy: Office, names: list[str]) -> list[tuple[str, str]]:
    """Steps that left the copy itself: of those that count as sent, the ones the other database did not send."""
    arrived = {one.key for one in copy.mail.mailbox}
    return [(name, one.step) for name in names for one in await copy.notices(name) if f"notice:{one.id}" in arrived]
