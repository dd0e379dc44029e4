"""The app comes into a workspace of a chat, and leaves it.

An administrator makes an offer on the command line; only the browser that took it up can finish, once, within ten minutes. Without an
offer nobody installs: a stranger's workspace could else call its people what it likes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.acting import record
from workflows.chat_outages import back, lost
from workflows.errors import NeedsReconnect, Refused
from workflows.one_time import digest, made_link
from workflows.ports import Clock, UnitOfWork
from workflows.records import Installation

OFFER = timedelta(hours=1)
STATE = timedelta(minutes=10)
_AGAIN = "Ask for a new link with: duebot connect slack"


@dataclass(frozen=True, slots=True)
class Begun:
    """`state` travels with the browser's address, `browser` stays in its cookie."""

    state: str
    browser: str


async def offer_install(platform: str, work: UnitOfWork, clock: Clock) -> str:
    """The secret of a link that begins an installation."""
    offer = made_link()
    await work.add_install_state(digest(offer), platform, clock.now() + OFFER)
    await record(work, "command line", clock.now(), "workspace.offered", {"platform": platform})
    return offer


async def begin_install(platform: str, offer: str, work: UnitOfWork, clock: Clock) -> Begun:
    """Looking at the link uses nothing up. Raises `Refused`."""
    if not await work.has_install_offer(digest(offer), platform, clock.now()):
        raise Refused(f"This link does not work any more, or never did. {_AGAIN}")
    begun = Begun(made_link(), made_link())
    until = clock.now() + STATE
    await work.add_install_state(digest(begun.state), platform, until, browser=digest(begun.browser), offer=digest(offer))
    return begun


async def take_state(platform: str, state: str, browser: str, work: UnitOfWork, clock: Clock) -> None:
    """Uses it up, and the offer with it. Raises `Refused` for one that is used, too old, or another browser's."""
    if not await work.take_install_state(digest(state), platform, digest(browser), clock.now()):
        raise Refused(f"This installation was not begun in this browser, took too long, or is finished already. {_AGAIN}")


async def keep_install(new: Installation, by: str, work: UnitOfWork, clock: Clock) -> None:
    """A workspace that was there gets the new tokens, and takes cards again."""
    await work.keep_installation(new, clock.now())
    await back(f"{new.platform}:{new.team}", work, clock, asked=True)
    about = {"platform": new.platform, "team": new.team, "scopes": " ".join(new.scopes)}
    await record(work, by, clock.now(), "workspace.installed", about)


async def end_install(platform: str, team: str, why: str, said_at: datetime, work: UnitOfWork, clock: Clock) -> bool:
    """False when it was over, or when the app was installed anew after that was said: late and repeated words change nothing.

    Nobody lists the workspace any more, so that it takes no cards is noted here.
    """
    if not await work.end_installation(platform, team, said_at, clock.now()):
        return False
    gone = NeedsReconnect(f"Duebot was taken out of it, or its tokens were revoked. Install it again with: duebot connect {platform}")
    await lost(platform, team, team, gone, work, clock)
    await record(work, platform, clock.now(), "workspace.ended", {"platform": platform, "team": team, "why": why})
    return True
