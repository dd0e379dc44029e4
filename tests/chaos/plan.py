"""What happens in a round: drawn from its number, so that the same number is the same round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random

from tests.chaos.troubles import IN_DOUBT, OF_CHAT, Trouble
from tests.e2e.crashing import CHAT_POINTS, POINTS
from tests.fakes.clock import TUESDAY

ALL_POINTS = (*POINTS, *CHAT_POINTS)
OF_THE_WEB = frozenset(point for point in POINTS if "click" in point)
NIGHTS = (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 0, 30, tzinfo=UTC))  # Berlin's clocks change half an hour later
JUMPS = tuple(timedelta(hours=hours) for hours in (-24, -2, 2, 24))


class Machine(StrEnum):
    """What happens to the machine or the database in the middle of a minute."""

    DISK_FULL = "disk full"
    LOCKED = "database locked by a backup"
    CUT = "database connections cut"
    RESTARTED = "database restarted"
    KILLED = "database killed"


SQLITE, POSTGRESQL = "sqlite", "postgresql"
OF = {SQLITE: (Machine.DISK_FULL, Machine.LOCKED), POSTGRESQL: (Machine.CUT, Machine.CUT, Machine.RESTARTED, Machine.KILLED)}


@dataclass(frozen=True, slots=True)
class Death:
    """`kill -9` of one process: at a point, after so many things it does, or so many seconds into a minute."""

    point: str | None = None
    after: int | None = None
    seconds: float | None = None

    @property
    def kind(self) -> str:
        return self.point or ("at a statement, a commit or a call" if self.after else "at any moment")


@dataclass(frozen=True, slots=True)
class Minute:
    """`passed` since the start. `mail` and `chat` are what their vendors do."""

    passed: timedelta
    mail: Trouble | None = None
    chat: Trouble | None = None
    machine: Machine | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """Processes from their start to their end. `deaths` are the web's, then each worker's; `alone`: one process is both."""

    minutes: tuple[Minute, ...]
    deaths: tuple[Death | None, ...]
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """`due` customers are to be reminded, to some of which staff press; `folder`: mails go into a folder, which can be asked."""

    number: int
    base: str
    start: datetime
    due: tuple[str, ...]
    by_hand: tuple[str, ...]
    flagged: tuple[str, ...]
    lives: tuple[Life, ...]
    folder: bool

    @property
    def at_night(self) -> bool:
        return self.start in NIGHTS

    @property
    def minutes(self) -> tuple[Minute, ...]:
        return tuple(minute for life in self.lives for minute in life.minutes)

    @property
    def jumps(self) -> bool:
        return any(abs(minute.passed) > timedelta(hours=1) for minute in self.minutes)

    @property
    def oddities(self) -> tuple[str, ...]:
        """What the round is besides kills and troubles."""
        two = ("two workers at the same work",) if any(len(life.deaths) > 2 for life in self.lives) else ()
        jump = max((minute.passed for minute in self.minutes), key=abs)
        jumps = (f"clock jumps {'forward' if jump > timedelta() else 'back'} and is put right",) if self.jumps else ()
        return (*two, *jumps, *(("a night in which clocks change",) if self.at_night else ()))

    @property
    def spares_mail(self) -> bool:
        """Nothing stands in the way of letters."""
        quiet = all(minute.mail is None and minute.machine is None for minute in self.minutes)
        return quiet and not (self.at_night or self.jumps or any(death for life in self.lives for death in life.deaths))

    @property
    def doubts_mail(self) -> bool:
        return any(minute.mail in IN_DOUBT for minute in self.minutes)


def plan_of(number: int, base: str) -> Plan:
    """Each point, each trouble of each vendor and each machine's trouble in its turn; the rest as the dice fall."""
    dice = Random(f"{base} {number}")
    lives = tuple(_life(number, nth, base, dice) for nth in range(1 + (number % 3 == 0)))
    odd_time = number % 8
    if odd_time == 5:
        lives = tuple(_jumping(life, JUMPS[number // 8 % len(JUMPS)]) for life in lives)
    start = NIGHTS[number // 8 % 2] if odd_time == 2 else TUESDAY
    quiet = odd_time in {2, 5}
    due = tuple(f"c{n}" for n in range(dice.randint(2, 4)))
    by_hand = () if quiet else tuple(f"hand{n}" for n in range(dice.randint(1, 2)))
    return Plan(number, base, start, due, by_hand, due[: dice.randint(0, 2)], lives, folder=number % 4 == 3)


def _life(number: int, nth: int, base: str, dice: Random) -> Life:
    alone, workers = dice.random() < 0.3, dice.choice((1, 1, 2))
    point = ALL_POINTS[(number + 5 * nth) % len(ALL_POINTS)]
    doomed = Death(point=point) if number % 2 == 0 else _any_death(dice)
    spared = number % 7 == 6 and nth == 0  # vendors' troubles alone
    deaths: list[Death | None] = [None] * (1 if alone else 1 + workers)
    if not spared:
        deaths[0 if alone or doomed.point in OF_THE_WEB else 1] = doomed
    minutes = tuple(_minute(number, nth, base, dice, at) for at in range(2 + (number % 4 == 1)))
    return Life(minutes, tuple(deaths), alone)


def _any_death(dice: Random) -> Death:
    return Death(after=dice.randint(1, 120)) if dice.random() < 0.6 else Death(seconds=dice.random() * 0.25)


def _minute(number: int, nth: int, base: str, dice: Random, at: int) -> Minute:
    troubles, machines = tuple(Trouble), OF[base]
    mail = troubles[number % len(troubles)] if number % 3 == 1 else None
    chat = OF_CHAT[number // 2 % len(OF_CHAT)] if number % 3 == 2 else None
    machine = machines[(number // 5 + at) % len(machines)] if number % 5 == 4 and at < 2 else None
    if number % 3 == 0 and dice.random() < 0.3:
        mail, chat = dice.choice(troubles), dice.choice(OF_CHAT)
    return Minute(timedelta(minutes=7 * nth + 2 * at), mail, chat, machine)


def _jumping(life: Life, jump: timedelta) -> Life:
    """The clock is wrong in the middle of it, and put right again."""
    first, second, *rest = life.minutes
    return Life((first, Minute(second.passed + jump, second.mail, second.chat, second.machine), *rest), life.deaths, life.alone)
