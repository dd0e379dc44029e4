"""A body far larger than any that a chat sends."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

import httpx

from adapters.chat.body import LARGEST

_PART, _PARTS = 100_000, 100


async def refused_early(http: httpx.AsyncClient, path: str, headers: Mapping[str, str], *, told: bool) -> None:
    """It is refused before it is read whole: at once where its length is `told`, else as soon as it is too much."""
    taken = 0

    async def flood() -> AsyncGenerator[bytes]:  # ruff: ignore[unused-async] - httpx takes a stream only so
        nonlocal taken
        for _ in range(_PARTS):
            taken += 1
            yield b"x" * _PART

    length = {"Content-Length": str(_PARTS * _PART)} if told else {}
    assert (await http.post(path, content=flood(), headers={**headers, **length})).status_code == 413
    assert taken <= (1 if told else LARGEST // _PART + 2)
