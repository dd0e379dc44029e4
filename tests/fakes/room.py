"""A chat that keeps what stands in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.chat.protocol import CardRef, Person, Profile
from cards.elements import Card
from workflows.errors import NotFound, OutsideError


@dataclass(slots=True)
class FakeRoom:
    """`standing` is the newest drawing of every message; `drawn` counts all of them. `trouble` is raised before anything is taken."""

    platform: str = "slack"
    standing: dict[str, Card] = field(default_factory=dict)
    drawn: int = 0
    tried: int = 0
    trouble: OutsideError | None = None
    lose_answer: OutsideError | None = None

    async def post(self, channel: str, card: Card) -> CardRef:
        self._try()
        ref = CardRef(self.platform, channel, f"{len(self.standing) + 1}.0")
        self._keep(ref, card)
        return ref

    async def update(self, ref: CardRef, card: Card) -> None:
        self._try()
        if ref.message not in self.standing:
            raise NotFound("message_not_found")
        self._keep(ref, card)

    async def profile(self, person: Person) -> Profile:
        return Profile(None, person.id)

    def _try(self) -> None:
        self.tried += 1
        if self.trouble is not None:
            raise self.trouble

    def _keep(self, ref: CardRef, card: Card) -> None:
        self.standing[ref.message] = card
        self.drawn += 1
        if self.lose_answer is not None:
            raise self.lose_answer
