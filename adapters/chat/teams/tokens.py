"""Whether the Bot Framework sent a request for this app: its bearer token, checked before anything of the body is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jwt

from adapters.chat.teams.keys import Keys
from adapters.chat.teams.names import CHANNEL
from workflows.ports import Clock

ALGORITHM = "RS256"
SKEW = 300  # seconds two clocks may differ
LONGEST = 16_000  # characters of a token


class Untrusted(Exception):
    """Not from the Bot Framework, not for this app, or not of now."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the token vouches for: the connector's address it was made for."""

    service: str


class Tokens:
    """One app's."""

    def __init__(self, app_id: str, issuer: str, keys: Keys, clock: Clock) -> None:
        self._app_id, self._issuer, self._keys, self._clock = app_id, issuer, keys, clock

    async def prove(self, authorization: str) -> Proof:
        """Of an Authorization header. Raises `Untrusted`, and `KeysUnavailable` when it cannot be judged now."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > LONGEST:
            raise Untrusted("no bearer token")
        claims = await self._claims(token.strip())
        self._of_now(claims)
        service = claims.get("serviceurl")
        if not isinstance(service, str) or not service:
            raise Untrusted("a token without a service URL")
        return Proof(service)

    async def _claims(self, token: str) -> dict[str, Any]:
        try:
            head = jwt.get_unverified_header(token)
            name = head.get("kid")
            key = await self._keys.of(name) if head.get("alg") == ALGORITHM and isinstance(name, str) else None
            if key is None or CHANNEL not in key.endorsements:
                raise Untrusted("signed with a key that does not vouch for Teams")
            return jwt.decode(
                token,
                key.public,
                algorithms=[ALGORITHM],
                audience=self._app_id,
                issuer=self._issuer,
                options={
                    "require": ["exp", "iss", "aud"],
                    "strict_aud": True,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as problem:
            raise Untrusted(type(problem).__name__) from None

    def _of_now(self, claims: dict[str, Any]) -> None:
        """By our own clock; a token without a beginning began long ago."""
        now, ends, begins = self._clock.now().timestamp(), claims["exp"], claims.get("nbf", 0)
        if not all(isinstance(at, int | float) and not isinstance(at, bool) for at in (ends, begins)):
            raise Untrusted("times of another shape")
        if not begins - SKEW <= now < ends + SKEW:
            raise Untrusted("expired, or not valid yet")
