"""Who is served in Teams and who is not, and what people hear when Teams itself is down."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from tests.e2e.service import filled
from tests.e2e.teams_service import TeamsHouse, serving_teams, words
from tests.fakes.clock import FixedClock
from tests.peers.teams import BLOCKED, CHANNEL, GROUP, TENANT, Fault, Tenant, object_id
from workflows.assign_customer import AssignCustomer, assign_customer
from workflows.invite_person import invited

BIRKENHOF = "Birkenhof Manufaktur GmbH"


@pytest.mark.parametrize(
    ("name", "changes"),
    [("cy", {}), ("ana", {"userRole": "guest"}), ("ana", {"tenantId": "another"}), ("ana", {"email": "x@elsewhere.example"})],
    ids=str,
)
async def test_strangers_guests_and_other_companies_get_a_private_explanation_and_nothing_happens(
    tenant: Tenant, sqlite_url: str, clock: FixedClock, name: str, changes: dict[str, str]
) -> None:
    tenant.changes[name] = changes
    async with serving_teams(tenant, sqlite_url, clock) as in_teams:
        await in_teams.meet("bo")
        await filled(in_teams)
        alert = in_teams.card(BIRKENHOF)
        before = in_teams.shown(alert)
        for label, at in product(("Flag", "Snooze", "Why?"), (CHANNEL, GROUP)):
            told = words(await in_teams.press(alert, label, by=name, at=at))
            assert told.startswith(("🟠 I do not know you yet", "🟠 This is for colleagues only")), told
            assert "8,600" not in told
        for at in ("", CHANNEL, GROUP):
            assert "8,600" not in await in_teams.said("overdue", by=name, at=at)
        await in_teams.run()
        assert in_teams.shown(alert) == before
        assert {entry.actor for entry in await in_teams.audit("refused")} == {f"teams:{object_id(name)}"}


async def test_one_person_in_the_roster_is_asked_for_once(in_teams: TeamsHouse) -> None:
    for _ in range(3):
        await in_teams.said("overdue", by="maria")
    assert sum("/members/" in path for _, path in in_teams.tenant.calls) == 1
    (entry,) = await in_teams.audit("user.linked")
    assert (entry.actor, entry.data["person"]) == (in_teams.who("maria"), object_id("maria"))


async def test_an_invitation_makes_an_account_of_another_address_a_colleagues_once(in_teams: TeamsHouse) -> None:
    in_teams.tenant.changes["cy"] = {"email": "maria@home.example"}
    assert "I do not know you yet" in await in_teams.said("overdue", by="cy")
    async with in_teams.app.store() as work:
        code = (await invited(in_teams.people["maria"], "command line", work, in_teams.clock)).code
    assert "This code does not work" in await in_teams.said(f"link {code[:-1]}", by="cy")
    assert "You are Maria Lindt here from now on" in await in_teams.said(f"link {code.lower()}", by="cy")
    assert "€10,750.40" in await in_teams.said("balance birkenhof", by="cy")
    assert "This code does not work" in await in_teams.said(f"link {code}", by="bob")
    async with in_teams.app.store() as work:
        assert await work.user_by_identity("teams", TENANT, object_id("cy")) == in_teams.people["maria"]
    assert [entry.data.get("invited") for entry in await in_teams.audit("user.linked")] == [True]


def mails(in_teams: TeamsHouse) -> list[tuple[str, str]]:
    """To colleagues: who, and the subject."""
    read = [one.message for one in in_teams.mail.mailbox]
    return [(str(one["To"]), str(one["Subject"])) for one in read if str(one["Subject"]).startswith("Duebot: ")]


async def minutes(in_teams: TeamsHouse, many: int) -> None:
    for _ in range(many):
        await in_teams.app.jobs.show_cards()
        await in_teams.app.jobs.mind_chats()
        in_teams.clock.advance(timedelta(minutes=1))


async def test_while_teams_is_down_owners_and_administrators_are_told_by_mail_and_the_cards_catch_up(
    tenant: Tenant, sqlite_url: str, clock: FixedClock
) -> None:
    """Entra ID goes on giving tokens meanwhile."""
    async with serving_teams(tenant, sqlite_url, clock) as in_teams:
        await in_teams.meet("ana")
        tenant.faults.append(Fault(503, times=10_000))
        await filled(in_teams)
        await assign(in_teams, BIRKENHOF, "ana")
        await minutes(in_teams, 9)
        assert mails(in_teams) == [], "what is over in ten minutes is not worth a mail"
        await minutes(in_teams, 20)
        assert ("ida@nordhafen.example", "Duebot: Teams cannot be written to") in mails(in_teams)
        assert any(who == "ana@nordhafen.example" and "new for you" in subject for who, subject in mails(in_teams))
        tenant.faults.clear()
        await minutes(in_teams, 20)
        assert mails(in_teams)[-1] == ("ida@nordhafen.example", "Duebot: Teams is back")
        assert len(set(mails(in_teams))) == len(mails(in_teams)), "each once"
        assert "€8,600.00" in words(in_teams.card(BIRKENHOF))


async def assign(in_teams: TeamsHouse, customer: str, to: str) -> None:
    async with in_teams.app.store() as work:
        book = await work.book("main")
        (item,) = [one.items[0].id async for one in work.all_accounts(book.id) if one.customer.name == customer]
        await assign_customer(AssignCustomer(item, in_teams.people[to].id, in_teams.people["maria"]), work, in_teams.clock)


async def test_a_conversation_that_blocks_duebot_is_written_to_no_more_and_the_administrator_hears_of_it(in_teams: TeamsHouse) -> None:
    def written() -> int:
        return sum(CHANNEL in path and method in {"POST", "PUT"} for method, path in in_teams.tenant.calls)

    await in_teams.said("flag AF-1031", by="ana")
    in_teams.tenant.faults.append(Fault(403, BLOCKED))
    await minutes(in_teams, 3)
    tried = written()
    assert [one for one in mails(in_teams) if one[0] == "ida@nordhafen.example"] == [
        ("ida@nordhafen.example", f"Duebot: Teams, channel {CHANNEL} cannot be written to")
    ]
    await in_teams.said("flag AF-1072", by="ana")
    await minutes(in_teams, 15)
    assert written() == tried
    await in_teams.said("help", by="ana", at=CHANNEL)  # somebody asks there: it is not blocked any more
    await in_teams.press(in_teams.card(BIRKENHOF), "Flag", by="ana")
    await minutes(in_teams, 3)
    assert written() > tried
    assert mails(in_teams)[-1] == ("ida@nordhafen.example", f"Duebot: Teams, channel {CHANNEL} is back")


async def test_a_colleague_who_blocks_duebot_is_named_to_the_administrator_and_is_back_once_they_write(in_teams: TeamsHouse) -> None:
    hers, idas = in_teams.tenant.own_chat("ana"), in_teams.tenant.own_chat("ida")
    await in_teams.said("home", by="ana")
    await in_teams.said("help", by="ida")
    in_teams.tenant.blocked.add(hers)
    await in_teams.press(in_teams.card(BIRKENHOF), "Flag", by="ana")  # her home has one more
    await minutes(in_teams, 3)
    assert mails(in_teams) == [("ida@nordhafen.example", "Duebot: Ana Ferreira in Teams cannot be written to")]
    assert "Nothing reaches Ana Ferreira in Microsoft Teams" in words(in_teams.card("Nothing reaches", at=idas))
    in_teams.tenant.blocked.clear()
    await in_teams.said("home", by="ana")
    await in_teams.press(in_teams.card(BIRKENHOF), "Unflag", by="ana")
    await minutes(in_teams, 3)
    assert mails(in_teams)[1:] == [("ida@nordhafen.example", "Duebot: Ana Ferreira in Teams is back")]
