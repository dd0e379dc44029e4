"""Verbs that print what a chat needs to know of this app."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.app_package import package
from bot.config import read_settings
from bot.manifest import slack_manifest, teams_manifest
from bot.verbs.terminal import QUESTION, polite, say, stop

verbs = typer.Typer(rich_markup_mode=None)
manifest = typer.Typer(help="Prints what a chat needs to know of this app.", no_args_is_help=True, rich_markup_mode=None)
verbs.add_typer(manifest, name="manifest")
verbs.callback()(lambda: None)


@manifest.command("slack")
@polite
def print_manifest() -> None:
    """Prints an app manifest to paste into Slack.

    With DUEBOT_PUBLIC_URL it is for HTTP, without for Socket Mode.
    """
    say(json.dumps(slack_manifest(read_settings().public_url), indent=2))


@manifest.command("teams")
@polite
def write_package(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.", dir_okay=False)] = Path("duebot-teams.zip"),
) -> None:
    """Writes the app package to upload to Teams.

    It needs DUEBOT_TEAMS__APP_ID and DUEBOT_PUBLIC_URL.
    """
    settings = read_settings()
    if settings.teams.app_id is None or settings.public_url is None:
        stop(QUESTION, "Set DUEBOT_TEAMS__APP_ID and DUEBOT_PUBLIC_URL first: the package names both.")
    out.write_bytes(package(teams_manifest(settings.teams.app_id, settings.public_url)))
    say(f"Wrote {out}. Upload it in the Teams admin centre, or in Teams under Apps, Manage your apps.")
