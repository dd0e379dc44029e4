"""The token we speak to Teams with, got from Entra ID by msal and kept until shortly before it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import msal

from adapters.chat.teams.settings import TeamsSettings
from workflows.errors import NeedsReconnect, Unavailable

SCOPE = "https://api.botframework.com/.default"
EVERY_TENANT = "botframework.com"  # whose token a multi-tenant bot uses
ENTRA = "https://login.microsoftonline.com"  # msal takes no other kind of address, so a sandbox is put in its place below it
TIMEOUT = 10  # seconds
EARLY = 300  # seconds before its end at which a token is renewed


class Credentials:
    """Of one app registration. `now` is in seconds."""

    def __init__(self, settings: TeamsSettings, now: Callable[[], float]) -> None:
        self._settings, self._now = settings, now
        self._wire = _Wire(settings.login_url)
        self._app: msal.ConfidentialClientApplication | None = None
        self._token, self._until = "", float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def token(self) -> str:
        """Raises `NeedsReconnect` and `Unavailable`."""
        if self._settings.local:
            return ""
        async with self._one_at_a_time:
            if self._now() >= self._until:
                self._take(await asyncio.to_thread(self._ask))
            return self._token

    def close(self) -> None:
        self._wire.close()

    def forget(self) -> None:
        """Teams did not accept it."""
        self._until = float("-inf")

    def _ask(self) -> Mapping[str, Any]:
        """In a thread: msal waits for its answers."""
        try:
            if self._app is None:
                self._app = msal.ConfidentialClientApplication(
                    self._settings.app_id,
                    client_credential=self._settings.password,
                    authority=f"{ENTRA}/{self._settings.tenant or EVERY_TENANT}",
                    http_client=self._wire,
                    instance_discovery=False,
                )
            else:
                self._app.remove_tokens_for_client()
            answer: Mapping[str, Any] = self._app.acquire_token_for_client([SCOPE])
        except (httpx.HTTPError, msal.exceptions.MsalError) as problem:
            raise Unavailable(f"Entra ID cannot be reached: {type(problem).__name__}") from None
        except ValueError:  # msal's word for a tenant that is not there, and for an answer it cannot read
            raise NeedsReconnect("Entra ID does not know the tenant, or did not answer as documented: check the tenant's id.") from None
        return answer

    def _take(self, answer: Mapping[str, Any]) -> None:
        token, lasts = answer.get("access_token"), answer.get("expires_in")
        if isinstance(token, str) and isinstance(lasts, int):
            self._token, self._until = token, self._now() + max(lasts - EARLY, 0)
            return
        if answer.get("error") in {"temporarily_unavailable", "server_error"}:
            raise Unavailable("Entra ID has trouble of its own.")
        raise NeedsReconnect("Entra ID does not accept Duebot's app id and password: set them anew.")


class _Wire:
    """What msal sends with: bounded in time, no redirects, and to the address of the settings."""

    def __init__(self, login_url: str) -> None:
        self._to = login_url.rstrip("/")
        self._http = httpx.Client(timeout=TIMEOUT)

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> _Heard:
        return _Heard(self._http.get(self._there(url), params=params, headers=headers))

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any) -> _Heard:
        return _Heard(self._http.post(self._there(url), params=params, data=data, headers=headers))

    def close(self) -> None:
        self._http.close()

    def _there(self, url: str) -> str:
        return self._to + url.removeprefix(ENTRA) if url.startswith(f"{ENTRA}/") else url


class _Heard:
    """An answer as msal reads it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status_code, self.text, self.headers = answer.status_code, answer.text, answer.headers

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise httpx.HTTPError(f"status {self.status_code}")
