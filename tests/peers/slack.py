"""Slack as far as it can be had on a machine: in front of the emulator of its Web API (`slack_emulator`), what that one lacks.

with emulator() as server:                      # once for many tests; skips where it is not installed
    async with slack(server) as workspace:      # one per test
        settings = SlackSettings(workspace.bot_token, (SECRET,), api_url=workspace.api_url)
        trigger = await workspace.trigger("ana")
        ... POST workspace.command("/due overdue", by="ana", trigger=trigger), signed(...)
        assert (await workspace.messages("credit"))[0]["text"] == "..."

The front turns a GET into the same POST (slack_sdk reads with GET, the emulator takes POST only), adds the confirmation of e-mail addresses
to `users.info`, takes what is sent to a response_url, speaks Socket Mode, can be told to fail, and keeps what went through.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
from aiohttp import web

from adapters.chat.slack.names import SCOPES
from adapters.chat.slack.signature import sign
from tests.peers.slack_elements import button, chosen, elements, held, state_of
from tests.peers.slack_emulator import APP, APP_ID, BOT, HOST, OBSERVER

__all__ = ["SECRET", "Fault", "Workspace", "button", "chosen", "elements", "interactive", "signed", "slack"]
SECRET = "a signing secret of the tests"
TEAM = "T000000001"


@dataclass(frozen=True, slots=True)
class Call:
    """What went through: the method, its arguments (JSON text already read), and Slack's answer."""

    method: str
    arguments: dict[str, Any]
    answer: dict[str, Any]


