"""Channels that only have an incoming webhook: cards are posted there, with links in place of buttons, and never changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import httpx

from adapters.chat.protocol import CardRef, Limit, Person, Profile
from cards.elements import Card
from cards.linked import Link, Way, with_links
from cards.slack.render import render
from workflows.domain.ids import new_id
from workflows.errors import NotFound, OutcomeUnknown, RateLimited, Rejected, Unavailable

HOOK = "slack_hook"
TIMEOUT = 10.0  # seconds
_WHAT_TO_DO = {
    "channel_is_archived": "That Slack channel is archived: name another one, or unarchive it.",
    "no_service": "Slack no longer knows that webhook: make a new one and name it with duebot book --channel.",
    "action_prohibited": "The workspace does not let webhooks post there: ask whoever runs it.",
}
Address = Callable[[str], Awaitable[str | None]]


class SlackHooks:
    """Implements `ChatRoom`. A channel is the id of a stored webhook; who named it vouched for who reads it, as Slack does not say."""

    platform = HOOK
    edits = False

    def __init__(self, address: Address, way: Way | None, link: Link | None = None) -> None:
        """`address` looks a webhook's secret address up by its id."""
        self._address, self._way, self._link = address, way, link

    def threads(self, channel: str) -> bool:  # ruff: ignore[unused-method-argument]
        return False

    def address(self, team: str, channel: str) -> str:  # ruff: ignore[unused-method-argument] - nobody presses here
        return channel

    def home(self, written: str) -> str:
        return written

    def limits(self, channel: str, *, new: bool) -> Sequence[Limit]:  # ruff: ignore[unused-method-argument] - everything is new
        return (Limit(f"{HOOK}:{channel}", 1.1),)

    async def homes(self) -> Sequence[str]:
        return ()

    async def alive(self, home: str) -> None: ...

    async def check(self, channel: str) -> None: ...

    async def post(self, channel: str, card: Card) -> CardRef:
        url = await self._address(channel)
        if url is None:
            raise Rejected("There is no such webhook: name it anew with duebot book --channel.")
        drawn = render(with_links(card, self._way), self._link, self._way)
        body = {"text": drawn.text, "blocks": drawn.blocks, "unfurl_links": False}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as http:
                answer = await http.post(url, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout) as trouble:
            raise Unavailable(f"Slack cannot be reached: {type(trouble).__name__}") from None
        except httpx.HTTPError as trouble:
            raise OutcomeUnknown(f"Slack's answer got lost: {type(trouble).__name__}") from None
        _must_be_ok(answer)
        return CardRef(HOOK, channel, str(new_id()))

    async def update(self, ref: CardRef, card: Card) -> None:  # ruff: ignore[unused-method-argument]
        raise NotFound("What a webhook posted cannot be changed.")

    async def reply(self, ref: CardRef, card: Card) -> CardRef:  # ruff: ignore[unused-method-argument]
        raise NotFound("What a webhook posted has no thread.")

    async def profile(self, person: Person) -> Profile:  # ruff: ignore[unused-method-argument]
        raise NotFound("A webhook knows nobody.")


def _must_be_ok(answer: httpx.Response) -> None:
    """Refusals are a plain word; the address itself is a secret and stands in no sentence."""
    if answer.status_code == 200:
        return
    if answer.status_code == 429:
        told = answer.headers.get("retry-after", "")
        raise RateLimited("Slack asks to be called less often.", float(told) if told.isascii() and told.isdigit() else 30.0)
    if answer.status_code >= 500:
        raise Unavailable(f"Slack has trouble of its own ({answer.status_code}).")
    word = answer.text.strip()[:40]
    raise Rejected(_WHAT_TO_DO.get(word) or f"Slack refused the card ({answer.status_code}).")
