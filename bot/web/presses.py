"""Presses of this page: each is done once, and its answer is kept a while so that every repeat is shown the same."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from adapters.chat.protocol import Handler, Incoming, Reply

MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a press was answered with, and what had been typed."""

    reply: Reply
    typed: Mapping[str, str] = field(default_factory=dict)


class Presses:
    """Kept in the process: after a restart an old answer is gone, the action itself is not."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._running: dict[str, asyncio.Task[Reply]] = {}
        self._kept: OrderedDict[str, Answer] = OrderedDict()

    def kept(self, name: str) -> Answer | None:
        return self._kept.get(name)

    def keep(self, key: str, answer: Answer) -> str:
        """The name under which the answer can be had; nobody can guess it without the key."""
        name = sha256(key.encode()).hexdigest()[:32]
        self._kept[name] = answer
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return name

    async def once(self, incoming: Incoming) -> str:
        """Does what is answered `at_once`, or waits for the one that is doing it, or finds what it was answered with. Returns the answer's name.

        A browser that was closed in between changes nothing: the work goes on.
        """
        name = sha256(incoming.key.encode()).hexdigest()[:32]
        if name in self._kept:
            return name
        task = self._running.get(incoming.key)
        if task is None:
            task = self._running[incoming.key] = asyncio.create_task(self._handler(incoming))
            task.add_done_callback(lambda _: self._running.pop(incoming.key, None))
        reply = await asyncio.shield(task)
        return self.keep(incoming.key, Answer(reply, incoming.values))
