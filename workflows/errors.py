"""What can go wrong outside, and what a person may not do, in words a use case acts on."""

from __future__ import annotations

from collections.abc import Mapping


class OutsideError(Exception):
    """Something outside the process did not do what was asked. `retryable` says whether the same call may succeed later."""

    retryable = False


class Unavailable(OutsideError):
    """Nothing was accepted: no connection, a time-out before the request was taken, a 5xx. Try again later."""

    retryable = True


class RateLimited(OutsideError):
    """Nothing was accepted; ask again after `retry_after` seconds, which are 0 where it was not said when."""

    retryable = True

    def __init__(self, words: str, retry_after: float) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class NeedsReconnect(OutsideError):
    """The credentials no longer work; an administrator has to connect anew."""


class NotFound(OutsideError):
    """The thing named does not exist there."""


class Rejected(OutsideError):
    """The other side refused this very request and will again."""


class AddressRefused(Rejected):
    """Those addresses take no messages at all, so nothing was taken for them, and nothing will be."""

    def __init__(self, words: str, addresses: tuple[str, ...]) -> None:
        super().__init__(words)
        self.addresses = addresses


class UnexpectedPayload(OutsideError):
    """An answer of another shape than documented."""


class OutcomeUnknown(OutsideError):
    """The request may or may not have been carried out; it must not be repeated blindly."""


class Refused(Exception):
    """What was asked cannot be done; the sentence says why and what to do. Nothing was changed."""


class BadEntry(Refused):
    """What was typed cannot be: `fields` says what is wrong with each, by its name in the form; under the empty name, with all of it."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


class NotAllowed(Refused):
    """The person's role does not include it."""


class NotKnown(Refused):
    """There is no such invoice, customer, user or book."""


class AlreadyDone(Refused):
    """Somebody was first: the sentence says who and when."""


class NeedsReason(Refused):
    """A limit of the policy stands against it; a reason given by the person overrides it."""


class PreviewChanged(Refused):
    """What would be done is no longer what was looked at."""


class DocumentMissing(Refused):
    """A document that a message must not leave without cannot be had; `number` is its invoice's."""

    def __init__(self, number: str, why: str) -> None:
        super().__init__(f"The document of {number} is missing: {why}.")
        self.number, self.why = number, why
