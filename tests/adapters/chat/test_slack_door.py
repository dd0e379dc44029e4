"""Nobody but Slack gets in, and nothing is kept of anybody else."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from adapters.chat import body as posted
from adapters.chat.slack.chat import build
from adapters.chat.slack.names import EVENTS_PATH
from adapters.chat.slack.signature import WINDOW_SECONDS, genuine, sign
from cards.actions import Action, Name
from tests.adapters.chat.conftest import Desk, serve, settings_for
from tests.adapters.chat.flood import refused_early
from tests.fakes.handler import FakeHandler, FakeInbound, FakeInstallations, SetClock
from tests.paths import shared
from tests.peers.slack import SECRET, Workspace, interactive, signed

OLD_SECRET = "the one before it was rotated"
Request = tuple[bytes, Mapping[str, str]]


def workspace() -> Workspace:
    """Makes requests without a Slack to answer them."""
    one = Workspace("http://127.0.0.1:9", None)  # type: ignore[arg-type]  # never calls
    one.users, one.channels = {"ana": "U1", "duebot": "U2"}, {"credit": "C1"}
    return one


def flag(trigger: str) -> dict[str, Any]:
    payload = {"type": "button", "action_id": Name.FLAG.value, "value": Action(Name.FLAG, UUID(int=1)).encode()}
    return workspace().press(payload, by="ana", trigger=trigger)


def bodies(number: int) -> bytes:
    """A valid request, another kind in turn."""
    made = workspace()
    kinds: tuple[Callable[[], bytes], ...] = (
        lambda: made.command("overdue", by="ana", trigger=f"t{number}"),
        lambda: interactive(flag(f"t{number}")),
        lambda: json.dumps(made.mention("overdue", by="ana", event_id=f"Ev{number}")).encode(),
    )
    return kinds[number % len(kinds)]()


def forgery(body: bytes, now: int, kind: int) -> Request:
    """The ways to get in without the secret, or with an answer of yesterday."""
    true = signed(body, timestamp=now)
    name = "X-Slack-Signature"
    ways: tuple[Callable[[], Request], ...] = (
        lambda: (body, signed(body, timestamp=now, secret="guessed")),
        lambda: (body, signed(body, timestamp=now - WINDOW_SECONDS - 1)),
        lambda: (body, signed(body, timestamp=now + WINDOW_SECONDS + 1)),
        lambda: (body.replace(b"overdue", b"balance").replace(b"flag.set", b"flag.end") + b" ", true),
        lambda: (body, {key: value for key, value in true.items() if key != name}),
        lambda: (body, {**true, name: true[name].upper()}),
        lambda: (body, {**true, name: "v1" + true[name][2:]}),
        lambda: (body, {**true, name: "v0=\u00e9"}),
        lambda: (body, {**true, "X-Slack-Request-Timestamp": str(now + 1)}),
        lambda: (body, {**true, "X-Slack-Request-Timestamp": f"+{now}"}),
        lambda: (body, {**true, "X-Slack-Request-Timestamp": "soon"}),
        lambda: (body, signed(body, timestamp=now, secret="")),
    )
    return ways[kind % len(ways)]()


async def post(desk: Desk, request: Request) -> httpx.Response:
    headers = {name.encode(): value.encode() for name, value in request[1].items()}
    return await desk.http.post(EVENTS_PATH, content=request[0], headers=headers)


async def test_a_thousand_valid_requests_are_served_among_a_thousand_that_are_not(lone: Desk) -> None:
    valid = [bodies(number) for number in range(1_000)]
    forged = [forgery(bodies(2_000 + number), lone.now, number) for number in range(800)]
    replayed = [(body, signed(body, timestamp=lone.now)) for body in valid[:200]]
    for body in valid[:200]:
        await post(lone, (body, signed(body, timestamp=lone.now)))
    rest = [*(("valid", (body, signed(body, timestamp=lone.now))) for body in valid[200:]),
            *(("forged", one) for one in forged), *(("replayed", one) for one in replayed)]  # fmt: skip
    random.Random(7).shuffle(rest)
    answers: list[tuple[str, int, str]] = []
    for start in range(0, len(rest), 50):
        some = rest[start : start + 50]
        got = await asyncio.gather(*(post(lone, request) for _, request in some))
        answers += [(kind, answer.status_code, answer.text) for (kind, _), answer in zip(some, got, strict=True)]
    await lone.chat.settled(60)
    assert {answer for answer in answers if answer[0] == "forged"} == {("forged", 401, "")}
    assert {answer for answer in answers if answer[0] != "forged"} == {("valid", 200, ""), ("replayed", 200, "")}
    expected = {f"slack:Ev{number}" if number % 3 == 2 else f"slack:t{number}" for number in range(1_000)}
    assert set(lone.inbound.rows) == expected
    assert sorted(one.key for one in lone.handler.handled) == sorted(expected)


async def test_two_secrets_are_accepted_while_they_are_rotated_and_only_then() -> None:
    for secrets, statuses in (((SECRET, OLD_SECRET), [200, 200]), ((SECRET,), [200, 401]), ((), [401, 401])):
        inbound, clock = FakeInbound(), SetClock()
        chat = build(settings_for("http://127.0.0.1:9/api/", secrets=secrets), FakeHandler(), inbound, FakeInstallations(), clock)
        desk = Desk(chat, serve(chat), FakeHandler(), inbound, clock)
        async with desk.http:
            got = [(await post(desk, (bodies(n), signed(bodies(n), timestamp=desk.now, secret=secret)))).status_code
                   for n, secret in enumerate((SECRET, OLD_SECRET))]  # fmt: skip
            await chat.settled()
        assert got == statuses
        assert len(inbound.rows) == statuses.count(200)


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-300, 200), (0, 200), (300, 200), (301, 401)])
async def test_the_window_is_five_minutes_either_way(lone: Desk, seconds: int, status: int) -> None:
    body = bodies(0)
    assert (await post(lone, (body, signed(body, timestamp=lone.now + seconds)))).status_code == status
    await lone.chat.settled()


@pytest.mark.parametrize("told", [True, False])
async def test_too_much_is_refused_before_it_is_read_whole(lone: Desk, *, told: bool) -> None:
    await refused_early(lone.http, EVENTS_PATH, {}, told=told)


async def test_only_posts_are_taken(lone: Desk) -> None:
    assert (await lone.http.get(EVENTS_PATH)).status_code == 405


async def test_slacks_question_for_the_address_is_answered_when_it_is_signed(lone: Desk) -> None:
    body = b'{"type": "url_verification", "challenge": "c-1", "token": "legacy"}'
    assert (await lone.post(body)).json() == {"challenge": "c-1"}
    assert (await post(lone, (body, {"Content-Type": "application/json"}))).status_code == 401


async def test_headers_that_switch_bolt_do_nothing_as_they_are_not_signed(lone: Desk) -> None:
    body = bodies(0)
    headers = {**signed(body, timestamp=lone.now), "X-Slack-Bolt-Lazy-Only": "1", "X-Slack-Bolt-Lazy-Function-Name": "said"}
    await post(lone, (body, headers))
    await lone.chat.settled()
    assert len(lone.handler.handled) == 1


@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(["application/json", "application/x-www-form-urlencoded", "", "é"]),
    true=st.booleans(),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_bytes_break_the_door(lone: Desk, body: bytes, kind: str, *, true: bool) -> None:
    signature = sign(body, str(lone.now), SECRET) if true else "v0=0"
    headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": str(lone.now), "X-Slack-Signature": signature}
    assert (await post(lone, (body, headers))).status_code in ({200, 400} if true else {401})
    assert not lone.inbound.rows


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "{}", "T1", "view_submission", "duebot.form"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "values", "value", "type", "blocks", "action_id"]), inner, max_size=3)
    ),
    max_leaves=4,
)
_PATHS = ["type", "team", "user", "trigger_id", "actions", "container", "channel", "view", "message", "response_url", "enterprise",
          "event", "authorizations", "event_id", "team_id", "is_enterprise_install", "command", "payload", "function_data", "interactivity"]  # fmt: skip


@given(number=st.integers(0, 2), changes=st.dictionaries(st.sampled_from(_PATHS), _json, min_size=1, max_size=3))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_parts_of_another_shape_are_left_alone_or_refused(lone: Desk, number: int, changes: dict[str, Any]) -> None:
    whole = [
        flag("t"),
        workspace().mention("overdue", by="ana", event_id="E"),
        {**flag("t"), "type": "view_submission", "view": {"id": "V"}},
    ][number]
    assert (await lone.post(json.dumps({**whole, **changes}).encode())).status_code in {200, 400}
    lone.inbound.rows.clear()


@given(body=st.binary(max_size=50), timestamp=st.text(max_size=14), signature=st.text(max_size=80))
def test_nothing_guessed_is_genuine(body: bytes, timestamp: str, signature: str) -> None:
    assert not genuine(body, timestamp, signature, (SECRET,), 1_700_000_000)


def test_the_signature_is_slacks_own() -> None:
    """Against the SDK, which reads the body as text."""
    body = urlencode({"text": "Größe", "command": "/due"}).encode()
    assert sign(body, "1700000000", SECRET) == SignatureVerifier(SECRET).generate_signature(timestamp="1700000000", body=body)


@pytest.mark.parametrize("kind", ["slash_command", "block_actions", "view_submission", "event.app_mention"])
def test_what_the_tests_send_has_the_shape_slack_documents(kind: str) -> None:
    shape = json.loads(shared("specs/slack/slack_inbound_shapes.json").read_text())[kind]
    made = workspace()
    view = {"id": "V", "blocks": [], "private_metadata": ""}
    sent: dict[str, dict[str, Any]] = {
        "slash_command": dict(made.command_fields("x", by="ana", trigger="t")),
        "block_actions": flag("t"),
        "view_submission": made.submission(view, {}, by="ana", trigger="t"),
        "event.app_mention": made.mention("x", by="ana", event_id="E"),
    }
    assert set(sent[kind]) - set(shape) <= {"response_urls"}  # documented for views, absent from the samples


async def test_a_body_that_never_comes_to_its_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posted, "PATIENCE", 0)
    chat = build(settings_for("http://127.0.0.1:9/api/"), FakeHandler(), FakeInbound(), FakeInstallations(), SetClock())
    said: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()

    async def never() -> MutableMapping[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async with asyncio.timeout(5):
        await chat.endpoint({"type": "http", "method": "POST", "headers": []}, never, said.put)
    assert said.get_nowait()["status"] == 408
