"""What can go wrong between Duebot and a vendor, the same names for all vendors."""

from __future__ import annotations

from enum import StrEnum

from tests.peers.smtp import HangUp, MailServer


class Trouble(StrEnum):
    LIMITED_FOR_A_TIME = "rate limit with a time"
    LIMITED = "rate limit without a time"
    BROKEN = "trouble of the vendor's own"
    EXPIRED = "expired credentials"
    RESET = "connection reset before anything"
    LOST = "connection reset after it was taken"
    HANG = "no answer"
    DRIP = "an answer letter by letter"
    TRUNCATED = "half an answer"
    WRONG_SHAPE = "an answer of another shape"
    NO_NAME = "name not found"
    NO_RECIPIENT = "addresses refused for a time"
    NO_BODY = "letters refused before their body, for a time"


OF_MAIL = frozenset({Trouble.NO_RECIPIENT, Trouble.NO_BODY})  # a chat has nothing like them
OF_CHAT = tuple(one for one in Trouble if one not in OF_MAIL)

# Under these a vendor may have taken what it got, and nobody learns it.
IN_DOUBT = frozenset({Trouble.LOST, Trouble.HANG, Trouble.TRUNCATED, Trouble.WRONG_SHAPE})


def misbehave(server: MailServer, trouble: Trouble | None) -> None:
    """From the next word on, as a mail server shows that trouble; null ends it."""
    server.answer = server.go_ahead = server.refuse_sender = server.refuse_recipients = server.hang_up = None
    server.silent = server.drip = False
    match trouble:
        case Trouble.LIMITED_FOR_A_TIME:
            server.answer = "451 4.7.1 too many messages, try again in 90 seconds"
        case Trouble.LIMITED:
            server.answer = "450 4.2.1 rate limited"
        case Trouble.BROKEN:
            server.answer = "451 4.3.0 local error in processing"
        case Trouble.EXPIRED:
            server.refuse_sender = "530 5.7.0 authentication required"
        case Trouble.RESET:
            server.hang_up = HangUp.AT_GREETING
        case Trouble.LOST:
            server.hang_up = HangUp.BEFORE_ANSWER
        case Trouble.HANG:
            server.silent = True
        case Trouble.DRIP:
            server.drip = True
        case Trouble.TRUNCATED:
            server.hang_up = HangUp.IN_ANSWER
        case Trouble.WRONG_SHAPE:
            server.answer = "no code at all"
        case Trouble.NO_RECIPIENT:
            server.refuse_recipients = "450 4.2.0 greylisted, try again later"
        case Trouble.NO_BODY:
            server.go_ahead = "452 4.3.1 insufficient system storage"