@dataclass(slots=True)
class Fault:
    """What the next call of a method meets. `lost`: Slack does it, and the connection breaks before the answer."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    lost: bool = False


class Workspace:
    """One Slack workspace with a private channel `credit` and a public one `lobby`, of which the app's bot is a member."""

    bot_token, app_token, team = BOT, APP, TEAM

    def __init__(self, server: str, http: aiohttp.ClientSession) -> None:
        self._server, self._http = server, http
        self.base = ""
        self.calls: list[Call] = []
        self.tokens: dict[str, list[str]] = {}
        self.responses: dict[str, list[dict[str, Any]]] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.uploads: dict[str, bytes] = {}
        self.changes: dict[str, dict[str, Any]] = {}
        self.date: datetime | None = None
        self.users: dict[str, str] = {}
        self.channels: dict[str, str] = {}
        self.went_through = asyncio.Condition()
        self.sockets: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self.acknowledged: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._numbers = count(1)
        self._pressed: dict[str, tuple[str, str]] = {}

    @property
    def api_url(self) -> str:
        return f"{self.base}/api/"

    # What a test does to the workspace ---------------------------------------------------------------------------------

    async def trigger(self, name: str, view: str | None = None) -> str:
        """A trigger as Slack sends it with what a person does; lives three seconds and opens one window."""
        asked = {"user_id": self.users[name], **({"view_id": view} if view else {})}
        return str((await self.ask("views.generateTriggerId", asked))["trigger_id"])

    async def create_channel(self, name: str, *, private: bool) -> str:
        """The bot is not in it."""
        made = await self.ask("conversations.create", {"name": name, "is_private": private})
        return str(made["channel"]["id"])

    def fail(self, method: str, *faults: Fault) -> None:
        self.faults.setdefault(method, []).extend(faults)

    def response_url(self, channel: str = "", message: str = "") -> str:
        """Of a press in that message, which may be replaced through it."""
        name = f"r{next(self._numbers)}"
        self.responses[name] = []
        self._pressed[name] = channel, message
        return f"{self.base}/respond/{name}"

    # What a test sees of it --------------------------------------------------------------------------------------------

    async def messages(self, channel: str) -> list[dict[str, Any]]:
        """Newest first."""
        found = await self.ask("conversations.history", {"channel": self.channels.get(channel, channel)})
        return list(found["messages"])

    def windows(self) -> dict[str, dict[str, Any]]:
        """Every window by its id, as it stands now."""
        shown = (call.answer["view"] for call in self.calls if call.method in {"views.open", "views.update"} and call.answer.get("ok"))
        return {view["id"]: view for view in shown}

    def home(self, name: str) -> dict[str, Any]:
        """The view that stands in their Home tab."""
        shown = [call for call in self.asked("views.publish") if call.answer.get("ok") and call.arguments["user_id"] == self.users[name]]
        assert shown, f"nothing was published to {name}"
        view = shown[-1].arguments["view"]
        return {"id": f"V{self.users[name]}", **(json.loads(view) if isinstance(view, str) else view)}

    def whispers(self) -> list[dict[str, Any]]:
        """What was said to one person only: through a response_url, or as an ephemeral message."""
        ephemeral = [call.arguments for call in self.calls if call.method == "chat.postEphemeral" and call.answer.get("ok")]
        answers = [said for all_said in self.responses.values() for said in all_said]
        return [*ephemeral, *(said for said in answers if not said.get("replace_original"))]

    async def installed(self, address: str, *, by: str) -> str:
        """Allows the app on Slack's page at `address`; where the browser is sent then."""
        asked = {"user_id": self.users[by], **dict(parse_qsl(urlsplit(address).query))}
        async with self._http.post(f"{self._server}/oauth/v2/authorize/callback", data=asked, allow_redirects=False) as answer:
            return answer.headers["Location"]

    async def until_asked(self, method: str) -> None:
        """Returns when the app has called it, five seconds at most."""
        async with asyncio.timeout(5), self.went_through:
            await self.went_through.wait_for(lambda: self.asked(method))

    def asked(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    async def ask(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """A call as the workspace's own administrator, past the front."""
        headers = {"Authorization": f"Bearer {OBSERVER}"}
        async with self._http.post(f"{self._server}/api/{method}", json=arguments, headers=headers) as answer:
            body: dict[str, Any] = await answer.json()
        assert body["ok"], (method, body)
        return body

    # What Slack sends ---------------------------------------------------------------------------------------------------

    def command(self, text: str, *, by: str, trigger: str, channel: str = "credit") -> bytes:
        """The form of `/due text`."""
        return urlencode(self.command_fields(text, by=by, trigger=trigger, channel=channel)).encode()

    def command_fields(self, text: str, *, by: str, trigger: str, channel: str = "credit") -> dict[str, str]:
        return {
            "token": "legacy",
            "api_app_id": APP_ID,
            "team_id": TEAM,
            "team_domain": "nordhafen",
            "channel_id": self.channels[channel],
            "channel_name": channel,
            "user_id": self.users[by],
            "user_name": by,
            "command": "/due",
            "text": text,
            "response_url": self.response_url(),
            "trigger_id": trigger,
            "is_enterprise_install": "false",
        }

    def press(
        self,
        element: Mapping[str, Any],
        *,
        by: str,
        trigger: str,
        channel: str = "credit",
        message: str = "1700000000.000100",
        blocks: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """A button of a message, as it stands in the message's blocks (or a chosen option of a menu, see `chosen`)."""
        return {
            **self._interaction("block_actions", by, trigger),
            "container": {"type": "message", "message_ts": message, "channel_id": self.channels[channel], "is_ephemeral": False},
            "channel": {"id": self.channels[channel], "name": channel},
            "message": {"type": "message", "ts": message, "text": "", "blocks": [*blocks]},
            "response_url": self.response_url(self.channels[channel], message),
            "actions": [{"block_id": "b", "action_ts": "1700000001.000000", **element}],
        }

    def press_in_window(self, element: Mapping[str, Any], view: Mapping[str, Any], *, by: str, trigger: str) -> dict[str, Any]:
        return {
            **self._interaction("block_actions", by, trigger),
            "container": {"type": "view", "view_id": view["id"]},
            "view": dict(view),
            "actions": [{"block_id": "b", "action_ts": "1700000001.000000", **element}],
        }

    def submission(self, view: Mapping[str, Any], values: Mapping[str, Any], *, by: str, trigger: str) -> dict[str, Any]:
        """A form sent off. `values` by the field's action id: text, or for a menu and a date what Slack would hold."""
        return {
            **self._interaction("view_submission", by, trigger),
            "view": {**view, "state": {"values": state_of(view, values)}},
            "response_urls": [],
        }

    def change(self, view: Mapping[str, Any], name: str, values: Mapping[str, Any], *, by: str, trigger: str) -> dict[str, Any]:
        """A field of a form that is being filled in: `values` as for `submission`."""
        (block,) = [one for one in view["blocks"] if one.get("block_id") == name]
        assert block.get("dispatch_action"), "Slack tells of no change of that field"
        now = held(block["element"], values.get(name))
        return {
            **self._interaction("block_actions", by, trigger),
            "container": {"type": "view", "view_id": view["id"]},
            "view": {**view, "state": {"values": state_of(view, values)}},
            "actions": [{"block_id": name, "action_id": name, "action_ts": "1700000001.000000", **now}],
        }

    def mention(self, text: str, *, by: str, event_id: str, channel: str = "credit") -> dict[str, Any]:
        said = {"type": "app_mention", "user": self.users[by], "text": text, "ts": "1700000002.000000", "team": TEAM}
        return self._event({**said, "channel": self.channels[channel]}, event_id)

    def home_opened(self, *, by: str, event_id: str, tab: str = "home") -> dict[str, Any]:
        return self._event({"type": "app_home_opened", "user": self.users[by], "channel": f"D{self.users[by][1:]}", "tab": tab}, event_id)

    def _event(self, event: Mapping[str, Any], event_id: str) -> dict[str, Any]:
        return {
            "token": "legacy", "team_id": TEAM, "api_app_id": APP_ID, "event": {**event, "event_ts": "1700000002.000000"},
            "type": "event_callback", "event_id": event_id, "event_time": 1700000002,
            "authorizations": [{"team_id": TEAM, "user_id": self.users["duebot"], "is_bot": True}],
            "is_ext_shared_channel": False, "event_context": "c",
        }  # fmt: skip

    def _interaction(self, kind: str, by: str, trigger: str) -> dict[str, Any]:
        return {
            "type": kind,
            "team": {"id": TEAM, "domain": "nordhafen"},
            "user": {"id": self.users[by], "username": by, "name": by, "team_id": TEAM},
            "api_app_id": APP_ID,
            "token": "legacy",
            "trigger_id": trigger,
            "is_enterprise_install": False,
        }

    # Standing in front ---------------------------------------------------------------------------------------------------

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        fault = self.faults[method].pop(0) if self.faults.get(method) else None
        if fault is not None and not fault.lost:
            return web.Response(status=fault.status, headers=dict(fault.headers), text=fault.body, content_type="application/json")
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.tokens.setdefault(method, []).append(token)
        if method == "apps.connections.open":
            good = token == APP or not token  # slack_sdk's own socket client sends it in another header
            url = f"{self.base.replace('http', 'ws')}/socket"
            return web.json_response({"ok": True, "url": url} if good else {"ok": False, "error": "invalid_auth"})
        async with self._http.post(f"{self._server}/api/{method}", json=arguments, headers={"Authorization": f"Bearer {token}"}) as answer:
            status, body = answer.status, await answer.json()
        _add_what_is_missing(method, body, self.changes)
        if "upload_url" in body:
            body["upload_url"] = self.base + urlsplit(body["upload_url"]).path
        async with self.went_through:
            self.calls.append(Call(method, arguments, body))
            self.went_through.notify_all()
        if fault is not None and request.transport is not None:
            request.transport.close()
        return web.json_response(body, status=status, headers=self._headers(method, token))

    def _headers(self, method: str, token: str) -> dict[str, str]:
        """What Slack says beside its answers."""
        told = {"x-oauth-scopes": ",".join(SCOPES if token == BOT else ["commands"])} if method == "auth.test" else {}
        return told | ({"Date": format_datetime(self.date, usegmt=True)} if self.date else {})

    async def take_file(self, request: web.Request) -> web.Response:
        content = await request.read()
        self.uploads[request.match_info["file"]] = content
        async with self._http.post(f"{self._server}{request.path}", data=content) as answer:
            return web.Response(status=answer.status, text=await answer.text())

    async def take_response(self, request: web.Request) -> web.Response:
        if request.match_info["name"] not in self.responses:
            return web.Response(status=404, text="expired_url")
        said = await request.json()
        self.responses[request.match_info["name"]].append(said)
        if said.get("replace_original"):
            channel, message = self._pressed[request.match_info["name"]]
            asked = {"channel": channel, "ts": message, "text": said["text"], "blocks": said["blocks"]}
            headers = {"Authorization": f"Bearer {BOT}"}
            async with self._http.post(f"{self._server}/api/chat.update", json=asked, headers=headers) as answer:
                assert (await answer.json())["ok"], asked
        return web.Response(text="ok")

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        one = web.WebSocketResponse()
        await one.prepare(request)
        await one.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP_ID}})
        await self.sockets.put(one)
        async for message in one:
            if message.type is aiohttp.WSMsgType.TEXT:
                await self.acknowledged.put(json.loads(message.data))
        return one


