"""The channels we write to, and what Slack says of people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from adapters.chat.protocol import CardRef, File, Limit, Person, Profile
from adapters.chat.slack.addresses import address, is_conversation, is_person, parted
from adapters.chat.slack.faults import lacking, refused, translated
from adapters.chat.slack.files import share
from adapters.chat.slack.names import HOME, SCOPES
from adapters.chat.slack.reading import PLATFORM
from adapters.chat.slack.workspaces import Workspaces
from cards.elements import Card, pictured
from cards.slack.render import render, render_home
from workflows.domain.routing import ChannelFacts, against
from workflows.errors import OutcomeUnknown, Rejected, UnexpectedPayload
from workflows.ports import Clock

Approved = Callable[[], Awaitable[Iterable[str]]]
SCOPES_HEADER = "x-oauth-scopes"
KNOWN_SECONDS = 600  # a channel made public or shared is noticed within that time


class SlackRoom:
    """Implements `ChatRoom`. Names and amounts go only to private channels, or to those an administrator approved."""

    platform = PLATFORM
    edits = True

    def __init__(self, workspaces: Workspaces, approved: frozenset[str], clock: Clock, also: Approved | None = None) -> None:
        """`approved` stand in the settings, `also` are those approved while it runs."""
        self._workspaces, self._clock, self._also = workspaces, clock, also
        self._approved = frozenset(name.removeprefix("#") for name in approved)
        self._allowed_until: dict[str, float] = {}

    def address(self, team: str, channel: str) -> str:
        return address(team, channel)

    def home(self, written: str) -> str:
        return parted(written)[0]

    def threads(self, channel: str) -> bool:  # ruff: ignore[unused-method-argument] - Slack has threads everywhere
        return True

    def limits(self, channel: str, *, new: bool) -> Sequence[Limit]:
        return limits(channel, new=new)

    async def homes(self) -> Sequence[str]:
        return await self._workspaces.homes()

    async def alive(self, home: str) -> None:
        """The token works, and has every scope."""
        client = await self._workspaces.client(home)
        with translated(repeatable=True):
            answer = await client.auth_test()
        granted = {str(name).lower(): value for name, value in dict(answer.headers or {}).items()}.get(SCOPES_HEADER)
        if granted is not None and (missing := [scope for scope in SCOPES if scope not in str(granted).replace(" ", "").split(",")]):
            raise lacking(missing)

    async def post(self, channel: str, card: Card) -> CardRef:
        """Raises `OutcomeUnknown` when the message may stand there. A new message has no pictures yet."""
        await self._allow(channel)
        return await self._post(channel, pictured(card, {}))

    async def reply(self, ref: CardRef, card: Card) -> CardRef:
        """A line in the card's thread."""
        await self._allow(ref.channel)
        return await self._post(ref.channel, card, thread=ref.message)

    async def _post(self, written: str, card: Card, thread: str | None = None) -> CardRef:
        team, channel = parted(written)
        client, drawn = await self._workspaces.client(team), render(card)
        with translated(repeatable=False):
            answer = await client.chat_postMessage(
                channel=channel,
                text=drawn.text,
                blocks=drawn.blocks,
                mrkdwn=False,
                unfurl_links=False,
                unfurl_media=False,
                thread_ts=thread,
            )
        message = str(answer.get("ts") or "")
        if not message:
            raise OutcomeUnknown("Slack took the card but did not say where it stands.")
        return CardRef(PLATFORM, address(team, str(answer.get("channel") or channel)), message)

    async def attach(self, ref: CardRef, files: Sequence[File]) -> Sequence[str]:
        """Into the card's thread."""
        await self._allow(ref.channel)
        team, channel = parted(ref.channel)
        return await share(await self._workspaces.client(team), channel, ref.message, files)

    async def update(self, ref: CardRef, card: Card) -> None:
        await self._allow(ref.channel)
        if ref.message == HOME:
            team, person = parted(ref.channel)
            client = await self._workspaces.client(team)
            with translated(repeatable=True):
                await client.views_publish(user_id=person, view=render_home(card))
            return
        try:
            await self._change(ref, card)
        except Rejected:
            plain = pictured(card, {})
            if plain == card:
                raise
            await self._change(ref, plain)  # Slack still works on the picture, or somebody took it away

    async def _change(self, ref: CardRef, card: Card) -> None:
        team, channel = parted(ref.channel)
        client, drawn = await self._workspaces.client(team), render(card)
        with translated(repeatable=True):
            await client.chat_update(channel=channel, ts=ref.message, text=drawn.text, blocks=drawn.blocks)

    async def profile(self, person: Person) -> Profile:
        """Of somebody in a workspace the app is in; the token says which one that is, not who asks."""
        client, home = await self._workspaces.client(person.team), await self._workspaces.team_of(person.team)
        with translated(repeatable=True):
            answer = await client.users_info(user=person.id)
        return _profile(_object(answer.data, "user"), {person.team or home, home})

    async def check(self, channel: str) -> None:
        """Asks Slack anew, and raises what stands against cards in the channel."""
        self._allowed_until.pop(channel, None)
        await self._allow(channel)

    async def _allow(self, written: str) -> None:
        team, channel = parted(written)
        now = self._clock.now().timestamp()
        if is_conversation(channel) or self._allowed_until.get(written, 0) > now:
            return
        if is_person(channel):
            await self._allow_person(Person(PLATFORM, team, channel))
            self._allowed_until[written] = now + KNOWN_SECONDS
            return
        client = await self._workspaces.client(team)
        with translated(repeatable=True):
            answer = await client.conversations_info(channel=channel)
        told = _object(answer.data, "channel")
        if told.get("is_archived") or told.get("is_member") is False:
            raise refused("is_archived" if told.get("is_archived") else "not_in_channel")
        also = frozenset(await self._also()) if self._also else frozenset[str]()
        reason = against(_facts(told), self._approved | also)
        if reason:
            raise Rejected(reason)
        self._allowed_until[written] = now + KNOWN_SECONDS

    async def _allow_person(self, person: Person) -> None:
        about = await self.profile(person)
        if about.outsider or about.deactivated:
            raise Rejected(f"{about.name or person.id} is a guest, of another company, or no longer there: nothing was sent to them.")


