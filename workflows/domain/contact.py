"""What customers say back: that they want no more messages, and their answers."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from workflows.domain.ids import ItemId, ReplyId, UserId
from workflows.domain.money import Money
from workflows.domain.values import value

EVERY = "*"  # in place of a channel or an address: all of them
NOTED_BY_COLLEAGUE = "colleague"  # what an opt-out's `how` begins with when a person noted it, before their own words


@value
class OptOut:
    """No message over that channel to that address, until `ended_at`. `how` is what it came from: a reply, a bounce, a colleague."""

    channel: str
    address: str
    how: str
    at: datetime
    by: UserId | None = None
    ended_at: datetime | None = None


class Meaning(StrEnum):
    """What an answer seems to say. A person confirms it before anything comes of it; only a stop takes effect at once."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    PAID = "paid"
    PROMISE = "promise"
    DISPUTE = "dispute"
    WRONG_PERSON = "wrong_person"
    OTHER = "other"


@value
class Reply:
    """An answer to a message. Until somebody has dealt with it (`ended_at`) the next step waits. Its words are kept beside it, encrypted.

    `key` is the vendor's own, unique, so that the same answer is taken once. Without `items` it is about the whole account.
    `until` and `amount` are what a promise in it seems to say.
    """

    id: ReplyId
    key: str
    channel: str
    sender: str
    at: datetime
    meaning: Meaning
    items: tuple[ItemId, ...] = ()
    until: date | None = None
    amount: Money | None = None
    ended_at: datetime | None = None
    ended_by: UserId | None = None
