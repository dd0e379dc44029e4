"""The Bot Framework, all of it: the only module that knows botbuilder, whose maker has ended its support.

What it does for us: it reads an activity into its model, and chooses by the activity's type what is to be done.
Replacing it by the Microsoft 365 Agents SDK touches this file alone: `Activity` then comes from `microsoft_agents.activity`, the
handler and its turn from `microsoft_agents.hosting.core`, and `_Turns` becomes that SDK's channel adapter. Tokens coming in
(`tokens.py`), tokens going out (`credentials.py`) and the connector's REST calls (`connector.py`) do not use it, because its own
fetch keys and tokens by blocking calls without bounds, and accept callers (emulators, other bots as skills) that we do not.
"""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from botbuilder.core import ActivityHandler, BotAdapter, TurnContext
from botbuilder.schema import Activity, ActivityTypes, ConversationReference, ResourceResponse

from adapters.chat.teams.turn import Kind, Room, Turn

Answer = Mapping[str, Any] | None
Take = Callable[[Turn], Awaitable[Answer]]
_ANSWER = "duebot.answer"  # of an invoke, in the state of its turn
_TAG = re.compile(r"</?at\b[^<>]{0,200}>")  # around the name of whoever is mentioned
_BLANKS = r"(?:\s|&nbsp;)*"
SLASH = "/due"  # how the same is asked in Slack, and written in some answers
_LONGEST = 20_000  # characters of a message; what people type stays far below


class Unreadable(ValueError):
    """Not an activity, or one without what every activity has."""


class Framework:
    """`take` is called once for every activity, with what it returns as an invoke's answer."""

    def __init__(self, take: Take) -> None:
        self._adapter, self._bot = _Turns(), _Bot(take)

    def read(self, body: Mapping[str, Any]) -> Activity:
        """Raises `Unreadable`."""
        try:
            activity = Activity().deserialize(dict(body))
            _ = turn_of(activity)
        except Unreadable:
            raise
        except Exception as problem:  # whatever msrest raises for parts of another shape
            raise Unreadable(type(problem).__name__) from problem
        return activity

    async def run(self, activity: Activity) -> Answer:
        """What an invoke is answered; null for everything else."""
        context = TurnContext(self._adapter, activity)
        await self._adapter.run_pipeline(context, self._bot.on_turn)
        answer: Answer = context.turn_state.get(_ANSWER)
        return answer


class _Bot(ActivityHandler):  # type: ignore[misc]  # the framework has no types
    def __init__(self, take: Take) -> None:
        self._take = take

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        """The framework would make an activity of the answer, and a deep copy of its card."""
        turn_context.turn_state[_ANSWER] = await self._take(turn_of(turn_context.activity))

    async def _heard(self, turn_context: TurnContext) -> None:
        await self._take(turn_of(turn_context.activity))

    on_message_activity = on_installation_update = on_conversation_update_activity = _heard


class _Turns(BotAdapter):  # type: ignore[misc]
    """Nothing leaves through the framework."""

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        raise NotImplementedError

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        raise NotImplementedError

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        raise NotImplementedError


def turn_of(activity: Activity) -> Turn:
    """Raises `Unreadable` where something that every activity of Teams has is missing."""
    data = activity.channel_data if isinstance(activity.channel_data, Mapping) else {}
    talk, person = activity.conversation, activity.from_property
    channel, team = _mapping(data, "channel"), _mapping(data, "team")
    room = Room(talk.conversation_type) if talk and talk.conversation_type in set(Room) else Room.CHANNEL if channel or team else Room.GROUP
    conversation = _text(talk.id if talk else None).partition(";")[0]
    if not conversation or not _text(activity.type):
        raise Unreadable("neither a kind nor a conversation")
    return Turn(
        kind=_kind(activity),
        id=_text(activity.id),
        tenant=_text(talk.tenant_id) or _text(_mapping(data, "tenant").get("id")),
        service=_text(activity.service_url),
        conversation=conversation,
        room=room,
        person=_text(person.aad_object_id if person else None),
        user=_text(person.id if person else None),
        name=_text(activity.name),
        text=_typed(activity),
        value=activity.value,
        replied_to=_text(activity.reply_to_id),
        team=_text(team.get("id")),
        about=_text(channel.get("id")),
        channel_name=_text(channel.get("name")),
        sort=_text(channel.get("type")).lower(),
        channel_id=_text(activity.channel_id),
    )


def _typed(activity: Activity) -> str:
    """What was said to the app: without mentions of itself and Slack's command, entities as the characters they stand for, others as their names."""
    said = _text(activity.text)[:_LONGEST]
    for mention in _own_mentions(activity):
        said = re.sub(f"{re.escape(mention)}{_BLANKS}[,:]?", " ", said)
    return html.unescape(_TAG.sub("", said)).replace("\u00a0", " ").strip().removeprefix(f"{SLASH} ").strip()


def _own_mentions(activity: Activity) -> set[str]:
    """How the app's mention is written in the text."""
    own = _text(activity.recipient.id if activity.recipient else None)
    told = [one.additional_properties for one in activity.entities or () if one is not None]
    return {_text(one.get("text")) for one in told if own and _mapping(one, "mentioned").get("id") == own} - {""}


def _kind(activity: Activity) -> Kind:
    match activity.type:
        case ActivityTypes.message:
            return Kind.MESSAGE
        case ActivityTypes.invoke:
            return Kind.INVOKE
        case ActivityTypes.installation_update:
            return Kind.ADDED if activity.action in {"add", "add-upgrade"} else Kind.REMOVED
        case _:
            return Kind.OTHER


def _mapping(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
