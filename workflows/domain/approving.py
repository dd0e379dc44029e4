"""What a second person has to approve, who that may be, and how a request is sealed (DOMAIN: audit trail and approvals)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from workflows.domain.access import User
from workflows.domain.account import Account
from workflows.domain.approvals import Approval, ApprovalEnd, ApprovalKind
from workflows.domain.ids import ApprovalId
from workflows.domain.money import Money, total
from workflows.domain.values import value

STANDS_FOR = timedelta(days=7)
ADDS_UP_FOR = timedelta(days=30)
ANY_MANAGER_UP_TO, ONE_UP_TO = "1000", "10000"  # major units of what is given away
_GIVES_AWAY = frozenset({ApprovalKind.WRITE_OFF, ApprovalKind.WAIVER})


@value
class Limits:
    """Up to how much, in major units of its currency, one person alone notes money by hand or agrees a plan."""

    payment: int = 5_000
    plan: int = 5_000


def sealed(terms: Mapping[str, object]) -> tuple[str, str]:
    """The terms as canonical JSON (keys sorted, no blanks; money is to be given as text), and their seal."""
    text = json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text, seal_of(text)


def seal_of(terms: str) -> str:
    """SHA-256 as hex, which every approval is bound to."""
    return hashlib.sha256(terms.encode()).hexdigest()


def terms_of(approval: Approval) -> dict[str, Any]:
    found = json.loads(approval.terms)
    return found if isinstance(found, dict) else {}


def intact(approval: Approval) -> bool:
    """Whether what was asked for is still what stands there: the terms under their seal, and the amount in them."""
    if seal_of(approval.terms) != approval.seal:
        return False
    terms = terms_of(approval)
    return approval.amount is None or (terms.get("amount"), terms.get("currency")) == (approval.amount.plain, approval.amount.currency)


def expired(approval: Approval, now: datetime) -> bool:
    """What the policy itself asks for stands until somebody answers: what it sends is decided anew when it leaves."""
    return approval.by is not None and now >= approval.expires_at


def waiting(account: Account, kind: ApprovalKind, now: datetime) -> Iterable[Approval]:
    """Requests of that kind that nobody has answered."""
    return (one for one in account.approvals if one.kind is kind and one.ended_at is None and not expired(one, now))


def counted(account: Account, kind: ApprovalKind, amount: Money, now: datetime, leaving_out: ApprovalId | None = None) -> Money:
    """The amount with what was asked for this customer in thirty days, so that splitting it helps nobody.

    Counts what was approved or waits, in the same currency; what is given away (written off or waived) counts together.
    """
    kinds = _GIVES_AWAY if kind in _GIVES_AWAY else {kind}
    before = [
        one.amount
        for one in account.approvals
        if one.kind in kinds and one.id != leaving_out and one.at >= now - ADDS_UP_FOR and _stands(one, now) and one.amount is not None
    ]
    return total((amount, *(one for one in before if one.currency == amount.currency)), amount.currency)


def _stands(approval: Approval, now: datetime) -> bool:
    return approval.ended_how is ApprovalEnd.DONE or (approval.ended_at is None and not expired(approval, now))


def people_needed(kind: ApprovalKind, sum_: Money) -> int:
    """How many have to approve it; `sum_` is what `counted` says."""
    return 2 if kind in _GIVES_AWAY and sum_ > Money.of(ONE_UP_TO, sum_.currency) else 1


def weight(approval: Approval) -> Money | None:
    """What the approver's limit is set against: the sum the terms were asked with."""
    if approval.amount is None:
        return None
    return Money.of(str(terms_of(approval).get("counted", approval.amount.plain)), approval.amount.currency)


def why_not(approval: Approval, user: User) -> str | None:
    """Why this person cannot approve it; null when they may.

    A limit is a number of major units, whatever the currency.
    """
    if user.id == approval.by:
        return "You asked for this yourself; somebody else has to approve it."
    if user.role < approval.needs:
        return f"Your role is {user.role.word}; this needs a {approval.needs.word}. Ask one to approve it."
    heavy = limit_needed(approval)
    if heavy is None or (user.limit is not None and heavy <= Money.of(str(user.limit), heavy.currency)):
        return None
    yours = f"yours is {user.limit:,}" if user.limit is not None else "you have none"
    return f"With what was asked for this customer in 30 days it comes to {heavy:,}; that needs a manager whose limit reaches so far, and {yours}."


def limit_needed(approval: Approval) -> Money | None:
    """How far the limit of whoever approves it has to reach: DOMAIN's controller. Null where any manager will do."""
    heavy = weight(approval)
    if heavy is None or approval.kind not in _GIVES_AWAY or heavy <= Money.of(ANY_MANAGER_UP_TO, heavy.currency):
        return None
    return heavy


def asked_words(approval: Approval) -> str:
    """What was asked for, as words for colleagues: `write off 600.00 EUR`."""
    amount, terms = "" if approval.amount is None else f"{approval.amount:,}", terms_of(approval)
    match approval.kind:
        case ApprovalKind.STEP:
            return f"the step “{approval.step}” of the policy"
        case ApprovalKind.FEE:
            return f"charge a fee of {amount}"
        case ApprovalKind.WAIVER:
            return f"waive the fee of {amount}"
        case ApprovalKind.PLAN:
            return f"agree a plan of {len(terms.get('parts', ()))} instalments over {amount}"
        case ApprovalKind.WRITE_OFF:
            return f"write off {amount}"
        case ApprovalKind.PAYMENT:
            return f"note a payment of {amount}"
