"""The `duebot` command: its verbs, and the file each one lives in, which is loaded when the verb is used."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

# A list of verbs has to come at once, and loading the database, the web and the chats takes a second. So the sentences of the list
# stand here; a verb's own help says the same and more, which a test holds them to.
VERBS = {
    "demo": ("run", "Plays a Tuesday morning on a sample book and shows the inbox."),
    "serve": ("run", "Runs web, chat, ticks and delivery until Ctrl-C."),
    "worker": ("run", "Ticks and delivers, beside other processes, until Ctrl-C."),
    "migrate": ("run", "Makes the database, or brings it up to date."),
    "import": ("ledger", "Reads invoices, and what was paid on them, from a file."),
    "release": ("run", "Lets customers go who were overdue when first read."),
    "tick": ("run", "Decides once, now, what is due."),
    "simulate": ("simulate", "Shows what policies would do with a ledger, day by day."),
    "deliver": ("run", "Sends once, now, what waits."),
    "query": ("ledger", "Answers what is open, overdue, or known of an invoice."),
    "explain": ("ledger", "Says why something was, or was not, sent."),
    "report": ("report", "Prints the figures of the cards, as of any day."),
    "summary": ("report", "Prints a book's week, fortnight or month for its managers."),
    "book": ("book", "Shows a book, or changes what is given."),
    "user": ("people", "Adds colleagues and says who may do what."),
    "policy": ("policy", "Shows, checks and compares policy files."),
    "letters": ("letters", "Shows a letter before anybody gets it, and checks templates."),
    "manifest": ("manifest", "Prints what a chat needs to know of this app."),
    "check": ("check", "Says what is missing, and how to mend it."),
    "connect": ("connect", "Makes a link that connects something outside."),
    "channel": ("channel", "Approves channels that are not private."),
    "interest": ("interest", "Says what may be charged on a late invoice."),
    "backup": ("backup", "Copies the whole database into one file, while everything goes on."),
    "restore": ("backup", "Puts a backup back; nothing is sent before it is released."),
    "maintain": ("backup", "Backs up, migrates and looks whether all holds, and keeps it only then."),
    "evidence": ("keep", "Packs what proves a claim into one ZIP."),
    "person": ("keep", "Tells a person what is stored of them, or forgets them."),
    "audit": ("keep", "Verifies the trail of everything that was done."),
}


class Verbs(TyperGroup):
    """Lists every verb with its whole sentence and loads only the one that is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        del ctx
        if cmd_name not in VERBS:
            return None
        file, _ = VERBS[cmd_name]
        loaded: Any = typer.main.get_command(import_module(f"bot.verbs.{file}").verbs)
        return loaded.commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in VERBS.items()])


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"duebot {version('duebot')}")
        raise typer.Exit


main = typer.Typer(
    name="duebot",
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@main.callback()
def duebot(
    _version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version and exit.")] = False,
) -> None:
    """Watches invoices, tells the finance team what is overdue, and chases customers politely, once, and never after payment.

    Every command explains itself: duebot COMMAND --help. Exit codes: 0 done; 1 failed, there is no such thing, or a check found something;
    2 wrong use, or a question that needs your answer.
    """
