"""What a database that was lost may have sent after the copy of it was made: judged by age alone, for of what happened nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from workflows.domain.account import Account, ListedItem, Notice
from workflows.domain.decide import decide
from workflows.domain.events import EVENT_NAMES, EventName
from workflows.domain.happenings import NEWS
from workflows.domain.policy import Policy
from workflows.domain.values import value

LOST = "A backup was put back, and the database before it may have sent this."
BY_RELEASE = "said for all in doubt when the copy was released"
_EPOCH = datetime.fromtimestamp(0, UTC)
_AT_A_MINUTE = frozenset({EventName.FLAGGED.value, EventName.REPLY_RECEIVED.value})


class Doubted(StrEnum):
    """What becomes of a message that the lost database may have sent: a person is asked, or it counts as sent, or it leaves."""

    ASK = "ask"
    SENT = "sent"
    UNSENT = "unsent"


@value
class Restoration:
    """A copy of `copied_at` that was released. The database it was made of may have sent messages up to `ran_until`."""

    copied_at: datetime
    ran_until: datetime
    doubted: Doubted = Doubted.ASK


@value
class Doubt:
    """`left` is what an administrator said of all such messages; null: a person is asked about each."""

    left: bool | None
    because: str


def doubt_of(
    copies: Sequence[Restoration], policy: Policy, account: Account, notice: Notice, lead: ListedItem, attempts: int
) -> Doubt | None:
    """Null for a message that can leave: a person chose to send it, or was asked before, or it came up when the lost database had ended.

    What was queued before the copy was made is settled when the copy is released.
    """
    if attempts > 1 or notice.by is not None:
        return None
    for copy in copies:
        was_cut_off = copy.ran_until > copy.copied_at and copy.doubted is not Doubted.UNSENT
        if was_cut_off and notice.at > copy.copied_at and may_have_been_sent(policy, account, notice.step, lead, copy.ran_until):
            return Doubt(True if copy.doubted is Doubted.SENT else None, LOST)
    return None


def may_have_been_sent(policy: Policy, account: Account, step: str, lead: ListedItem, ran_until: datetime) -> bool:
    """Whether a database that ran until then could have sent the step of that item. `account` is without the message in question.

    Balances, hours and limits do not count: there they may have been others.
    """
    if step in EVENT_NAMES:
        return _happened_on(step, lead.occurrence, account.book.place.day(ran_until)) <= account.book.place.day(ran_until)
    try:
        then = decide(policy, account, ran_until).of(lead.item)
    except KeyError:
        return True  # an instalment of a plan that runs no longer
    return (policy.rank(then.level), then.occurrence) >= (policy.rank(step), lead.occurrence)


def _happened_on(event: str, occurrence: int, until: date) -> date:
    """The day an event's occurrence stands for; of those that are only counted, one that may have been news at the time."""
    if event in _AT_A_MINUTE:
        return (_EPOCH + timedelta(minutes=occurrence)).date()
    if event == EventName.END_OF_SEQUENCE.value:
        return until
    return date.fromordinal(occurrence) if occurrence > NEWS.days else until