def limits(channel: str, *, new: bool) -> Sequence[Limit]:
    """Slack takes a message a second in a channel and tolerates short bursts, and in a workspace 50 changes of messages a minute (30 and a
    burst of 20) and 100 of homes (60 and a burst of 40). What changes at a person is their home: a message to them stands in a conversation.
    """
    team, one = parted(channel)
    if is_person(one) and not new:
        return (Limit(f"{PLATFORM}:{team}:views.publish", 1.0, burst=30, urgent=40),)
    if new:
        return (Limit(f"{PLATFORM}:{team}:chat.postMessage:{one}", 1.1, burst=10, urgent=10),)
    return (Limit(f"{PLATFORM}:{team}:chat.update", 2.0, burst=15, urgent=20),)


def _facts(channel: dict[str, Any]) -> ChannelFacts:
    """An absent `is_private` counts as public."""
    shared = bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))
    private = bool(channel.get("is_private") or channel.get("is_im"))
    return ChannelFacts(str(channel.get("id") or ""), str(channel.get("name") or ""), private, shared)


def _profile(user: dict[str, Any], homes: set[str]) -> Profile:
    """The address only where Slack says that it was confirmed: it is what links a person to their role."""
    about = user.get("profile")
    about = about if isinstance(about, dict) else {}
    guest = any(user.get(sign) for sign in ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "is_workflow_bot"))
    grid = user.get("enterprise_user")
    grid = grid if isinstance(grid, dict) else {}
    elsewhere = not homes <= {user.get("team_id"), grid.get("enterprise_id"), *(grid.get("teams") or ())}
    email = about.get("email")
    return Profile(
        email=email.lower() if isinstance(email, str) and email and user.get("is_email_confirmed") is True else None,
        name=str(about.get("display_name") or about.get("real_name") or user.get("real_name") or user.get("name") or ""),
        outsider=guest or elsewhere,
        deactivated=bool(user.get("deleted")),
    )


def _object(body: Any, name: str) -> dict[str, Any]:
    found = body.get(name) if isinstance(body, dict) else None
    if not isinstance(found, dict):
        raise UnexpectedPayload(f"Slack's answer has no {name}.")
    return found
