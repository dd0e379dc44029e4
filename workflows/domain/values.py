"""What the domain's values are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(made: type[T]) -> type[T]:
    """A frozen dataclass to whoever reads it and to the type checker, which refuses to set a field of one.

    At run time nothing does: a look makes several for each item, and a dataclass that guards its fields takes three to six times as
    long to make.
    """
    return dataclass(slots=True, unsafe_hash=True)(made)
