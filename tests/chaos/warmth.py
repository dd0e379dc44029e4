"""What a process need not learn anew: statements once compiled, letters once read. Else most of a short life would be spent on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.letters.template_letters import TemplateLetters
from adapters.store.engine import open_engine

LETTERS = TemplateLetters()


class _Compiled(dict[Any, Any]):
    """SQLAlchemy's own cache, but by the name of the dialect: every engine has an object of its own for it."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


_COMPILED = _Compiled()


def warm_engine(url: str) -> AsyncEngine:
    engine = open_engine(url)
    engine.sync_engine._compiled_cache = _COMPILED
    return engine
