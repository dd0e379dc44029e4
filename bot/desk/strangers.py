"""Presses and words of somebody whose chat account is no colleague's: an explanation, or an invitation that is taken up."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.chat.protocol import Incoming, Reply
from bot.commands import AskLink, parse
from bot.desk.people import Stranger
from cards import people, problems
from cards.actions import Name
from cards.elements import Card
from workflows.acting import record
from workflows.errors import Refused
from workflows.invite_person import AcceptInvitation, accept_invitation
from workflows.ports import Clock, UnitOfWork


@dataclass(frozen=True, slots=True)
class StrangerDesk:
    """Nobody learns anything of a customer here."""

    incoming: Incoming
    why: Stranger
    work: UnitOfWork
    clock: Clock

    async def answer(self) -> Reply:
        """Guests, other companies' people and the deactivated cannot take up an invitation either."""
        first = await self.work.handled(self.incoming.key, self.clock.now(), kept=not self.incoming.at_once)
        if self.why is Stranger.UNKNOWN:
            if self._asks_for_form():
                return Reply(form=people.link_form())
            if (code := self._code()) is not None and first:
                return await self._link(code)
        await self._note(self.why.value)
        return Reply(card=self._explained())

    def _asks_for_form(self) -> bool:
        return self.incoming.action is not None and self.incoming.action.name is Name.LINK

    def _code(self) -> str | None:
        action = self.incoming.action
        if action is not None:
            return self.incoming.values.get("code", "") if action.name is Name.CONFIRM_LINK else None
        asked = parse(self.incoming.text or "")
        return asked.code if isinstance(asked, AskLink) else None

    async def _link(self, code: str) -> Reply:
        who = self.incoming.person
        try:
            user = await accept_invitation(AcceptInvitation(code, who.platform, who.team, who.id), self.work, self.clock)
        except Refused as refused:
            await self._note("invitation")
            if self.incoming.action is not None:
                return Reply(form=people.link_form({"code": str(refused)}), errors={"code": str(refused)})
            return Reply(card=problems.refused(str(refused)))
        return Reply(card=people.linked(user))

    async def _note(self, what: str) -> None:
        who = self.incoming.person
        await record(self.work, f"{who.platform}:{who.id}", self.clock.now(), "refused", {"what": what})

    def _explained(self) -> Card:
        match self.why:
            case Stranger.UNKNOWN:
                return problems.not_linked(self.incoming.person.platform)
            case Stranger.OUTSIDER:
                return problems.outsider()
            case Stranger.GONE:
                return problems.deactivated()
