"""What a mail server's refusal means, in the words of `workflows.errors`."""

from __future__ import annotations

import re

from workflows.errors import NeedsReconnect, OutsideError, RateLimited, Rejected, Unavailable

WAIT = 300.0
LONGEST_WAIT = 86_400.0
SENTENCE_LENGTH = 200
AUTH_NEEDED = 530
TOO_BIG = 552
_RATE = re.compile(
    r"\brat(e|ed)\b|too (many|much|fast)|throttl|gr[ae]ylist|try again in|limit (exceeded|reached)|exceeded .*limit", re.IGNORECASE
)
# RFC 3463, 3.2 and RFC 7505: no such mailbox, no such host, not an address, moved away, a host that takes no mail.
_NO_ADDRESS = re.compile(r"\s*5\.1\.(?:1|2|3|6|10)\b")
_SOON = re.compile(r"(\d{1,6})\s*(s|sec|seconds?|m|mins?|minutes?|h|hours?)\b", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")


def fault(code: int, words: str) -> OutsideError:
    """Refused before anything was taken. 5xx will be refused again, the rest may pass later."""
    said = f"{code} {sentence(words)}".strip()
    if code == AUTH_NEEDED:
        return NeedsReconnect(f"the mail server wants a login: {said}")
    if 500 <= code < 600:
        return Rejected(said)
    if 400 <= code < 500 and _RATE.search(words):
        return RateLimited(said, _wait(words))
    return Unavailable(said)


def is_no_address(code: int, words: str) -> bool:
    """Whether a refused recipient is refused for good because of the address itself."""
    return 500 <= code < 600 and _NO_ADDRESS.match(words) is not None


def sender_fault(code: int, words: str) -> OutsideError:
    """A sender refused for good is refused for every message: the settings are wrong, not the message."""
    if 500 <= code < 600 and code != TOO_BIG:
        return NeedsReconnect(f"the mail server does not accept the sender: {code} {sentence(words)}")
    return fault(code, words)


def login_fault(code: int, words: str) -> OutsideError:
    if 400 <= code < 500:
        return fault(code, words)
    return NeedsReconnect(f"the mail server refused user or password: {code} {sentence(words)}")


def sentence(words: str) -> str:
    """One printable line without addresses, as it may stand on a card and in a log."""
    whole = words.encode("utf-8", "replace").decode()
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in whole).split())
    return _ADDRESS.sub("(address)", line)[:SENTENCE_LENGTH]


def _wait(words: str) -> float:
    match = _SOON.search(words)
    return min(LONGEST_WAIT, int(match[1]) * _SECONDS[match[2][0].lower()] or WAIT) if match else WAIT
