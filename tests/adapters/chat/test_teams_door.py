"""Nobody but the Bot Framework gets in, for this app and its tenants, and nothing is kept of anybody else."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.chat.teams import keys as signing
from adapters.chat.teams.names import MESSAGES_PATH
from adapters.chat.teams.tokens import SKEW
from cards.actions import Action, Name
from cards.teams.presses import carried
from tests.adapters.chat.flood import refused_early
from tests.adapters.chat.teams_desk import TeamsDesk, desk
from tests.peers.teams import APP, CHANNEL, TENANT, Activity, Tenant

STRANGER = generate_private_key(public_exponent=65537, key_size=2048)
ITEM = UUID(int=1)
FLAG = {"type": "Action.Execute", "verb": "duebot", "data": carried(Action(Name.FLAG, ITEM))}
Request = tuple[Activity, Mapping[str, str]]


@pytest.fixture
async def door() -> AsyncGenerator[TeamsDesk]:
    async with desk() as one:
        yield one


def valid(tenant: Tenant, number: int) -> Activity:
    """Another kind in turn."""
    kinds: tuple[Callable[[], Activity], ...] = (
        lambda: tenant.message("overdue", by="ana"),
        lambda: tenant.execute(FLAG, by="bo", at=CHANNEL, message="m1"),
        lambda: tenant.message("overdue", by="maria", at=CHANNEL),
        lambda: tenant.task("task/fetch", carried(Action(Name.SNOOZE, ITEM)), by="ana", at=CHANNEL, message="m1"),
    )
    return kinds[number % len(kinds)]()


def changed(activity: Activity, **more: Any) -> Activity:
    return {**activity, **more}


def unsigned(tenant: Tenant) -> dict[str, str]:
    """A genuine token with its signature cut off."""
    head, body, _ = tenant.signed()["Authorization"].split(".")
    return {"Authorization": f"{head}.{body}.", "Content-Type": "application/json"}


def tampered(tenant: Tenant) -> dict[str, str]:
    """A genuine signature under other claims."""
    head, _, signature = tenant.signed()["Authorization"].split(".")
    claims = {"iss": "https://api.botframework.com", "aud": APP, "exp": 9_999_999_999, "serviceurl": tenant.service}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return {"Authorization": f"{head}.{body}.{signature}", "Content-Type": "application/json"}


FORGERIES: dict[str, Callable[[Tenant, Activity], Request]] = {
    "no token": lambda _, body: (body, {}),
    "another scheme": lambda tenant, body: (body, {"Authorization": tenant.signed()["Authorization"].replace("Bearer", "Basic")}),
    "not a token": lambda _, body: (body, {"Authorization": "Bearer x.y.z"}),
    "far too long": lambda _, body: (body, {"Authorization": "Bearer " + "x" * 20_000}),
    "another issuer": lambda tenant, body: (body, tenant.signed(iss="https://sts.windows.net/evil/")),
    "no issuer": lambda tenant, body: (body, tenant.signed(iss=None)),
    "another audience": lambda tenant, body: (body, tenant.signed(aud="00000000-0000-0000-0000-000000000000")),
    "a list of audiences": lambda tenant, body: (body, tenant.signed(aud=[APP, "another"])),
    "no audience": lambda tenant, body: (body, tenant.signed(aud=None)),
    "a stranger's key": lambda tenant, body: (body, tenant.signed(key=STRANGER)),
    "a key nobody published": lambda tenant, body: (body, tenant.signed(kid="key-9")),
    "no algorithm": lambda tenant, body: (body, tenant.signed(algorithm="none")),
    "a shared secret": lambda tenant, body: (body, tenant.signed(algorithm="HS256")),
    "another algorithm": lambda tenant, body: (body, tenant.signed(algorithm="RS512")),
    "no signature": lambda tenant, body: (body, unsigned(tenant)),
    "other claims under the signature": lambda tenant, body: (body, tampered(tenant)),
    "expired": lambda tenant, body: (body, tenant.signed(exp=int(tenant.now) - SKEW - 1)),
    "not valid yet": lambda tenant, body: (body, tenant.signed(nbf=int(tenant.now) + SKEW + 1)),
    "no expiry": lambda tenant, body: (body, tenant.signed(exp=None)),
    "an expiry in words": lambda tenant, body: (body, tenant.signed(exp="tomorrow")),
    "made for another service": lambda tenant, body: (body, tenant.signed(serviceurl="https://smba.trafficmanager.net/amer/")),
    "made for no service": lambda tenant, body: (body, tenant.signed(serviceurl=None)),
    "a service of nobody's": lambda tenant, body: (
        changed(body, serviceUrl="https://evil.example/"),
        tenant.signed(serviceurl="https://evil.example/"),
    ),
    "another tenant": lambda tenant, body: (
        changed(body, conversation={**body["conversation"], "tenantId": "0ther"}, channelData={"tenant": {"id": "0ther"}}),
        tenant.signed(),
    ),
    "no tenant": lambda tenant, body: (
        changed(body, conversation={**body["conversation"], "tenantId": None}, channelData={}),
        tenant.signed(),
    ),
    "another channel": lambda tenant, body: (changed(body, channelId="directline"), tenant.signed()),
}  # fmt: skip


async def test_every_valid_request_is_served_among_forgeries_of_every_kind(door: TeamsDesk) -> None:
    tenant = door.tenant
    honest = [("valid", (valid(tenant, number), tenant.signed())) for number in range(200)]
    forged = [(kind, make(tenant, valid(tenant, number))) for number, (kind, make) in enumerate([*FORGERIES.items()] * 8)]
    mixed = [*honest, *forged]
    random.Random(6).shuffle(mixed)
    answers: list[tuple[str, int]] = []
    for start in range(0, len(mixed), 40):
        some = mixed[start : start + 40]
        got = await asyncio.gather(*(door.post(*request) for _, request in some))
        answers += [(kind, answer.status_code) for (kind, _), answer in zip(some, got, strict=True)]
    await door.chat.settled(20)
    assert {status for kind, status in answers if kind != "valid"} == {401}
    assert {status for kind, status in answers if kind == "valid"} == {200}
    served = [one.key for one in door.handler.handled]
    assert sorted(served) == sorted(f"teams:{body['conversation']['id']}:{body['id']}" for _, (body, _) in honest)
    assert set(door.inbound.rows) < set(served)  # presses are kept by whoever handles them


@pytest.mark.parametrize("kind", FORGERIES)
async def test_a_forgery_leaves_nothing_behind(door: TeamsDesk, kind: str) -> None:
    body, headers = FORGERIES[kind](door.tenant, valid(door.tenant, 0))
    answer = await door.post(body, headers)
    assert (answer.status_code, answer.content, door.kept(), door.handler.handled) == (401, b"", 0, [])


@pytest.mark.parametrize(
    ("claims", "status"),
    [({"exp": -SKEW + 1}, 200), ({"exp": -SKEW}, 401), ({"nbf": SKEW}, 200), ({"nbf": SKEW + 1}, 401), ({"nbf": None}, 200)],
    ids=str,
)
async def test_clocks_may_differ_by_five_minutes(door: TeamsDesk, claims: dict[str, int | None], status: int) -> None:
    moved: dict[str, Any] = {name: None if by is None else int(door.tenant.now) + by for name, by in claims.items()}
    assert (await door.post(valid(door.tenant, 1), door.tenant.signed(**moved))).status_code == status


async def test_a_bot_of_several_tenants_serves_those_that_are_named_and_no_others() -> None:
    for tenants, status in ((frozenset({TENANT}), 200), (frozenset({"another"}), 401), (frozenset[str](), 401)):
        async with desk(tenant=None, tenants=tenants) as door:
            assert (await door.post(valid(door.tenant, 1))).status_code == status
            assert bool(door.kept()) is (status == 200)


async def test_a_new_key_is_fetched_when_it_is_first_seen_and_the_old_one_is_no_longer_believed(door: TeamsDesk) -> None:
    assert (await door.post(valid(door.tenant, 1))).status_code == 200
    old = door.tenant.signed()
    door.tenant.key, door.tenant.kid = STRANGER, "key-2"
    door.clock.at += timedelta(seconds=signing.PAUSE)
    assert (await door.post(valid(door.tenant, 1))).status_code == 200
    assert (await door.post(valid(door.tenant, 1), old)).status_code == 401


async def test_unknown_keys_do_not_make_us_ask_again_and_again(door: TeamsDesk) -> None:
    for number in range(20):
        assert (await door.post(valid(door.tenant, 1), door.tenant.signed(kid=f"key-{number + 5}"))).status_code == 401
    assert door.tenant.calls.count(("GET", "/keys")) == 1


async def test_keys_are_kept_while_they_cannot_be_had_and_not_for_ever(door: TeamsDesk) -> None:
    assert (await door.post(valid(door.tenant, 1))).status_code == 200
    door.tenant.lost = True
    for days, status in ((2, 200), (4, 503)):
        door.clock.at += timedelta(days=days)
        door.tenant.now = door.clock.now().timestamp()
        assert (await door.post(valid(door.tenant, 1))).status_code == status
    assert len(door.handler.handled) == 2


@pytest.mark.parametrize(
    "keys",
    [[], None, [7], [{"kid": "key-1", "kty": "RSA"}], [{"kid": "key-1", "kty": "oct", "k": "eA"}], "weak", "not for teams", "endless"],
    ids=str,
)
async def test_what_is_no_key_for_teams_is_not_believed(door: TeamsDesk, keys: object) -> None:
    door.tenant.published = keys
    assert (await door.post(valid(door.tenant, 1))).status_code in {401, 503}
    assert door.kept() == 0


@pytest.mark.parametrize("told", [True, False])
async def test_too_much_is_refused_before_it_is_read_whole(door: TeamsDesk, *, told: bool) -> None:
    await refused_early(door.http, MESSAGES_PATH, door.tenant.signed(), told=told)


async def test_a_body_is_not_even_read_for_a_stranger(door: TeamsDesk) -> None:
    taken = 0

    async def flood() -> AsyncGenerator[bytes]:  # ruff: ignore[unused-async]
        nonlocal taken
        taken += 1
        yield b"x"

    assert (await door.http.post(MESSAGES_PATH, content=flood(), headers=door.tenant.signed(key=STRANGER))).status_code == 401
    assert taken == 0


async def test_only_posts_are_taken(door: TeamsDesk) -> None:
    assert (await door.http.get(MESSAGES_PATH)).status_code == 405


async def test_what_could_not_be_kept_is_not_acknowledged(door: TeamsDesk) -> None:
    door.inbound.refuse = True
    for at in ("", CHANNEL):
        assert (await door.post(door.tenant.message("overdue", by="ana", at=at))).status_code == 503
    assert door.handler.handled == []


async def test_the_same_message_twice_is_answered_once(door: TeamsDesk) -> None:
    body = door.tenant.message("overdue", by="ana")
    for _ in range(3):
        assert (await door.post(body)).status_code == 200
    await door.chat.settled(20)
    assert len(door.handler.handled) == len(door.tenant.cards(door.tenant.own_chat("ana"))) == 1


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "{}", "personal", "invoke", "adaptiveCard/action"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "data", "action", "duebot", "name", "payload", "fields", "tenant"]), inner, max_size=3)
    ),
    max_leaves=4,
)
_PARTS = ["type", "id", "from", "conversation", "channelData", "value", "name", "text", "replyToId", "entities", "recipient", "timestamp", "action"]  # fmt: skip


@given(number=st.integers(0, 3), changes=st.dictionaries(st.sampled_from(_PARTS), _json, min_size=1, max_size=3))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_parts_of_another_shape_are_left_alone_or_refused(door: TeamsDesk, number: int, changes: dict[str, Any]) -> None:
    answer = await door.post({**valid(door.tenant, number), **changes})
    await door.chat.settled(20)
    assert answer.status_code in {200, 400, 401}


@given(body=st.binary(max_size=300))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_bytes_break_the_door(door: TeamsDesk, body: bytes) -> None:
    answer = await door.http.post(MESSAGES_PATH, content=body, headers=door.tenant.signed())
    assert answer.status_code in {400, 401}
    assert door.kept() == 0
