"""Two policies that fit the same customers equally closely: which, and what they share, in words."""

from __future__ import annotations

from workflows.domain.policy import AppliesTo

_KINDS = ("invoice", "customer", "product", "segment", "book")


def shared_words(one: AppliesTo, other: AppliesTo) -> str:
    """`the customer C-1 in every book`."""
    pairs = (
        (one.invoices, other.invoices),
        (one.customers, other.customers),
        (one.products, other.products),
        (one.segments, other.segments),
        (one.books, other.books),
    )
    shared = ((kind, _first_shared(mine, theirs)) for kind, (mine, theirs) in zip(_KINDS, pairs, strict=True) if mine and theirs)
    return " and ".join(f"the {kind} {name}" for kind, name in shared) or "every book"


def _first_shared(mine: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    known = {name.casefold() for name in theirs}
    return next(name for name in mine if name.casefold() in known)
