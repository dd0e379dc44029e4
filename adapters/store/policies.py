"""The policy files as they were read, every version an account may still run on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.store import tables as t
from adapters.store.unit import add_new

_P = t.policies.c


class PolicyTexts:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def policy_versions(self) -> Sequence[tuple[str, int, str]]:
        """Name, version and text, by name and version."""
        async with self._engine.begin() as connection:
            found = (await connection.execute(select(t.policies).order_by(_P.name, _P.version))).all()
        return [(row.name, row.version, row.text) for row in found]

    async def add_policy(self, name: str, text: str) -> int:
        """The version the text has: a new one only where no version of the policy has that very text."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        while True:
            async with self._engine.begin() as connection:
                known = (await connection.execute(select(_P.version, _P.digest).where(_P.name == name))).all()
                if same := [row.version for row in known if row.digest == digest]:
                    return int(same[0])
                version = max((row.version for row in known), default=0) + 1
                values = {"name": name, "version": version, "digest": digest, "text": text}
                if await add_new(connection, t.policies, [values]):  # else another process was first: look again
                    return int(version)
