"""The verb that looks whether all is in order. Asked by a container's health check it loads next to nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.health.ready import readiness
from bot.verbs.terminal import DONE, FAILED, polite, say, say_json
from cards.clean import clean

verbs = typer.Typer(rich_markup_mode=None)


@verbs.callback()
def _stays_a_group() -> None:
    """Keeps a file with one verb a group of verbs."""


@verbs.command()
@polite
async def check(
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody outside this machine.")] = False,
    ready: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, metavar="PORT", help="Only ask the Duebot that listens there, on this machine, whether it is ready."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Says what is missing, and how to mend it.

    Settings, database, people, mail, chats, files too old to send on, messages that may or may not have left, the audit trail. Exit code
    1 if something was found.
    """
    if ready is not None:
        found = readiness(ready)
    else:
        from bot.config import read_settings  # ruff: ignore[import-outside-top-level]
        from bot.health.check import findings  # ruff: ignore[import-outside-top-level]

        found = await findings(read_settings(), offline=offline)
    if as_json:
        say_json({"ok": not found, "findings": [{"name": one.name, "what": one.what, "fix": one.fix} for one in found]})
    elif found:
        say("\n".join(clean(f"{one.what}\n  {one.fix}", lines=True) for one in found))
    else:
        say("Everything is in order.")
    raise typer.Exit(FAILED if found else DONE)
