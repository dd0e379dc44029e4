"""The verb `connect`: lets an administrator install the app in one more workspace."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.app import App
from bot.verbs.options import JSON
from bot.verbs.terminal import QUESTION, polite, say, say_json, stop, with_app
from workflows.install_workspace import offer_install

verbs = typer.Typer(rich_markup_mode=None)


@verbs.callback()
def _stays_a_group() -> None:
    """Keeps a file with one verb a group of verbs."""


@verbs.command()
@polite
async def connect(
    vendor: Annotated[str, typer.Argument(metavar="VENDOR", help="What to connect to: slack.", show_default=False)], as_json: JSON = False
) -> None:
    """Makes a link that connects something outside.

    For slack: it installs the app in one more workspace, once, within an hour. Whoever opens it must be allowed to install apps there.
    """
    if vendor != "slack":
        stop(QUESTION, f"“{vendor}” cannot be connected by a link; slack can.")

    async def run(app: App) -> None:
        slack, public = app.settings.slack, app.settings.public_url
        missing = [
            name
            for name, value in (
                ("DUEBOT_PUBLIC_URL", public),
                ("DUEBOT_SLACK__CLIENT_ID", slack.client_id),
                ("DUEBOT_SLACK__CLIENT_SECRET", slack.client_secret),
            )
            if value is None
        ]
        if missing or public is None:
            stop(QUESTION, f"Set {' and '.join(missing)} first; Slack shows the id and the secret under Basic Information.")
        async with app.store() as work:
            offer = await offer_install("slack", work, app.clock)
        link = f"{public.rstrip('/')}/slack/install?offer={offer}"
        if as_json:
            say_json({"link": link})
        else:
            say(f"Open this within an hour, in the browser you use Slack in:\n{link}")

    await with_app(run)
