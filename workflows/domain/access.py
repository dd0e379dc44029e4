"""Who may do what."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from workflows.domain.ids import UserId
from workflows.domain.values import value


class Role(IntEnum):
    """Each role may do what those below it may."""

    VIEWER = 1
    COLLECTOR = 2
    MANAGER = 3
    ADMINISTRATOR = 4

    @property
    def word(self) -> str:
        return self.name.lower()


class Right(StrEnum):
    """What a use case asks for, and the least role that has it."""

    SEE = "see"
    CHASE = "chase"
    RELEASE = "release"
    ADMINISTER = "administer"


_LEAST = {
    Right.SEE: Role.VIEWER,
    Right.CHASE: Role.COLLECTOR,
    Right.RELEASE: Role.MANAGER,
    Right.ADMINISTER: Role.ADMINISTRATOR,
}


@value
class User:
    """`limit` is up to how much a manager approves what is given away, in major units; without one it is a small amount.

    `reads_in` is the language whose figures and dates they asked for; null: those of each book.
    """

    id: UserId
    email: str
    name: str
    role: Role
    limit: int | None = None
    reads_in: str | None = None

    def may(self, right: Right) -> bool:
        return self.role >= _LEAST[right]


def least_role(right: Right) -> Role:
    return _LEAST[right]
