"""What the Slack connection is made of."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """`signing_secrets`: one, or two while they are rotated. `app_token` switches Socket Mode on.

    `approved_channels` are ids or names (without #) of channels an administrator allowed although they are public; one that is shared
    with another company has to be here by its name.
    """

    bot_token: str = field(repr=False)
    signing_secrets: tuple[str, ...] = field(default=(), repr=False)
    app_token: str | None = field(default=None, repr=False)
    api_url: str = "https://slack.com/api/"
    approved_channels: frozenset[str] = frozenset()
