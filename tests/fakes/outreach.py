"""A channel to customers that keeps what arrived, and misbehaves as it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from workflows.domain.messages import Message, Receipt
from workflows.errors import OutcomeUnknown


@dataclass(frozen=True, slots=True)
class Arrived:
    key: str
    message: Message


@dataclass(slots=True)
class FakeOutreach:
    """`trouble` is raised before anything is taken, by address or for all under `*`; `lost_answers` takes the message and raises.

    `can_be_asked` channels know what they took. `before` is called at every send.
    """

    channel: str = "email"
    mailbox: list[Arrived] = field(default_factory=list)
    trouble: dict[str, Exception] = field(default_factory=dict)
    lost_answers: bool = False
    can_be_asked: bool = False
    cannot_answer: Exception | None = None
    before: Callable[[], None] | None = None
    tried: int = 0

    async def send(self, message: Message, key: str) -> Receipt:
        self.tried += 1
        if self.before is not None:
            self.before()
        for who in ("*", *message.to):
            if who in self.trouble:
                raise self.trouble[who]
        self.mailbox.append(Arrived(key, message))
        if self.lost_answers:
            raise OutcomeUnknown("the connection was lost")
        return Receipt(f"<{key}>")

    async def was_sent(self, key: str) -> bool | None:
        if self.cannot_answer is not None:
            raise self.cannot_answer
        return any(arrived.key == key for arrived in self.mailbox) if self.can_be_asked else None

    async def rest(self) -> None:
        pass

    @property
    def letters(self) -> list[tuple[str, str]]:
        """Who got what: address and subject, in order of the address."""
        return sorted((arrived.message.to[0], arrived.message.subject) for arrived in self.mailbox)