@asynccontextmanager
async def slack(server: str) -> AsyncGenerator[Workspace]:
    fresh = aiohttp.TCPConnector(force_close=True)  # the emulator hangs up on a connection that was quiet for five seconds
    async with aiohttp.ClientSession(connector=fresh) as http:
        workspace = Workspace(server, http)
        application = web.Application()
        application.router.add_route("*", "/api/{method}", workspace.pass_on)
        application.router.add_post("/respond/{name}", workspace.take_response)
        application.router.add_post("/upload/v1/{file}", workspace.take_file)
        application.router.add_get("/socket", workspace.socket)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, HOST, 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        workspace.base = f"http://{host}:{port}"
        workspace.users = {user["name"]: user["id"] for user in (await workspace.ask("users.list", {}))["members"]}
        found = await workspace.ask("conversations.list", {"types": "public_channel,private_channel"})
        workspace.channels = {channel["name"]: channel["id"] for channel in found["channels"]}
        try:
            yield workspace
        finally:
            await runner.cleanup()


def signed(body: bytes, *, secret: str = SECRET, timestamp: int | str) -> dict[str, str]:
    """The headers Slack sends with a body."""
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": sign(body, str(timestamp), secret),
    }


def interactive(payload: Mapping[str, Any]) -> bytes:
    """A press or a submission as it is sent: JSON in one field of a form."""
    return urlencode({"payload": json.dumps(payload)}).encode()


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.method == "GET" or request.query:  # slack_sdk puts some methods' arguments there, whatever the verb
        return dict(request.query)
    if request.content_type == "application/json":
        return dict(await request.json())
    return {name: _decoded(str(value)) for name, value in (await request.post()).items()}


def _decoded(value: str) -> Any:
    """slack_sdk sends blocks and views as JSON text in a form."""
    if value[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _add_what_is_missing(method: str, body: dict[str, Any], changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Slack's answers hold more than the emulator's; `changes` are a test's own, by method."""
    if not body.get("ok"):
        return
    if method == "users.info":
        body["user"] = {"is_email_confirmed": True, "is_restricted": False, **body["user"], **changes.get(method, {})}
    if method == "conversations.info":
        body["channel"] = {"is_ext_shared": False, **body["channel"], **changes.get(method, {})}
    if method == "oauth.v2.access":
        body.update(changes.get(method, {}))
