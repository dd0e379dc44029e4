"""What the Teams connection is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PUBLIC_CLOUD = (
    "https://smba.trafficmanager.net",
    "https://smba.infra.gcc.teams.microsoft.com",
    "https://smba.infra.gov.teams.microsoft.us",
    "https://smba.infra.dod.teams.microsoft.us",
)


@dataclass(frozen=True, slots=True)
class TeamsSettings:
    """`tenant` is that of a single-tenant registration; `tenants` are all whose people are served, by id.

    `services` are the addresses (scheme and host) of Teams' connector that answers may go to. `local` is a bot without an app:
    nothing is proven, so it is served on this machine only. `workflows` are secret addresses by name. An empty `app_id` has workflows only.
    """

    app_id: str
    password: str = field(default="", repr=False)
    tenant: str | None = None
    tenants: frozenset[str] = frozenset()
    services: tuple[str, ...] = PUBLIC_CLOUD
    openid_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    issuer: str = "https://api.botframework.com"
    login_url: str = "https://login.microsoftonline.com"
    local: bool = False
    approved_channels: frozenset[str] = frozenset()
    workflows: Mapping[str, str] = field(default_factory=dict, repr=False)
