"""What arrives in a mailbox, as far as it is understood without looking at the ledger."""

from __future__ import annotations

from workflows.domain.values import value


@value
class Answer:
    """Somebody's own words. `key` follows from what it says, so that the same letter has the same wherever it is read.

    `refers` are the ids of the messages it answers, as they stood in those; `words` only its newest part.
    """

    key: str
    sender: str
    subject: str
    words: str
    refers: tuple[str, ...] = ()
    channel: str = "email"


@value
class Bounce:
    """A mail server's word that a message did not arrive, or a reader's complaint about it.

    `addresses` are those it speaks of. `hard` says that the address itself takes no mail; otherwise only this message failed.
    """

    key: str
    refers: tuple[str, ...]
    addresses: tuple[str, ...]
    because: str
    hard: bool
    complaint: bool = False


@value
class Passed:
    """A machine's own letter, or one nobody can read: nothing comes of it. `because` says what it was."""

    key: str
    because: str


Arrival = Answer | Bounce | Passed
