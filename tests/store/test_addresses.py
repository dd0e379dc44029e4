"""Where chats take messages, as the store keeps it."""

from __future__ import annotations

from adapters.chat.protocol import Address
from adapters.store.addresses import SqlAddresses
from adapters.store.engine import open_engine
from tests.fakes.clock import FixedClock


async def test_addresses_are_found_by_one_of_their_details(database_url: str, clock: FixedClock) -> None:
    engine = open_engine(database_url)
    addresses = SqlAddresses(engine, clock)
    kept = [
        Address("teams", "general", {"team": "credit", "room": "channel"}),
        Address("teams", "board", {"team": "credit", "room": "channel"}),
        Address("teams", "lobby", {"team": "house", "room": "channel"}),
        Address("teams", "ana", {"room": "personal"}),
        Address("other", "general", {"team": "credit"}),
    ]
    for one in kept:
        await addresses.keep(one)
    assert await addresses.having("teams", "team", "credit") == {"general": kept[0], "board": kept[1]}
    assert await addresses.having("teams", "team", "nobody's") == {}
    await engine.dispose()
