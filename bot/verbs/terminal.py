"""How the command line speaks: answers on standard output, everything else on standard error, exit codes by meaning."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

import structlog
import typer
from rich.console import Console
from structlog.types import Processor

from bot.library_logs import take_over_libraries
from cards.clean import clean
from workflows.errors import Refused

if TYPE_CHECKING:
    from bot.app import App
    from workflows.ports import Clock

P = ParamSpec("P")
T = TypeVar("T")

DONE, FAILED, QUESTION = 0, 1, 2
NAME_BOOK = "That number stands in several places; name the book with --book."
OTHER_NUMBER = "No invoice has exactly that number; ask again for one of these."
LONG = frozenset(["serve", "worker"])  # verbs that run on, and so log what they do

notes = Console(stderr=True, highlight=False, soft_wrap=True)
log = structlog.get_logger(__name__)


def logs_to_stderr(*, everything: bool) -> None:
    """Structured lines, without bodies or tokens; `everything` for the service, only trouble for a verb that answers by itself."""
    known: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendered: Processor = structlog.processors.JSONRenderer() if not sys.stderr.isatty() else structlog.dev.ConsoleRenderer()
    take_over_libraries(known, rendered)
    structlog.configure(
        processors=[*known, structlog.processors.format_exc_info, rendered],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whatever the stream is by then
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if everything else logging.WARNING),
    )


def stop(code: int, *words: str) -> NoReturn:
    """Ends the command with sentences on standard error."""
    for said in words:
        for line in said.splitlines():
            notes.print(clean(line), markup=False)
    raise typer.Exit(code)


def say(text: str, out: Path | None = None) -> None:
    """A line or more of the answer, on standard output or into a file."""
    text = text if text.endswith("\n") else f"{text}\n"
    if out is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        out.write_text(text, encoding="utf-8")


def say_json(document: object, out: Path | None = None) -> None:
    """One JSON document."""
    say(json.dumps(document, ensure_ascii=False, default=str), out)


def polite(verb: Callable[P, Coroutine[Any, Any, None] | None]) -> Callable[P, None]:
    """Runs a verb; what can go wrong becomes one sentence and an exit code, never a traceback."""

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        logs_to_stderr(everything=verb.__name__ in LONG)
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a sign shows another one instead
        try:
            work = verb(*args, **kwargs)
            if work is not None:
                asyncio.run(work)
        except KeyboardInterrupt:
            stop(FAILED, "Stopped.")
        except Exception as error:  # ruff: ignore[blind-except] - the command's edge: the one place that words every error
            _end(error)

    return run


def _end(error: Exception) -> NoReturn:
    from adapters.store.trouble import sentence_of  # ruff: ignore[import-outside-top-level] - the store is loaded where it is used
    from bot.config import BadSetting  # ruff: ignore[import-outside-top-level]
    from bot.policies import BadPolicy  # ruff: ignore[import-outside-top-level]

    match error:
        case typer.Exit() | typer.Abort():
            raise error
        case BadSetting():
            stop(QUESTION, str(error))
        case BadPolicy() | Refused():
            stop(FAILED, str(error))
        case BrokenPipeError():  # whoever read the answer has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(FAILED)
        case OSError():
            stop(FAILED, _of_system(error))
    if (sentence := sentence_of(error)) is not None:
        stop(FAILED, sentence)
    log.error("unexpected", exc_info=error)
    stop(FAILED, f"Duebot made a mistake ({type(error).__name__}); nothing after it was done. The line above helps whoever mends it.")


def _of_system(error: OSError) -> str:
    what = error.strerror or type(error).__name__
    if isinstance(error, FileNotFoundError) and isinstance(error.filename, str) and not (folder := Path(error.filename).parent).is_dir():
        return f"There is no folder {folder}. Make it, or name another place."
    return f"{error.filename}: {what}." if error.filename else f"{what}."


async def with_app(use: Callable[[App], Awaitable[T]], clock: Clock | None = None, *, connect: bool = False) -> T:
    """The application with the settings of this place, for one verb."""
    from bot.app import running  # ruff: ignore[import-outside-top-level] - a verb that asks only for its help does without
    from bot.config import read_settings  # ruff: ignore[import-outside-top-level]

    async with running(read_settings(), clock, connect=connect) as app:
        spare_the_collector()
        return await use(app)


def spare_the_collector() -> None:
    """What is loaded by now stays to the end: Python need not look through it again for what to throw away, a quarter of a tick's time.

    Of what comes later it looks at the newest 2,000 at a time, a millisecond in which nobody is answered, and at all of it once in half a
    million, for little of it hangs together in circles.
    """
    gc.freeze()
    gc.set_threshold(2_000, 250)
