"""What `duebot release --restored` shows, asks and does."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import typer

from bot.app import App
from bot.verbs.terminal import QUESTION, say, say_json, stop, with_app
from cards.clean import clean
from cards.format import count
from workflows.domain.doubt import Doubted
from workflows.release_restored import Foreseen, ReleaseRestored, Told, foresee, release_restored


async def release_copy(ask: ReleaseRestored, *, yes: bool, as_json: bool) -> None:
    """Shown first, and done once somebody agrees; exit code 2 where nobody can be asked."""

    async def run(app: App) -> None:
        seen = await foresee(ask, app.store, app.jobs.channels, app.policies, app.clock)
        if not as_json:
            say("\n".join(clean(line) for line in _lines(seen, ask.doubted)))
        if not yes and (as_json or not sys.stdin.isatty()):
            if as_json:
                say_json(_document(seen, released=False))
            stop(QUESTION, "Nothing was released. Look at what would leave, then say so with --yes.")
        if not yes and not typer.confirm("Let this copy send?", err=True):
            stop(QUESTION, "Nothing was released.")
        done = await release_restored(ask, app.store, app.jobs.channels, app.clock)
        if as_json:
            say_json(_document(seen, released=True))
        else:
            asked = f" {count(done.uncertain, 'message')} to answer for in the inbox." if done.uncertain else ""
            say(f"Released. The next tick decides what is due.{asked}")

    await with_app(run)


def _lines(seen: Foreseen, doubted: Doubted) -> Iterator[str]:
    yield f"This is a copy of {seen.copied_at:%Y-%m-%d %H:%M} UTC. The database it is a copy of may have sent messages until {seen.ran_until:%Y-%m-%d %H:%M} UTC."
    waited = seen.sent + seen.unsent + seen.uncertain
    what = {Doubted.ASK: "cannot be known and will be asked about", Doubted.SENT: "count as sent", Doubted.UNSENT: "count as not sent"}
    yield f"{count(waited, 'message')} waited in it: {seen.sent} were sent since, {seen.unsent} were not and leave if still due, {seen.uncertain} cannot be known and will be asked about."
    yield f"{count(seen.due, 'message')} more are due now, of which {seen.due_in_doubt} may have been sent since: they {what[doubted]}."
    yield from map(_line, seen.told)
    if (more := waited + seen.due - len(seen.told)) > 0:
        yield f"  and {count(more, 'other')}."


def _line(one: Told) -> str:
    fate = "was sent" if one.was_sent else "may have been sent" if one.in_doubt else "leaves if it is still due"
    return f"  {one.customer}: {one.step}, {fate}"


def _document(seen: Foreseen, *, released: bool) -> dict[str, object]:
    waited = {"sent": seen.sent, "unsent": seen.unsent, "uncertain": seen.uncertain}
    due = {"messages": seen.due, "uncertain": seen.due_in_doubt}
    first = [{"customer": one.customer, "step": one.step, "was_sent": one.was_sent, "uncertain": one.in_doubt} for one in seen.told]
    copied, until = seen.copied_at.isoformat(), seen.ran_until.isoformat()
    return {"copied_at": copied, "ran_until": until, "waited": waited, "due": due, "first": first, "released": released}
