"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`name` is stable for scripts; `what` says what is wrong and what follows from it; `fix` what to do."""

    name: str
    what: str
    fix: str
