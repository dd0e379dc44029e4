"""What is missing for Slack, in the settings and as Slack itself says it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.app import App
from bot.config import Settings
from bot.health.finding import Finding
from workflows.domain.routing import channel

_IN = "presses and commands would not arrive"
_WHERE = "Slack shows it under Basic Information."


def of_slack_settings(settings: Settings) -> list[Finding]:
    """One thing at a time: what follows from it is not said beside it."""
    slack, public = settings.slack, settings.public_url
    used = slack.bot_token or slack.app_token or slack.signing_secret or slack.client_id or slack.client_secret
    if not used:
        return []
    if slack.bot_token is None and slack.client_id is None:
        what = "Slack is set up, but there is no bot token, so nothing can be posted."
        return [Finding("slack.bot_token", what, "Install the app and set DUEBOT_SLACK__BOT_TOKEN to its bot token (xoxb-…).")]
    if (slack.client_id is None) is not (slack.client_secret is None):
        name = "client_id" if slack.client_id is None else "client_secret"
        return [Finding(f"slack.{name}", f"DUEBOT_SLACK__{name.upper()} is missing beside the other one.", f"Set it. {_WHERE}")]
    if public is None and (slack.client_id is not None or (slack.signing_secret is not None and slack.app_token is None)):
        what = f"Slack is to call this service, but its address is not set, so {_IN}."
        return [
            Finding("public_url", what, "Set DUEBOT_PUBLIC_URL, and paste `duebot manifest slack` anew; or use DUEBOT_SLACK__APP_TOKEN.")
        ]
    if slack.signing_secret is None and slack.app_token is None:
        if public is not None:
            what = f"Slack calls this service, but its calls cannot be told from forged ones, so {_IN}."
            return [Finding("slack.signing_secret", what, f"Set DUEBOT_SLACK__SIGNING_SECRET. {_WHERE}")]
        what = f"Slack has a bot token, but no way in: {_IN}."
        fix = "Set DUEBOT_SLACK__APP_TOKEN for Socket Mode, or DUEBOT_PUBLIC_URL and DUEBOT_SLACK__SIGNING_SECRET for HTTP."
        return [Finding("slack.app_token", what, fix)]
    return []


async def of_slack(app: App) -> list[Finding]:
    if app.slack is None:
        return []
    async with app.store.reading() as work:
        named = [book.chat_channel for book in await work.books()]
    named += [to for route in app.settings.routes for to in route.to]
    named.append(app.settings.audit_head_channel)
    return [Finding(one.name, one.what, one.fix) for one in await app.slack.inspection.of(_ours(named))]


def _ours(named: Sequence[str | None]) -> list[str]:
    found = [channel(one) for one in named if one is not None]
    return [one.id for one in found if one.platform in {"", "slack"}]
