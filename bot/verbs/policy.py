"""The verbs of `duebot policy`: those that ship, checking a file, its schema, and what moving to it would change."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import App
from bot.clock import FixedClock
from bot.policies import BadPolicy, PolicyBook, read_policy, schema, shipped, shipped_names, text_of
from bot.policy.moves import impact_json, impact_of, move_card, move_everyone
from bot.verbs.options import JSON, OnlyBook, an_instant
from bot.verbs.terminal import FAILED, QUESTION, polite, say, say_json, stop, with_app
from cards.format import count
from cards.plain import render as plain
from workflows.compare_policies import Impact

SHOWN = 50

verbs = typer.Typer(rich_markup_mode=None)
policy = typer.Typer(help="Shows, checks and compares policy files.", no_args_is_help=True, rich_markup_mode=None)
verbs.add_typer(policy, name="policy")

File = Annotated[Path, typer.Argument(metavar="FILE", help="A policy file.", show_default=False)]


@policy.command("list")
@polite
def list_policies(as_json: JSON = False) -> None:
    """Names the policies that come with Duebot.

    The standard one is in force from the start; the others are there to start from: duebot policy show NAME.
    """
    found = {name: _first_words(shipped(name).text) for name in shipped_names()}
    if as_json:
        say_json([{"name": name, "words": words} for name, words in found.items()])
    else:
        say("\n".join(f"{name + ':':14}{words}" for name, words in found.items()))


def _first_words(text: str) -> str:
    """The sentence that stands on a file's first line."""
    return text.partition("\n")[0].lstrip("# ")


@policy.command("show")
@polite
def show_policy(
    name: Annotated[str, typer.Argument(metavar="NAME", help="One of those that duebot policy list names.", show_default=False)],
) -> None:
    """Prints a policy that comes with Duebot, with its comments.

    Put it into a file of the folder that DUEBOT_POLICIES names, and change what you like.
    """
    say(shipped(name).text)


@policy.command("check")
@polite
def check_policy(file: File, as_json: JSON = False) -> None:
    """Names every mistake in a policy file with its line.

    Exit code 1 if there is one.
    """
    try:
        found = read_policy(text_of(file), file.name)
    except BadPolicy as bad:
        if as_json:
            say_json({"ok": False, "errors": [{"line": one.line, "where": one.where, "words": one.words} for one in bad.errors]})
            raise typer.Exit(FAILED) from None
        stop(FAILED, str(bad))
    steps = [step.name for step in found.steps]
    if as_json:
        say_json({"ok": True, "name": found.name, "steps": steps})
    else:
        say(f"{file.name} is in order: policy {found.name} with the steps {', '.join(steps)}.")


@policy.command("schema")
@polite
def policy_schema() -> None:
    """Prints the JSON Schema of policy files.

    An editor that is given it completes keys and explains them.
    """
    say(json.dumps(schema(), indent=2))


@policy.command("diff")
@polite
async def diff_policy(
    file: File,
    book: OnlyBook = None,
    apply: Annotated[bool, typer.Option("--apply", help="Then move them, after a question.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    at: Annotated[
        datetime | None,
        typer.Option(parser=an_instant, metavar="TIME", help="As of this time instead of now, like 2026-11-24T10:00+01:00."),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="How many customers to list.")] = SHOWN,
    as_json: JSON = False,
) -> None:
    """Shows what moving the running customers to a policy would change.

    For each open invoice: its level, its next step and day, and what would be sent today, now and then; and the sums. Nothing is changed
    unless you add --apply. What was said stays said: no customer gets a step twice.
    """
    text = text_of(file)
    name = read_policy(text, file.name).name

    async def run(app: App) -> None:
        async with app.store.reading() as work:
            chosen = None if book is None else (await work.book(book)).id
        impact, after = await impact_of(name, text, app, chosen, limit)
        if not as_json:
            say(plain.render(move_card(impact, app.clock.now())))
        if apply:
            _must_agree(impact, yes=yes)
            await app.store.add_policy(name, text)
            await app.policies.refresh()
        moved = await move_everyone(name, app, after, chosen) if apply else 0
        if as_json:
            say_json(impact_json(impact, app.clock.now()) | {"applied": apply, "moved": moved})
        elif apply:
            say(f"Moved {count(moved, 'customer')}. {_who_starts(app.policies, after, name)}")

    await with_app(run, None if at is None else FixedClock(at))


def _must_agree(impact: Impact, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        stop(QUESTION, "Nothing was moved. Look at what would change, and add --yes if it is right.")
    if not typer.confirm(f"Move {count(impact.running, 'customer')}?", err=True):
        stop(QUESTION, "Nothing was moved.")


def _who_starts(before: PolicyBook, after: PolicyBook, name: str) -> str:
    """Whether new customers start with the same text."""
    wanted: Any = next(one for one in after.in_force if one.name == name)
    if any((one.name, one.version) == (name, wanted.version) for one in before.in_force):
        return "New customers start with it too."
    return "New customers do not start with it yet: put the file into the folder that DUEBOT_POLICIES names, and start Duebot again."
