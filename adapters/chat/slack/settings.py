"""What the Slack connection is made of."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """`signing_secrets`: one, or two while they are rotated. `app_token` switches Socket Mode on.

    `bot_token` is that of one workspace; with `client_id`, `client_secret` and `public_url` the app is installed in more by a link.

    `approved_channels` are ids or names (without #) of channels an administrator allowed although they are public; one that is shared
    with another company has to be here by its name.
    """

    bot_token: str | None = field(default=None, repr=False)
    signing_secrets: tuple[str, ...] = field(default=(), repr=False)
    app_token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    public_url: str | None = None
    api_url: str = "https://slack.com/api/"
    approved_channels: frozenset[str] = frozenset()

    @property
    def installs(self) -> bool:
        return bool(self.client_id and self.client_secret and self.public_url)
