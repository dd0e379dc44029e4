"""Channels that only have a Workflows (Power Automate) address: cards are posted there, with a link in place of buttons, and stay as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

import httpx

from adapters.chat.protocol import CardRef
from adapters.chat.teams.faults import fault, translated
from adapters.chat.teams.names import PLATFORM
from cards.elements import Card
from cards.teams.render import ADAPTIVE, FLOW, Link, linked
from workflows.domain.ids import new_id
from workflows.errors import NeedsReconnect, NotFound, Rejected

PREFIX = "workflow:"
_CHAT = "https://teams.microsoft.com/l/chat/0/0?users="


class Flows:
    """By a name of the administrator's; an address is a secret. `app_id` is the bot's, whose chat the link opens; empty: there is none."""

    def __init__(self, addresses: Mapping[str, str], http: httpx.AsyncClient, app_id: str, file: Link | None = None) -> None:
        self._addresses, self._http, self._file = addresses, http, file
        self._link = f"{_CHAT}{quote(f'28:{app_id}', safe='')}" if app_id else None

    def address(self, channel: str) -> str:
        """Raises `Rejected` for a name that is not in the settings."""
        found = self._addresses.get(channel.removeprefix(PREFIX))
        if found is None:
            raise Rejected(f"DUEBOT_TEAMS__WORKFLOWS has no “{channel.removeprefix(PREFIX)}”: add it with the address of its workflow.")
        return found

    async def post(self, channel: str, card: Card) -> CardRef:
        """The workflow says that it took the card, not that it stands; nobody can change or take it back."""
        address = self.address(channel)
        attachment = {"contentType": ADAPTIVE, "contentUrl": None, "content": linked(card, self._link, FLOW, self._file)}
        body = json.dumps({"type": "message", "attachments": [attachment]}, ensure_ascii=False, separators=(",", ":"))
        with translated(repeatable=False):
            answer = await self._http.post(address, content=body.encode("utf-8", "replace"), headers={"Content-Type": "application/json"})
        if not answer.is_success:
            error = fault(answer, repeatable=False)
            if isinstance(error, NeedsReconnect | NotFound):
                raise Rejected("The workflow does not exist any more, or its address is wrong: copy the address anew from Teams.")
            raise error
        return CardRef(PLATFORM, channel, str(new_id()))
