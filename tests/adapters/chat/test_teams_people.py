"""Who somebody is: what the roster of a conversation says of them."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.chat.protocol import Person
from adapters.chat.teams.addresses import AddressBook
from adapters.chat.teams.turn import Kind, Room, Turn
from tests.adapters.chat.teams_desk import ANA, FakeAddresses, TeamsDesk
from tests.peers.teams import CHANNEL, TENANT, object_id
from workflows.errors import Rejected


@pytest.mark.parametrize(
    ("changes", "email", "outsider"),
    [
        ({}, "ana@nordhafen.example", False),
        ({"email": "Ana@Nordhafen.example"}, "ana@nordhafen.example", False),
        ({"email": None}, "ana@nordhafen.example", False),
        ({"email": None, "userPrincipalName": None}, None, False),
        ({"userRole": "guest"}, "ana@nordhafen.example", True),
        ({"userRole": "anonymous"}, "ana@nordhafen.example", True),
        ({"userPrincipalName": "ana_other.example#EXT#@nordhafen.example"}, "ana@nordhafen.example", True),
        ({"tenantId": "another"}, "ana@nordhafen.example", True),
        ({"aadObjectId": object_id("maria")}, "ana@nordhafen.example", True),
    ],
    ids=str,
)
async def test_guests_and_people_of_other_organisations_are_outsiders(
    met: TeamsDesk, changes: dict[str, Any], email: str | None, *, outsider: bool
) -> None:
    met.tenant.changes["ana"] = changes
    profile = await met.chat.room.profile(Person("teams", TENANT, ANA))
    assert (profile.email, profile.outsider) == (email, outsider)


async def test_nobody_is_known_who_was_never_met(met: TeamsDesk) -> None:
    with pytest.raises(Rejected, match="not met"):
        await met.chat.room.profile(Person("teams", TENANT, object_id("cy")))


async def test_who_presses_for_the_first_time_is_found_where_they_are(met: TeamsDesk) -> None:
    """What is learnt meanwhile is waited for."""
    book = AddressBook(FakeAddresses())
    learning = book.learning(Turn(Kind.INVOKE, "1", TENANT, met.tenant.url, CHANNEL, Room.CHANNEL, ANA, "29:ana"))
    found = await book.find(ANA)
    assert found is not None
    assert found.user == "29:ana"
    await learning
