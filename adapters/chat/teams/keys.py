"""The keys the Bot Framework signs with: fetched when they are needed, kept, and renewed when one is not among them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from workflows.ports import Clock

LARGEST = 512 * 1024  # bytes of an answer; the real ones have some twenty thousand
MOST_KEYS = 200
SMALLEST = 2_048  # bits
FRESH = 24 * 3600  # seconds after which keys are asked for again
KEPT = 5 * 24 * 3600  # seconds they are still used while they cannot be asked for
PAUSE = 30  # seconds between two questions, whatever unknown keys are named meanwhile

log = structlog.get_logger(__name__)


class KeysUnavailable(Exception):
    """The keys cannot be had now, so nothing can be proven."""


@dataclass(frozen=True, slots=True)
class Key:
    """`endorsements` are the channels whose activities it may sign."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class Keys:
    """Of the one published document at `url`. `http` brings its time limits."""

    def __init__(self, url: str, http: httpx.AsyncClient, clock: Clock) -> None:
        self._url, self._http, self._clock = url, http, clock
        self._keys: Mapping[str, Key] = {}
        self._read_at = self._asked_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def of(self, name: str) -> Key | None:
        """The key of that name; null when it is none of theirs. Raises `KeysUnavailable`."""
        if name not in self._keys or self._age() > FRESH:
            async with self._one_at_a_time:
                if (name not in self._keys or self._age() > FRESH) and self._now() - self._asked_at >= PAUSE:
                    await self._renew()
        if self._age() > KEPT:
            raise KeysUnavailable("the Bot Framework's keys could not be read")
        return self._keys.get(name)

    async def _renew(self) -> None:
        self._asked_at = self._now()
        try:
            about = await self._get(self._url)
            found = await self._get(self._trusted(about.get("jwks_uri")))
        except (httpx.HTTPError, ValueError, TypeError, RecursionError) as problem:
            log.warning("bot framework keys not read", why=type(problem).__name__)
            return
        self._keys, self._read_at = _keys(found), self._now()

    def _trusted(self, url: object) -> str:
        """Keys come over the same kind of connection as the document that names them."""
        if not isinstance(url, str) or urlsplit(url).scheme != urlsplit(self._url).scheme:
            raise ValueError("keys at no such address")
        return url

    async def _get(self, url: str) -> dict[str, Any]:
        body = bytearray()
        async with self._http.stream("GET", url) as answer:
            answer.raise_for_status()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise ValueError("far too long")
        found = json.loads(bytes(body))
        if answer.status_code != 200 or not isinstance(found, dict):
            raise ValueError("not the documented answer")
        return found

    def _age(self) -> float:
        return self._now() - self._read_at

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _keys(document: Mapping[str, Any]) -> dict[str, Key]:
    """Those that can be used; what is of another shape is left out."""
    found: dict[str, Key] = {}
    rows = document.get("keys")
    for row in rows[:MOST_KEYS] if isinstance(rows, list) else []:
        if not isinstance(row, dict) or row.get("kty") != "RSA" or not isinstance(row.get("kid"), str):
            continue
        try:
            public = RSAAlgorithm.from_jwk({name: row.get(name) for name in ("kty", "n", "e")})
        except (InvalidKeyError, ValueError, TypeError, KeyError):
            continue
        endorsed = row.get("endorsements")
        names = frozenset(one for one in endorsed if isinstance(one, str)) if isinstance(endorsed, list) else frozenset[str]()
        if isinstance(public, RSAPublicKey) and public.key_size >= SMALLEST:
            found[row["kid"]] = Key(public, names)
    return found
