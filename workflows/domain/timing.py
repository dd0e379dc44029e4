"""When customers may be written to, and staff be told, of one account."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property

from workflows.domain.events import EVENT_NAMES
from workflows.domain.freshness import fresh_under
from workflows.domain.ladder import is_before_due
from workflows.domain.standing import Standings
from workflows.domain.windows import next_allowed


class Timing(Standings):
    """When something may be said."""

    @cached_property
    def _early_steps(self) -> frozenset[str]:
        return frozenset(step.name for step in self.policy.steps if is_before_due(step))

    @cached_property
    def writing_from(self) -> datetime:
        """The first instant at which a message may leave: hours, days and the gap to the last one, at the customer's place."""
        return self._writing_from(early=False)

    @cached_property
    def early_from(self) -> datetime:
        """The same for a message about nothing but what falls due."""
        return self._writing_from(early=True)

    def _writing_from(self, *, early: bool) -> datetime:
        return next_allowed(self.policy, self.account.customer.place, self.now, self._gap_ends(early=early))

    def _gap_ends(self, *, early: bool) -> date | None:
        """The first local day on which the gap is over. A message that did not leave is tried again, but not on its own day."""
        gap = timedelta(days=max(self.policy.gap_days, 1))
        notices = [notice for notice in self.account.notices if notice.step not in EVENT_NAMES]
        if self.policy.messages_per_day > 1:  # the other message of today is none of its own
            notices = [n for n in notices if self.account.written_on(n) != self.day or (n.step in self._early_steps) is early]
        days = [self.account.written_on(notice) + gap for notice in notices if notice.state.counts]
        days += [notice.day + timedelta(days=1) for notice in notices if notice.by is None and not notice.state.counts]
        return max(days, default=None)

    @cached_property
    def telling_from(self) -> datetime:
        """The first instant at which staff are told, in the policy's hours at the book's place."""
        return next_allowed(self.policy, self.account.book.place, self.now)

    @property
    def is_fresh(self) -> bool:
        return (until := fresh_under(self.policy, self.account)) is None or self.now < until
