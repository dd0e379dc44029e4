"""Typed text to what is asked: one small grammar for `/due`, `duebot query` and the inbox's search."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

VERBS = ("balance", "overdue", "invoice", "help")


@dataclass(frozen=True, slots=True)
class AskBalance:
    customer: str


@dataclass(frozen=True, slots=True)
class AskOverdue:
    pass


@dataclass(frozen=True, slots=True)
class AskInvoice:
    number: str


@dataclass(frozen=True, slots=True)
class AskHelp:
    """`unknown` is what was typed and is no command, `near` the verb it comes close to, `lacks` a verb without the word it needs.

    All empty when help was asked for.
    """

    unknown: str = ""
    near: str = ""
    lacks: str = ""


Ask = AskBalance | AskOverdue | AskInvoice | AskHelp


def parse(text: str) -> Ask:
    """Any text is something: what is not understood asks for help."""
    verb, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    match verb.casefold():
        case "balance" if rest:
            return AskBalance(rest)
        case "invoice" if rest:
            return AskInvoice(rest)
        case "overdue" if not rest:
            return AskOverdue()
        case "" | "help":
            return AskHelp()
        case "balance" | "invoice" as lacks:
            return AskHelp(lacks=lacks)
    close = next(iter(get_close_matches(verb.casefold(), VERBS, n=1, cutoff=0.7)), "")
    near = f"{close} {rest}".strip() if close in {"balance", "invoice"} else close
    return AskHelp(text.strip(), near)
