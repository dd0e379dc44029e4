"""Who is served in Teams and who is not, and what people hear when Teams itself is down."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from itertools import product

import pytest

from tests.adapters.chat.teams_desk import BLOCKED
from tests.e2e.service import filled
from tests.e2e.teams_service import TeamsHouse, serving_teams, words
from tests.fakes.clock import FixedClock
from tests.peers.teams import CHANNEL, GROUP, TENANT, Fault, Tenant, object_id, teams
from workflows.assign_customer import AssignCustomer, assign_customer
from workflows.invite_person import invited

BIRKENHOF = "Birkenhof Manufaktur GmbH"


@pytest.fixture
async def tenant() -> AsyncGenerator[Tenant]:
    async with teams() as one:
        yield one


@pytest.fixture
async def duebot(tenant: Tenant, one_url: str, clock: FixedClock) -> AsyncGenerator[TeamsHouse]:
    async with serving_teams(tenant, one_url, clock) as house:
        await house.meet("ana")
        await filled(house)
        yield house


@pytest.mark.parametrize(
    ("name", "changes"),
    [("cy", {}), ("ana", {"userRole": "guest"}), ("ana", {"tenantId": "another"}), ("ana", {"email": "x@elsewhere.example"})],
    ids=str,
)
async def test_strangers_guests_and_other_companies_get_a_private_explanation_and_nothing_happens(
    tenant: Tenant, sqlite_url: str, clock: FixedClock, name: str, changes: dict[str, str]
) -> None:
    tenant.changes[name] = changes
    async with serving_teams(tenant, sqlite_url, clock) as duebot:
        await duebot.meet("bo")
        await filled(duebot)
        alert = duebot.card(BIRKENHOF)
        before = duebot.shown(alert)
        for label, at in product(("Flag", "Snooze", "Why?"), (CHANNEL, GROUP)):
            told = words(await duebot.press(alert, label, by=name, at=at))
            assert told.startswith(("🟠 I do not know you yet", "🟠 This is for colleagues only")), told
            assert "8,600" not in told
        for at in ("", CHANNEL, GROUP):
            assert "8,600" not in await duebot.said("overdue", by=name, at=at)
        await duebot.run()
        assert duebot.shown(alert) == before
        assert {entry.actor for entry in await duebot.audit("refused")} == {f"teams:{object_id(name)}"}


async def test_one_person_in_the_roster_is_asked_for_once(duebot: TeamsHouse) -> None:
    for _ in range(3):
        await duebot.said("overdue", by="maria")
    assert sum("/members/" in path for _, path in duebot.tenant.calls) == 1
    (entry,) = await duebot.audit("user.linked")
    assert (entry.actor, entry.data["person"]) == (duebot.who("maria"), object_id("maria"))


async def test_an_invitation_makes_an_account_of_another_address_a_colleagues_once(duebot: TeamsHouse) -> None:
    duebot.tenant.changes["cy"] = {"email": "maria@home.example"}
    assert "I do not know you yet" in await duebot.said("overdue", by="cy")
    async with duebot.app.store() as work:
        code = (await invited(duebot.people["maria"], "command line", work, duebot.clock)).code
    assert "This code does not work" in await duebot.said(f"link {code[:-1]}", by="cy")
    assert "You are Maria Lindt here from now on" in await duebot.said(f"link {code.lower()}", by="cy")
    assert "€10,750.40" in await duebot.said("balance birkenhof", by="cy")
    assert "This code does not work" in await duebot.said(f"link {code}", by="bob")
    async with duebot.app.store() as work:
        assert await work.user_by_identity("teams", TENANT, object_id("cy")) == duebot.people["maria"]
    assert [entry.data.get("invited") for entry in await duebot.audit("user.linked")] == [True]


def mails(duebot: TeamsHouse) -> list[tuple[str, str]]:
    """To colleagues: who, and the subject."""
    read = [one.message for one in duebot.mail.mailbox]
    return [(str(one["To"]), str(one["Subject"])) for one in read if str(one["Subject"]).startswith("Duebot: ")]


async def minutes(duebot: TeamsHouse, many: int) -> None:
    for _ in range(many):
        await duebot.app.jobs.show_cards()
        await duebot.app.jobs.mind_chats()
        duebot.clock.advance(timedelta(minutes=1))


async def test_while_teams_is_down_owners_and_administrators_are_told_by_mail_and_the_cards_catch_up(
    tenant: Tenant, sqlite_url: str, clock: FixedClock
) -> None:
    """Entra ID goes on giving tokens meanwhile."""
    async with serving_teams(tenant, sqlite_url, clock) as duebot:
        await duebot.meet("ana")
        tenant.faults.append(Fault(503, times=10_000))
        await filled(duebot)
        await assign(duebot, BIRKENHOF, "ana")
        await minutes(duebot, 9)
        assert mails(duebot) == [], "what is over in ten minutes is not worth a mail"
        await minutes(duebot, 20)
        assert ("ida@nordhafen.example", "Duebot: Teams cannot be written to") in mails(duebot)
        assert any(who == "ana@nordhafen.example" and "new for you" in subject for who, subject in mails(duebot))
        tenant.faults.clear()
        await minutes(duebot, 20)
        assert mails(duebot)[-1] == ("ida@nordhafen.example", "Duebot: Teams is back")
        assert len(set(mails(duebot))) == len(mails(duebot)), "each once"
        assert "€8,600.00" in words(duebot.card(BIRKENHOF))


async def assign(duebot: TeamsHouse, customer: str, to: str) -> None:
    async with duebot.app.store() as work:
        book = await work.book("main")
        (item,) = [one.items[0].id async for one in work.all_accounts(book.id) if one.customer.name == customer]
        await assign_customer(AssignCustomer(item, duebot.people[to].id, duebot.people["maria"]), work, duebot.clock)


async def test_a_conversation_that_blocks_duebot_is_written_to_no_more_and_the_administrator_hears_of_it(duebot: TeamsHouse) -> None:
    def written() -> int:
        return sum(CHANNEL in path and method in {"POST", "PUT"} for method, path in duebot.tenant.calls)

    await duebot.said("flag AF-1031", by="ana")
    duebot.tenant.faults.append(Fault(403, BLOCKED))
    await minutes(duebot, 3)
    tried = written()
    assert [one for one in mails(duebot) if one[0] == "ida@nordhafen.example"] == [
        ("ida@nordhafen.example", f"Duebot: Teams, channel {CHANNEL} cannot be written to")
    ]
    await duebot.said("flag AF-1072", by="ana")
    await minutes(duebot, 15)
    assert written() == tried
    await duebot.said("help", by="ana", at=CHANNEL)  # somebody asks there: it is not blocked any more
    await duebot.press(duebot.card(BIRKENHOF), "Flag", by="ana")
    await minutes(duebot, 3)
    assert written() > tried
    assert mails(duebot)[-1] == ("ida@nordhafen.example", f"Duebot: Teams, channel {CHANNEL} is back")
