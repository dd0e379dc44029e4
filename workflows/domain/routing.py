"""Which channel a card goes to, when it may go there, and which channels may see customers' names and amounts at all. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from workflows.domain.calendar import Place
from workflows.domain.money import Money
from workflows.domain.values import value


@value
class Channel:
    """A channel of a chat. Written `teams:19:abc@thread`; without a chat's name it is one of the first chat that is connected, a webhook never."""

    platform: str
    id: str


CHATS = ("slack", "teams")
PLATFORMS = (*CHATS, "slack_hook")


def channel(text: str) -> Channel:
    platform, _, rest = text.partition(":")
    return Channel(platform, rest) if platform in PLATFORMS and rest else Channel("", text)


@value
class Subject:
    """What a card is about, as far as routes look at it: `kind` of card, `amounts` one per currency, `days` how late the oldest is,
    `owner` an e-mail.
    """

    book: str
    products: frozenset[str] = frozenset()
    amounts: tuple[Money, ...] = ()
    days: int = 0
    owner: str | None = None
    kind: str = ""


@value
class Route:
    """Cards that fit everything that is given go to these channels: at least `least` in its currency, at least `days` late."""

    to: tuple[Channel, ...]
    book: str | None = None
    product: str | None = None
    least: Money | None = None
    days: int | None = None
    owner: str | None = None
    kind: str | None = None

    def fits(self, subject: Subject) -> bool:
        least = self.least
        return (
            self.book in {None, subject.book}
            and (self.product is None or self.product.casefold() in map(str.casefold, subject.products))
            and (least is None or any(one.currency == least.currency and one >= least for one in subject.amounts))
            and (self.days is None or subject.days >= self.days)
            and self.owner in {None, subject.owner}
            and self.kind in {None, subject.kind}
        )


@value
class Quiet:
    """Hours of a channel in which cards wait, from `start` to `end` of the book's day; `end` before `start` is of the next day."""

    start: time
    end: time

    @property
    def words(self) -> str:
        """`18:00-08:00`."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def over(self, place: Place, now: datetime) -> datetime:
        """The instant at which it is over; `now` where it is not quiet."""
        local = place.local(now)
        if self.start <= self.end:
            return place.at(local.date(), self.end) if self.start <= local.time() < self.end else now
        if local.time() >= self.start:
            return place.at(local.date() + timedelta(1), self.end)
        return place.at(local.date(), self.end) if local.time() < self.end else now


def quiet_of(hours: str) -> Quiet:
    """Of `18:00-08:00`; raises `ValueError`."""
    start, _, end = hours.partition("-")
    try:
        return Quiet(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))
    except ValueError:
        raise ValueError("expected hours like 18:00-08:00") from None


def channels_for(routes: Sequence[Route], subject: Subject, default: str | None) -> tuple[Channel, ...]:
    """Of the first route that fits; else the book's own channel."""
    fit = next((route.to for route in routes if route.fits(subject)), None)
    if fit is not None:
        return fit
    return (channel(default),) if default else ()


@value
class ChannelFacts:
    """What a chat says of one of its channels. `shared` with another company, or about to be; what it does not say counts as public."""

    id: str
    name: str
    private: bool
    shared: bool = False


def against(facts: ChannelFacts, approved: frozenset[str]) -> str | None:
    """Why customers' names and amounts must not go there; null when they may. `approved` are ids and names an administrator allowed.

    One that is shared with another company has to be approved by its name, so that nobody allows it unknowingly; by its id where the chat
    tells no name.
    """
    called = facts.name or facts.id
    if facts.shared:
        if called and called in approved:
            return None
        return (
            f"#{called} is shared with another company: nothing was posted. Choose a private channel of your own, "
            f"or approve this one by its {'name' if facts.name else 'id'}: duebot channel approve {shlex.quote(called)}."
        )
    if facts.private or {facts.name, facts.id} & approved - {""}:
        return None
    return f"#{called} is public: nothing was posted. Make it private, choose another, or approve it: duebot channel approve {facts.id}."
