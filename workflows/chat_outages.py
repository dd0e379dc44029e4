"""A chat, or one channel of it, takes no cards; and takes them again."""

from __future__ import annotations

from workflows.domain.access import Role
from workflows.errors import NeedsReconnect, NotFound, OutsideError, RateLimited, Rejected
from workflows.ports import Clock, UnitOfWork
from workflows.raise_alerts import LOOK_BACK
from workflows.records import Effect, Outage, OutageKind

MOST = 500


def kind_of(error: OutsideError) -> OutageKind | None:
    """Null for what says nothing of the chat: a message that is gone, a pause it asks for."""
    match error:
        case NeedsReconnect():
            return OutageKind.RECONNECT
        case Rejected():
            return OutageKind.CHANNEL
        case RateLimited() | NotFound():
            return None
    return OutageKind.DOWN


async def lost(platform: str, home: str, channel: str, error: OutsideError, work: UnitOfWork, clock: Clock) -> set[str]:
    """The keys of what is out of order now."""
    kind = kind_of(error)
    if kind is None:
        return set()
    outage = Outage(platform, channel if kind is OutageKind.CHANNEL else home, kind, str(error), clock.now())
    await work.note_outage(outage)
    return {outage.key}


async def back(key: str, work: UnitOfWork, clock: Clock, *, asked: bool) -> None:
    """Administrators who were told that it was lost are told that it is back.

    Only the chat itself, `asked`, ends what had to be connected anew: a card that went through may have needed less. What one channel
    refused is shown there now, also what was raised before the first refusal.
    """
    outage = await work.end_outage(key, lasting=asked)
    if outage is None:
        return
    if outage.told_at is not None:
        await tell_administrators("back", outage, work, clock)
    if outage.kind is OutageKind.CHANNEL:
        for card in await work.unposted_cards(clock.now() - LOOK_BACK, MOST):
            work.redraw(card.id, clock.now())


async def tell_administrators(what: str, outage: Outage, work: UnitOfWork, clock: Clock) -> None:
    """Each gets one mail; a chat that comes and goes is told of once a day."""
    now = clock.now()
    about = {"what": what, "platform": outage.platform, "home": outage.home, "kind": outage.kind.value, "why": outage.why}
    for user in await work.users():
        if user.role is Role.ADMINISTRATOR:
            payload = {**about, "user": str(user.id), "since": outage.since.isoformat()}
            await work.enqueue(Effect.STAFF_MAIL, f"{what}:{outage.key}:{outage.kind}:{user.id}:{now.date()}", payload, now)
