"""Verbs about channels: which public or shared ones may see customers' names and amounts."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.app import App
from bot.verbs.options import JSON
from bot.verbs.terminal import FAILED, polite, say, say_json, stop, with_app
from cards.clean import bare
from workflows.acting import record

verbs = typer.Typer(rich_markup_mode=None)
channel = typer.Typer(help="Approves channels that are not private.", no_args_is_help=True, rich_markup_mode=None)
verbs.add_typer(channel, name="channel")

Channel = Annotated[
    str, typer.Argument(metavar="CHANNEL", help="Its id, or its name; one shared with another company by name.", show_default=False)
]


@channel.command()
@polite
async def approve(name: Channel) -> None:
    """Lets cards into a channel that is public or shared.

    Private channels need no approval. It counts for the next card.
    """
    await _set(name, approved=True)


@channel.command()
@polite
async def revoke(name: Channel) -> None:
    """Takes an approval back.

    Within ten minutes nothing more goes there.
    """
    await _set(name, approved=False)


@channel.command("list")
@polite
async def list_channels(as_json: JSON = False) -> None:
    """Shows what is approved here and in the settings."""

    async def run(app: App) -> None:
        async with app.store.reading() as work:
            found = sorted({*await work.approved_channels(), *app.settings.slack.approved_channels, *app.settings.teams.approved_channels})
        if as_json:
            say_json({"approved": found})
        else:
            say("\n".join(found) or "No channel is approved; cards go to private ones only.")

    await with_app(run)


async def _set(name: str, *, approved: bool) -> None:
    plain = bare(name).removeprefix("#")

    async def run(app: App) -> None:
        async with app.store() as work:
            now = app.clock.now()
            done = await (work.approve_channel(plain, "command line", now) if approved else work.disapprove_channel(plain))
            if not done:
                stop(FAILED, f"{plain} is {'approved already' if approved else 'not approved here'}.")
            await record(work, "command line", now, "channel.approved" if approved else "channel.revoked", {"channel": plain})
        say(f"{plain} {'may see names and amounts now' if approved else 'gets no more cards'}.")

    await with_app(run)
