"""What a chat brings in and takes out, the same for Slack, the inbox and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from cards.actions import Action
from cards.elements import Card, Form
from workflows.install_workspace import Begun
from workflows.records import Installation


@dataclass(frozen=True, slots=True)
class Person:
    """Who pressed or typed, as the chat knows them: `platform` slack, inbox or cli, the workspace, and their id there."""

    platform: str
    team: str
    id: str


@dataclass(frozen=True, slots=True)
class CardRef:
    """Where a card stands: for Slack the channel and the message's timestamp."""

    platform: str
    channel: str
    message: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One verified thing a person did. `key` is the vendor's own id of it, unique for ever.

    Exactly one of `action` (a button or a form, then with its `values`) and `text` (a command) is given. `channel` is where it was typed.
    Where the answer is to take the place of the pressed card, `in_place`, it shows that card as it is then. What the call that brought it
    answers, `at_once`, was not kept before: the unit that does it keeps it, so that it is both or neither.
    """

    key: str
    person: Person
    action: Action | None = None
    text: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    card: CardRef | None = None
    respond: str | None = None
    channel: str | None = None
    in_place: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person gets back, only they: a card or a form; `errors` are words at the form's fields, by name.

    `shared` is the channel, as the chat writes it with its workspace, in which everybody gets the answer: it is on its way there.
    The live card that was pressed is updated through the outbox: `redrawn` says that it is, also where nothing changed. Where the answer takes
    its place, `standing` is how it looks now.
    `then` is pressed on the answer once it stands in a message that can be kept up to date.
    `failed`: it could not be done. What was kept is to be given up once the person knows (`Inbound.give_up`).
    """

    card: Card | None = None
    form: Form | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    shared: str = ""
    redrawn: bool = False
    standing: Card | None = None
    then: Action | None = None
    failed: bool = False


class Handler(Protocol):
    """The one door into the product for everything a person does. Never raises: trouble comes back as a problem card."""

    async def __call__(self, incoming: Incoming) -> Reply: ...


class Foreseeing(Handler, Protocol):
    """For a chat that opens a form at once or not at all."""

    def opens(self, text: str) -> bool:
        """Whether words are sure to mean a form: its window opens before they are handled."""
        ...


@dataclass(frozen=True, slots=True)
class Pending:
    """What was accepted at `since` and is not handled."""

    incoming: Incoming
    since: datetime


class Inbound(Protocol):
    """Keeps what was accepted until it is handled."""

    async def accept(self, incoming: Incoming) -> bool:
        """Commits the row. False when that key was accepted before: nothing is to be done then."""
        ...

    async def give_up(self, incoming: Incoming) -> bool:
        """It failed and the person knows, so it is not tried again behind their back. Never raises; false: it could not be noted, and is tried again."""
        ...


@dataclass(frozen=True, slots=True)
class Address:
    """Where a chat without fixed addresses takes messages for a conversation or a person (`key`), as it last told us.

    `details` are that chat's own.
    """

    platform: str
    key: str
    details: Mapping[str, str]


class Addresses(Protocol):
    """Keeps the newest address of each conversation and person."""

    async def find(self, platform: str, *keys: str) -> Mapping[str, Address]:
        """Those that are known, by key."""
        ...

    async def having(self, platform: str, detail: str, value: str) -> Mapping[str, Address]:
        """Those with that detail, by key."""
        ...

    async def newest(self, platform: str) -> Address | None: ...
    async def keep(self, address: Address) -> None: ...


@dataclass(frozen=True, slots=True)
class Profile:
    """What a chat says of one of its people. `email` only where the chat has verified it; `outsider` covers guests and other companies' people."""

    email: str | None
    name: str
    outsider: bool = False
    deactivated: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """Calls of one `key`: over time one `every` so many seconds; `burst` at once, and up to `urgent` where a person waits.

    A pause the chat asks for is one for each key that stands for the place `alone`; others go on meanwhile.
    """

    key: str
    every: float
    burst: int = 1
    urgent: int = 1
    alone: bool = True


class ChatRoom(Protocol):
    """A chat we can write to. All raise the errors of `workflows.errors`.

    `post` and `update` raise `Rejected` for a channel that must not see customers' names (`workflows.domain.routing.against`). A
    person's id in place of a channel's is a line to them alone. `threads` says whether `reply` puts a line under a card there.
    `address` is how a channel or a person of a workspace is written for `post`, `home` the workspace that such an address lies in: one that
    is down leaves the others alone. Without `edits` nothing that was posted can be changed.
    """

    platform: str
    edits: bool

    def threads(self, channel: str) -> bool: ...
    def address(self, team: str, channel: str) -> str: ...
    def home(self, written: str) -> str: ...
    def limits(self, channel: str, *, new: bool) -> Sequence[Limit]:
        """Of posting something new there, or of changing what stands there."""
        ...

    async def homes(self) -> Sequence[str]:
        """All workspaces it is connected to."""
        ...

    async def alive(self, home: str) -> None:
        """Raises what stands against writing there at all."""
        ...

    async def check(self, channel: str) -> None:
        """Raises what stands against cards in the channel."""
        ...

    async def post(self, channel: str, card: Card) -> CardRef: ...
    async def update(self, ref: CardRef, card: Card) -> None: ...
    async def reply(self, ref: CardRef, card: Card) -> CardRef: ...
    async def profile(self, person: Person) -> Profile: ...


@dataclass(frozen=True, slots=True)
class File:
    """`alt` says in words what a picture shows."""

    name: str
    content: bytes = field(repr=False)
    alt: str = ""


@runtime_checkable
class TakesFiles(Protocol):
    """A room that holds files itself; others are given links."""

    async def attach(self, ref: CardRef, files: Sequence[File]) -> Sequence[str]:
        """Puts them into the card's thread; what the chat calls each. Raises the errors of `workflows.errors`."""
        ...


class Installations(Protocol):
    """The workspaces of one chat the app is installed in, as the store keeps them. `Refused` where a link or state does not hold."""

    async def running(self) -> Sequence[Installation]: ...
    async def ended(self) -> Sequence[str]:
        """The workspaces it was taken out of."""
        ...

    async def begin(self, offer: str) -> Begun: ...
    async def take(self, state: str, browser: str) -> None: ...
    async def keep(self, new: Installation, by: str) -> None: ...
    async def renew(self, new: Installation, old_token: str) -> None: ...
    async def end(self, team: str, why: str, said_at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Page:
    """What the browser of an administrator gets: words to read, or another address. `cookie` is set; empty: taken away."""

    status: int
    words: str = ""
    to: str | None = None
    cookie: str | None = None


class Installing(Protocol):
    """Installs the app in one more workspace: `begin` sends the browser off, `finish` takes it back."""

    async def begin(self, offer: str) -> Page: ...
    async def finish(self, query: Mapping[str, str], browser: str) -> Page: ...
