"""What a process need not learn anew: statements once compiled, letters once read. Else most of a short life would be spent on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

import bot.app
from adapters.letters.template_letters import TemplateLetters
from adapters.store.engine import open_engine

LETTERS = TemplateLetters()


class _Compiled:
    """What SQLAlchemy asks of its cache, by the name of the dialect: every engine has an object of its own for it."""

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}

    def get(self, key: Any) -> Any:
        return self._kept.get((key[0].name, *key[1:]))

    def __setitem__(self, key: Any, compiled: Any) -> None:
        self._kept[key[0].name, *key[1:]] = compiled


_COMPILED: Any = _Compiled()


def warm_engine(url: str) -> AsyncEngine:
    engine = open_engine(url)
    engine.sync_engine._compiled_cache = _COMPILED  # ruff: ignore[private-member-access] - it takes none when it is made
    return engine


def build_with(**parts: Any) -> None:
    """What the composition root is to build an application of, in this process."""
    for name, part in parts.items():
        setattr(bot.app, name, part)
