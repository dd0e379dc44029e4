"""The contact rules of law over one message that is about to leave: every way out of the house asks here."""

from __future__ import annotations

import re
from datetime import datetime

from workflows.domain.account import Account, Notice
from workflows.domain.contact import EVERY
from workflows.domain.guards import Contact, Verdict, allowed, recipient_of
from workflows.domain.messages import Message

# Every letter says how to stop them; the word is the same in all languages, for it is what a reply is read for.
_SAYS_HOW_TO_STOP = re.compile(r"\b(?:STOP|UNSUBSCRIBE)\b")


def guarded(account: Account, notice: Notice, message: Message, now: datetime) -> Verdict:
    """`account` without the notice itself."""
    contact = Contact(notice.channel, f"{message.subject}\n{message.text}", _facts(account, message))
    return allowed(contact, recipient_of(account), now)


def _facts(account: Account, message: Message) -> frozenset[str]:
    known = {
        "opt_out": message.unsubscribe is not None or _SAYS_HOW_TO_STOP.search(message.text) is not None,
        "identity": bool(message.sender_name) and message.reply_to is not None,
        "ceased": any(one.channel == EVERY and one.ended_at is None for one in account.opt_outs),
    }
    return frozenset(name for name, holds in known.items() if holds)
