"""Typed text to what is asked: one small grammar for `/due`, `duebot query` and the inbox's search."""

from __future__ import annotations

from dataclasses import dataclass


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
    """`unknown` is the word that is no command; empty when help was asked for."""

    unknown: str = ""


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
    return AskHelp(text.strip())
