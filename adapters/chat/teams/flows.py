"""Channels that only have a Workflows (Power Automate) address: cards are posted there, with links in place of buttons, and stay as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

import httpx

from adapters.chat.protocol import CardRef
from adapters.chat.teams.faults import fault, translated
from adapters.chat.teams.names import PLATFORM
from cards.elements import Card
from cards.linked import Link, Way, with_links
from cards.teams.render import ADAPTIVE, FLOW, render
from workflows.domain.ids import new_id
from workflows.errors import NeedsReconnect, NotFound, Rejected

PREFIX = "workflow:"
_CHAT = "https://teams.microsoft.com/l/chat/0/0?users="


class Flows:
    """By a name of the administrator's; an address is a secret. Without a `way` links open the chat with the bot, whose `app_id` may be empty."""

    def __init__(
        self, addresses: Mapping[str, str], http: httpx.AsyncClient, app_id: str, file: Link | None = None, way: Way | None = None
    ) -> None:
        self._addresses, self._http, self._file = addresses, http, file
        chat = f"{_CHAT}{quote(f'28:{app_id}', safe='')}"
        self._way = way or ((lambda _: chat) if app_id else None)

    def address(self, channel: str) -> str:
        """Raises `Rejected` for a name that is not in the settings."""
        found = self._addresses.get(channel.removeprefix(PREFIX))
        if found is None:
            raise Rejected(f"DUEBOT_TEAMS__WORKFLOWS has no “{channel.removeprefix(PREFIX)}”: add it with the address of its workflow.")
        return found

    async def post(self, channel: str, card: Card) -> CardRef:
        """The workflow says that it took the card, not that it stands; nobody can change or take it back."""
        address = self.address(channel)
        drawn = render(with_links(card, self._way), FLOW, self._file, self._way)
        attachment = {"contentType": ADAPTIVE, "contentUrl": None, "content": drawn}
        body = json.dumps({"type": "message", "attachments": [attachment]}, ensure_ascii=False, separators=(",", ":"))
        with translated(repeatable=False):
            answer = await self._http.post(address, content=body.encode("utf-8", "replace"), headers={"Content-Type": "application/json"})
        if not answer.is_success:
            error = fault(answer, repeatable=False)
            if isinstance(error, NeedsReconnect | NotFound):
                raise Rejected("The workflow does not exist any more, or its address is wrong: copy the address anew from Teams.")
            raise error
        return CardRef(PLATFORM, channel, str(new_id()))
