"""Over which channels, and at which addresses, a customer can be reached."""

from __future__ import annotations

from collections.abc import Collection

from workflows.domain.account import Account
from workflows.domain.contact import EVERY

EMAIL = "email"
OVER = {EMAIL: "by e-mail", "sms": "by SMS", "letter": "by letter"}  # as people say it


def channels(account: Account) -> frozenset[str]:
    """Those with an address nobody opted out of. Where the account says which there are, no address is asked for."""
    known = account.channels
    if known is None:
        return frozenset({EMAIL}) if addresses(account) else frozenset()
    stopped = {one.channel for one in account.opt_outs if one.ended_at is None and one.address == EVERY}
    return frozenset() if EVERY in stopped else known - stopped


def addresses(account: Account) -> tuple[str, ...]:
    """The customer's e-mail addresses, without those that want no more messages."""
    stopped = {one.address.casefold() for one in account.opt_outs if one.ended_at is None and one.channel in {EMAIL, EVERY}}
    return () if EVERY in stopped else tuple(address for address in account.customer.emails if address.casefold() not in stopped)


def ways(account: Account, set_up: Collection[str]) -> tuple[str, ...]:
    """The channels a person may choose from: set up here, and the customer can be reached over them. E-mail comes first."""
    possible = channels(account) & frozenset(set_up) - (frozenset() if addresses(account) else {EMAIL})
    return tuple(sorted(possible, key=lambda channel: (channel != EMAIL, channel)))
