"""What is missing for Teams, in the settings and as Microsoft itself says it."""

from __future__ import annotations

from bot.app import App
from bot.config import Settings
from bot.health.finding import Finding
from workflows.domain.routing import channel
from workflows.errors import OutsideError


def of_teams_settings(settings: Settings) -> list[Finding]:
    """One thing at a time; half a registration is refused before anything starts. Cards have pictures and files only where they can be fetched."""
    teams = settings.teams
    if teams.app_id is None and (teams.app_password or teams.tenant_id or teams.tenants):
        what = "Teams is set up, but there is no application id, so nothing is served to it."
        return [Finding("teams.app_id", what, "Set DUEBOT_TEAMS__APP_ID to the application id of the registration in Entra ID.")]
    if teams.app_id is not None and not teams.local and settings.public_url is None:
        what = "Teams is to call this service, but its address is not set, so presses and messages would not arrive, and cards have no pictures and no files."
        fix = "Set DUEBOT_PUBLIC_URL, and in the Azure Bot the messaging endpoint to it followed by /api/messages."
        return [Finding("public_url", what, fix)]
    if teams.workflows and settings.public_url is None:
        what = "Cards that workflows post in Teams have no pictures and no files, as nobody can reach this service to fetch them."
        return [Finding("public_url", what, "Set DUEBOT_PUBLIC_URL to the https address this service can be reached at.")]
    return []


async def of_teams(app: App) -> list[Finding]:
    """The token, the keys, and the channels that cards are to go to."""
    if app.teams is None:
        return []
    try:
        if app.settings.teams.app_id is not None:
            await app.teams.check()
    except OutsideError as error:
        return [
            Finding("teams", str(error), "Correct DUEBOT_TEAMS__APP_ID, APP_PASSWORD and TENANT_ID, or the network, and run: duebot check")
        ]
    found = []
    for one in await _channels(app):
        try:
            await app.teams.room.check(one)
        except OutsideError as error:
            found.append(Finding(f"teams.channel.{one}", str(error), "Mend it in Teams or in the settings, and run: duebot check"))
    return found


async def _channels(app: App) -> list[str]:
    async with app.store.reading() as work:
        named = [book.chat_channel for book in await work.books()]
    named += [to for route in app.settings.routes for to in route.to]
    first = "" if app.slack is None else "teams"  # a channel without a chat's name is one of the first chat that is connected
    found = [channel(one) for one in [*named, app.settings.audit_head_channel] if one is not None]
    return list(dict.fromkeys(one.id for one in found if one.platform in {first, "teams"}))
