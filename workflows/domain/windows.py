"""When a message may leave: hours, weekdays and business days at a place, and the gap since the last one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from workflows.domain.calendar import Place
from workflows.domain.policy import Policy

_DAY = timedelta(days=1)
_FAR = 400  # days; a policy without an allowed weekday in a year is refused when it is read


def is_contact_day(policy: Policy, place: Place, day: date) -> bool:
    if policy.business_days and not place.is_business_day(day):
        return False
    return not policy.weekdays or day.weekday() in policy.weekdays


def opens(policy: Policy, place: Place, day: date) -> datetime:
    """The first allowed instant on or after the start of `day`."""
    for _ in range(_FAR):
        if is_contact_day(policy, place, day):
            return place.at(day, policy.hours.start if policy.hours else time())
        day += _DAY
    raise ValueError(f"policy {policy.name} allows no day at all")


def next_allowed(policy: Policy, place: Place, now: datetime, earliest: date | None = None) -> datetime:
    """The first instant from `now`, and from the start of `earliest`, at which the policy's limits let a message leave."""
    known, asked = policy.remembered(next_allowed), (place, now, earliest)
    found: datetime | None = known.get(asked)
    if found is None:
        found = known[asked] = _next_allowed(policy, place, now, earliest)
    return found


def _next_allowed(policy: Policy, place: Place, now: datetime, earliest: date | None) -> datetime:
    local = place.local(now)
    day = local.date()
    if earliest is not None and earliest > day:
        return opens(policy, place, earliest)
    if not is_contact_day(policy, place, day):
        return opens(policy, place, day + _DAY)
    if policy.hours is None:
        return now
    if local.time() >= policy.hours.end:
        return opens(policy, place, day + _DAY)
    return max(now, place.at(day, policy.hours.start))
