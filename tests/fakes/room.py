"""A chat that keeps what stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.chat.protocol import CardRef, File, Limit, Person, Profile
from cards.elements import Card
from workflows.domain.routing import ChannelFacts, against
from workflows.errors import NeedsReconnect, NotFound, OutsideError, Rejected


def _conversation(channel: str) -> str:
    """What is posted to a person stands in the conversation with them, as in Slack."""
    return f"D{channel[1:]}" if channel.startswith("U") else channel


@dataclass(slots=True)
class FakeRoom:
    """`standing` is the newest drawing of every message; `drawn` counts all of them; `lines` are those under each card. `trouble` is raised before anything is taken."""

    platform: str = "slack"
    threaded: bool = True
    edits: bool = True
    standing: dict[str, Card] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    public: frozenset[str] = frozenset()
    approved: frozenset[str] = frozenset()
    drawn: int = 0
    tried: int = 0
    pace: dict[bool, tuple[float, int, int]] = field(default_factory=dict)
    refusing: Mapping[str, OutsideError] = field(default_factory=dict)
    trouble: OutsideError | None = None
    lose_answer: OutsideError | None = None

    def threads(self, channel: str) -> bool:
        return self.threaded

    def address(self, team: str, channel: str) -> str:
        return channel

    def home(self, written: str) -> str:
        return written.partition("/")[0] if "/" in written else ""

    def limits(self, channel: str, *, new: bool) -> Sequence[Limit]:
        return [Limit(f"{self.platform}:{channel}:{new}", *self.pace[new])] if new in self.pace else []

    async def homes(self) -> Sequence[str]:
        return ("",)

    async def alive(self, home: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        for channel, error in self.refusing.items():
            if isinstance(error, NeedsReconnect) and self.home(channel) == home:
                raise error

    async def check(self, channel: str) -> None:
        self._allow(channel)

    async def post(self, channel: str, card: Card) -> CardRef:
        self._try()
        self._allow(channel)
        ref = CardRef(self.platform, _conversation(channel), f"{len(self.channels) + 1}.0")
        self.channels[ref.message] = channel
        self._keep(ref, card)
        return ref

    async def reply(self, ref: CardRef, card: Card) -> CardRef:
        line = CardRef(self.platform, ref.channel, f"{ref.message}/{len(self.lines.setdefault(ref.message, []))}")
        self.lines[ref.message].append(card.summary)
        return line

    async def update(self, ref: CardRef, card: Card) -> None:
        parent, _, line = ref.message.partition("/")
        if line:
            self.lines[parent][int(line)] = card.summary
            return
        self._try()
        if ref.channel in self.refusing:
            raise self.refusing[ref.channel]
        if ref.message not in self.standing:
            raise NotFound("message_not_found")
        self._keep(ref, card)

    async def profile(self, person: Person) -> Profile:
        return Profile(None, person.id)

    def _allow(self, channel: str) -> None:
        reason = against(ChannelFacts(channel, channel, private=channel not in self.public), self.approved)
        if reason:
            raise Rejected(reason)
        if channel in self.refusing:
            raise self.refusing[channel]

    def _try(self) -> None:
        self.tried += 1
        if self.trouble is not None:
            raise self.trouble

    def _keep(self, ref: CardRef, card: Card) -> None:
        self.standing[ref.message] = card
        self.drawn += 1
        if self.lose_answer is not None:
            raise self.lose_answer


@dataclass(slots=True)
class FilingRoom(FakeRoom):
    """`files` are the names of those under each card. `full` is raised before any is taken."""

    files: dict[str, list[str]] = field(default_factory=dict)
    full: OutsideError | None = None
    asked: int = 0

    async def attach(self, ref: CardRef, files: Sequence[File]) -> Sequence[str]:
        self.asked += 1
        if self.full is not None:
            raise self.full
        self.files.setdefault(ref.message, []).extend(file.name for file in files)
        return [f"F-{file.name}" for file in files]
