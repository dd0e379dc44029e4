"""One reading of an account for all that is said of it: in the words of an answer, and on the card that was pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from workflows.domain.account import Account
from workflows.domain.ids import CustomerId, ItemId
from workflows.ports import UnitOfWork

_READS = frozenset({"books", "cards_about", "preferences", "task", "users"})  # asked in between, they leave accounts as they are


def read_once(work: UnitOfWork, known: list[Account]) -> UnitOfWork:
    """The same unit; accounts that are `known` are not read again until something else is asked for, which may have changed them."""
    return cast(UnitOfWork, _Once(work, known))


@dataclass(frozen=True, slots=True)
class _Once:
    work: UnitOfWork
    known: list[Account]

    def __getattr__(self, name: str) -> Any:
        if name not in _READS:
            self.known.clear()
        return getattr(self.work, name)

    async def account(self, customer: CustomerId) -> Account:
        known = next((one for one in self.known if one.customer.id == customer), None)
        return known or self._keep(await self.work.account(customer))

    async def account_of(self, item: ItemId) -> Account:
        known = next((one for one in self.known if any(part.id == item for part in one.all_items)), None)
        return known or self._keep(await self.work.account_of(item))

    def _keep(self, account: Account) -> Account:
        self.known.append(account)
        return account
