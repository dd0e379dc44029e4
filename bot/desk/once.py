"""One reading of an account for all that is done in a unit and said of it: to act on it, in the words of an answer, and on the card that was pressed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, cast

from workflows.domain.access import User
from workflows.domain.account import Account, Act, Flag
from workflows.domain.ids import CustomerId, ItemId
from workflows.ports import UnitOfWork

_ONCE = frozenset({"cards_about", "users"})  # read once, too
_LEAVES = frozenset(
    {"books", "cards_showing", "enqueue", "enqueue_all", "handled", "home_of", "live_cards", "preferences", "record", "redraw", "task"}
)


def read_once(work: UnitOfWork) -> UnitOfWork:
    """The same unit; what is known is not read again until something else is asked of it than what leaves that as it is."""
    return cast(UnitOfWork, _Once(work))


@dataclass(frozen=True, slots=True)
class _Once:
    work: UnitOfWork
    known: list[Account] = field(default_factory=list)
    read: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name in _ONCE:
            return partial(self._once, name)
        if name not in _LEAVES:
            self.known.clear()
            self.read.clear()
        return getattr(self.work, name)

    async def _once(self, *asked: Any) -> Any:
        if asked not in self.read:
            name, *given = asked
            self.read[asked] = await getattr(self.work, name)(*given)
        return self.read[asked]

    async def user_by_identity(self, platform: str, team: str, person: str) -> User | None:
        """What is said of an account names colleagues, so they are read with the one who asks."""
        self.read["users",], known = await self.work.users_with(platform, team, person)
        return known

    async def account(self, customer: CustomerId) -> Account:
        known = next((one for one in self.known if one.customer.id == customer), None)
        return known or self._keep(await self.work.account(customer))

    async def account_of(self, item: ItemId) -> Account:
        return self._owner(item) or self._keep(await self.work.account_of(item))

    async def flag(self, fact: Flag) -> None:
        await self.work.flag(fact)
        if (known := self._owner(fact.item)) is not None:
            self._keep(replace(known, flags=(*known.flags, fact)))

    async def add_act(self, act: Act) -> None:
        await self.work.add_act(act)
        if (known := self._owner(act.item)) is not None:
            self._keep(replace(known, acts=(*known.acts, act)))

    def _owner(self, item: ItemId) -> Account | None:
        return next((one for one in self.known if any(part.id == item for part in one.all_items)), None)

    def _keep(self, account: Account) -> Account:
        self.known[:] = [account, *(one for one in self.known if one.customer.id != account.customer.id)]
        return account
