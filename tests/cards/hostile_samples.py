"""The cards that show words from outside, with the worst of words."""

from __future__ import annotations

from dataclasses import replace

from cards import answers, choices, digest
from cards.digest import Today
from cards.elements import Card
from cards.history import history
from tests.cards.alert_samples import alert
from tests.cards.digest_samples import lines
from tests.cards.samples import BOOK, CUSTOMER, FLAGGED, HOSTILE, ITEM, NOW, PEOPLE, TODAY, account, act, decided, notice
from workflows.domain.account import NoticeState


def hostile(words: str) -> dict[str, Card]:
    """The cards that show words from outside, with those words wherever they can stand."""
    item = replace(ITEM, number=words, reference=words)
    flag, said = replace(FLAGGED.flags[0], note=words), act("note", words, NOW)
    book = replace(BOOK, name=words)
    of = account(
        customer=replace(CUSTOMER, name=words),
        items=(item,),
        flags=(flag,),
        acts=(said,),
        book=book,
        notices=(notice(1, TODAY, words, NoticeState.FAILED, words),),
    )
    seen = replace(decided(because=words), item=item)
    line = replace(lines(1)[0], customer=words, words=words)
    return {
        "alert": alert(of, seen),
        "digest": digest.digest(book, TODAY, (line,), Today()),
        "why": answers.why(of, seen, history(of, item.id, NOW, PEOPLE), NOW),
        "several": choices.several(words, (choices.Choice(words, words),)),
    }


def hostile_cards() -> dict[str, Card]:
    return {f"hostile_{kind}_{name}": card for kind, words in HOSTILE.items() for name, card in hostile(words).items()}
