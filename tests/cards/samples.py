"""One account in every state, and every card and form drawn from it: a Tuesday, 24 November 2026, 10:00 in Berlin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from cards import answers, choices, claim_forms, digest, forms, outcome, overdue, policy, problems
from cards.digest import DigestLine, OutgoingLine, Today
from cards.elements import Card, Form
from cards.help import help_card
from cards.history import history
from cards.reminder import reminder_queued
from tests.cards.reminder_samples import TO, reminder_forms
from tests.cards.report_samples import report_cards
from tests.cards.snooze_samples import snooze_samples
from workflows.domain.access import Role, User
from workflows.domain.account import (
    Account,
    Act,
    Book,
    Credit,
    Customer,
    Escalation,
    Flag,
    Item,
    ItemKind,
    ListedItem,
    Notice,
    NoticeState,
    Payment,
    Plan,
    PlanState,
    Snooze,
)
from workflows.domain.calendar import Place
from workflows.domain.claims import Dispute, Hold, HoldKind, Promise
from workflows.domain.decision import Decision, ItemDecision, NextStep, PromiseNow, State
from workflows.domain.ids import BookId, CustomerId, HoldId, ItemId, NoticeId, PlanId, PromiseId, UserId
from workflows.domain.money import Money, split, totals
from workflows.domain.promises import Fate

BERLIN = Place("Europe/Berlin", "DE")
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def ident(number: int) -> UUID:
    return UUID(int=0x5EED_0000_0000_4000_8000_0000_0000_0000 + number)


ANA, MARIA = UserId(ident(1)), UserId(ident(2))
PEOPLE: Mapping[UserId, str] = {ANA: "Ana Weiss", MARIA: "Maria Holt"}
MANAGERS = (
    User(MARIA, "maria@northwind.example", "Maria Holt", Role.MANAGER),
    User(UserId(ident(3)), "jo@northwind.example", "Jo Lund", Role.MANAGER),
)
BOOK = Book(
    BookId(ident(10)),
    "main",
    "Northwind GmbH",
    BERLIN,
    currency="EUR",
    read_through=date(2026, 11, 23),
    read_at=NOW - timedelta(minutes=46),
)
CUSTOMER = Customer(CustomerId(ident(20)), BOOK.id, "C-1", "Acme GmbH", BERLIN, emails=("ap@acme.example",), owner=ANA)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def at(on: date, hour: int = 9, minute: int = 0) -> datetime:
    return BERLIN.at(on, time(hour, minute))


ITEM = Item(
    ItemId(ident(30)),
    "INV-2041",
    eur("14400.00"),
    date(2026, 10, 30),
    at(date(2026, 9, 30)),
    issued_on=date(2026, 9, 30),
    reference="PO 8841",
)
SECOND = Item(ItemId(ident(31)), "INV-2077", eur("2400.00"), date(2026, 11, 23), at(date(2026, 10, 24)), issued_on=date(2026, 10, 24))
PAID = Payment(eur("2000.00"), date(2026, 11, 12), ITEM.id)


def notice(number: int, on: date, step: str, state: NoticeState = NoticeState.DELIVERED, because: str = "") -> Notice:
    return Notice(
        NoticeId(ident(40 + number)), on, at(on), step, (ListedItem(ITEM.id, step, leads=True),), state, sent_at=at(on), because=because
    )


NOTICES = (notice(1, date(2026, 11, 2), "first"), notice(2, date(2026, 11, 16), "second"))
NEXT = NextStep("final", date(2026, 11, 25), at(date(2026, 11, 25)), reminds=True)
LATER = NextStep("handover", date(2026, 12, 14), at(date(2026, 12, 14)), reminds=False)


def account(**changes: object) -> Account:
    plain = Account(BOOK, CUSTOMER, (ITEM, SECOND), (PAID,), notices=NOTICES, policy=("standard", 1), released_at=at(date(2026, 9, 30)))
    return replace(plain, **changes)  # type: ignore[arg-type]


def decided(
    state: State = State.CHASING,
    *,
    following: NextStep | None = NEXT,
    because: str = "The second reminder went out on 16 November.",
    open_: str = "12400.00",
) -> ItemDecision:
    return ItemDecision(ITEM, state, "second", eur(open_), 25, because, following)


def promised(fate: Fate = Fate.RUNNING, state: State = State.PROMISED) -> ItemDecision:
    following = LATER if state is State.PROMISED else NEXT
    return replace(decided(state, following=following), promise=PromiseNow(PROMISE, fate, date(2026, 12, 8)))


SECOND_DECIDED = ItemDecision(
    SECOND,
    State.OPEN,
    None,
    eur("2400.00"),
    1,
    "One day late.",
    NextStep("first", date(2026, 11, 26), at(date(2026, 11, 26)), reminds=True),
)


def act(name: str, words: str, when: datetime) -> Act:
    return Act(ITEM.id, name, ANA, "Ana Weiss", when, words)


ACTED = at(TODAY, 9, 41)
SNOOZED = account(
    snoozes=(Snooze(ITEM.id, date(2026, 11, 30), ANA, ACTED),), acts=(act("snooze_item", "Ana Weiss snoozed until Mon 30 Nov", ACTED),)
)
FLAGGED = account(
    flags=(Flag(ITEM.id, ANA, ACTED, "Their new bookkeeper starts in December"),), acts=(act("flag_item", "Ana Weiss flagged it", ACTED),)
)
ESCALATED = account(
    escalations=(Escalation(ITEM.id, MARIA, "They dispute the freight costs by phone", ANA, ACTED),),
    acts=(act("escalate_item", "Ana Weiss escalated to Maria Holt", ACTED),),
)
PROMISE = Promise(PromiseId(ident(70)), (ITEM.id,), eur("5000.00"), date(2026, 12, 3), ANA, ACTED)
PROMISED = account(
    promises=(PROMISE,), acts=(act("promise.recorded", "Ana Weiss noted a promise of 5,000.00 EUR for Thu 3 Dec 2026", ACTED),)
)
DISPUTED = account(disputes=(Dispute(ITEM.id, "The freight was agreed as free.", ANA, ACTED),))
HELD = account(holds=(Hold(HoldId(ident(71)), None, "their books are audited", None, ANA, ACTED),))
SAID_PAID = account(
    holds=(Hold(HoldId(ident(72)), ITEM.id, "", date(2026, 12, 2), ANA, ACTED, HoldKind.SAYS_PAID, eur("2000.00")),),
)
DATES = (date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1))
PARTS = tuple(
    Item(ItemId(ident(60 + n)), f"INV-2041/{n + 1}", part, on, NOW, kind=ItemKind.INSTALMENT, plan=PlanId(ident(50)))
    for n, (part, on) in enumerate(zip(split(eur("12400.00"), [1, 1, 1]), DATES, strict=True))
)
PLAN = Plan(PlanId(ident(50)), (ITEM.id,), PARTS, PlanState.PROPOSED, ANA, ACTED)
PROPOSED = account(plans=(PLAN,), acts=(act("offer_plan", "Ana Weiss proposed a plan of 3 instalments", ACTED),))
ACTIVE = account(
    plans=(replace(PLAN, state=PlanState.ACTIVE, accepted_by=ANA, accepted_at=ACTED, accepted_how="phone"),),
    acts=(act("accept_plan", "Ana Weiss noted that the customer accepted by phone", ACTED),),
)
BOUNCED = account(notices=(*NOTICES, notice(3, date(2026, 11, 23), "final", NoticeState.FAILED, "the mailbox does not exist")))
UNKNOWN = account(notices=(*NOTICES, notice(4, date(2026, 11, 24), "final", NoticeState.UNKNOWN)))
STALE = account(book=replace(BOOK, read_through=date(2026, 11, 18)), fresh_until=at(date(2026, 11, 20)))
SETTLED = account(payments=(PAID, Payment(eur("12400.00"), date(2026, 11, 26), ITEM.id)))
CREDITED = account(credits=(Credit(eur("12400.00"), date(2026, 11, 20), ITEM.id),))
GERMAN = account(book=replace(BOOK, language="de"))
AMERICAN = account(book=replace(BOOK, place=Place("America/New_York", "US")))
FIRST_TIME = account(notices=(), payments=())


def lines(count: int) -> tuple[DigestLine, ...]:
    names = (
        "Acme GmbH",
        "Brill & Sons",
        "Costa Lda",
        "Dvorak s.r.o.",
        "Elm Street Studio",
        "Fjord AS",
        "Grove Ltd",
        "Hale & Co",
        "Iris BV",
        "Jura SA",
    )
    words = ("second reminder sent", "first reminder tomorrow", "snoozed until Mon 30 Nov", "nothing sent yet")
    return tuple(
        DigestLine(
            names[n % 10] if n < 10 else f"{names[n % 10]} {n // 10 + 1}",
            (Money(1_240_000 // (n + 1), "EUR" if n % 3 else "USD"),),
            max(25 - n, 1),
            words[n % 4],
            ItemId(ident(100 + n)),
            waits=n % 4 == 2,
        )
        for n in range(count)
    )


TODAY_BRINGS = Today(reminders=9, first_at=at(TODAY), under_review=2)
GOING = tuple(
    OutgoingLine(line.customer, line.amounts, step, at(TODAY, 9, n), line.item)
    for n, (line, step) in enumerate(zip(lines(3), ("first", "second", "final"), strict=True))
)
LETTER = """Dear Acme GmbH,

€12,400.00 of invoice INV-2041 has been open since 30 October. Thank you for the €2,000.00 of 12 November.

Please pay to DE00 0000 0000 0000 0000 00, or tell us if something is wrong with the invoice.

Ana Weiss
Northwind GmbH"""


HOSTILE = {
    "markup": '<script>alert(1)</script> & <b>Sons</b> "quoted"',
    "formatting": "*Acme* _Holding_ ~Ltd~ `code` :moneybag: > quote",
    "mentions": "<!channel> @here <@U024BE7LH> <https://example.com|pay here>",
    "right_to_left": "\u202eחברת אבג בע״מ\u202c \u2067شركة\u2069",
    "emoji": "👩\u200d🚀 Rockets 🇩🇪 Zażółć",
    "controls": "Acme\x1b[31m\x07\r\nBcc: all\x00\u200b\U000e0041",
    "long": "Very Long Name of a Holding " * 18,
}


POLICY_MOVE = policy.PolicyMove(
    "strict",
    running=214,
    changed=31,
    items=45,
    was_today=(),
    becomes_today=(Money.of("18420.00", "EUR"), Money.of("900.00", "USD")),
    lines=(
        policy.PolicyChange(
            "Acme GmbH", "INV-2041", "€12,400.00", ("second", "second"), ("final, Wed 25 Nov", "final, Tue 24 Nov"), ("–", "final")
        ),
        policy.PolicyChange(
            "مؤسسة <b>النور</b>", "*7*", "€6,020.00", ("–", "first"), ("first, Thu 26 Nov", "first, Tue 24 Nov"), ("–", "first")
        ),
    ),
)


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


def alert(of: Account, item: ItemDecision | None = None) -> Card:
    return overdue.alert(of, item or decided(), NOW, PEOPLE)


def cards() -> dict[str, Card]:
    """Every card and state by the name of its golden files."""
    plain = account()
    events = history(plain, ITEM.id, NOW, PEOPLE)
    decision = Decision((decided(), SECOND_DECIDED), (), None)
    settled = decided(State.SETTLED, following=None, open_="0.00")
    outside = {f"hostile_{kind}_{name}": card for kind, words in HOSTILE.items() for name, card in hostile(words).items()}
    return (
        outside
        | report_cards(BOOK, ITEM.id, NOW, HOSTILE)
        | {
            "alert": alert(plain),
            "alert_kept": alert(plain, replace(decided(), kept=(3, 4))),
            "alert_first_time": alert(FIRST_TIME, decided(open_="14400.00")),
            "alert_snoozed": alert(SNOOZED, decided(State.SNOOZED, following=LATER)),
            "alert_flagged": alert(FLAGGED),
            "alert_older": overdue.alert(FLAGGED, decided(), NOW, PEOPLE, live=False),
            "alert_escalated": alert(ESCALATED, decided(State.ESCALATED)),
            "alert_promised": alert(PROMISED, promised()),
            "alert_promise_broken": alert(PROMISED, promised(Fate.BROKEN, State.CHASING)),
            "alert_disputed": alert(DISPUTED, decided(State.DISPUTED, following=None)),
            "alert_held": alert(HELD, decided(State.HELD, following=None)),
            "alert_said_paid": alert(SAID_PAID, decided(State.HELD, following=LATER)),
            "alert_plan_proposed": alert(PROPOSED, decided(State.ON_PLAN, following=None)),
            "alert_plan_unanswered": alert(PROPOSED),
            "alert_on_plan": alert(ACTIVE, decided(State.ON_PLAN, following=None)),
            "alert_bounced": alert(BOUNCED),
            "alert_unknown": alert(UNKNOWN),
            "alert_stale": alert(STALE),
            "alert_under_review": alert(
                replace(plain, released_at=None, notices=()),
                decided(State.OPEN, following=None, because="It was overdue before Duebot knew it and waits for its release."),
            ),
            "alert_paid": alert(SETTLED, settled),
            "alert_credited": alert(CREDITED, settled),
            "alert_german_book": alert(GERMAN),
            "alert_american_book": alert(AMERICAN),
            "digest": digest.digest(BOOK, TODAY, lines(14), TODAY_BRINGS),
            "digest_short": digest.digest(BOOK, TODAY, lines(3), Today(reminders=1, first_at=at(TODAY, 10, 30))),
            "digest_quiet": digest.digest(BOOK, TODAY, (), Today()),
            "digest_stale": digest.digest(BOOK, TODAY, lines(1), Today(stale_since=date(2026, 11, 18))),
            "digest_list": digest.digest_list(
                BOOK, TODAY, lines(50)[20:40], 1, 50, totals(amount for line in lines(50) for amount in line.amounts)
            ),
            "outgoing": digest.outgoing(BOOK, TODAY, GOING),
            "outgoing_nothing": digest.outgoing(BOOK, TODAY, ()),
            "review_released": digest.released(BOOK, 24, "Maria Lindt", NOW, NOW),
            "review": digest.review(BOOK, 24, (eur("86210.00"), Money.of("12900.00", "USD")), ("Acme GmbH", 212)),
            "reminder_queued": reminder_queued(plain, decided(), NOW, by_name="Ana Weiss", to=("ap@acme.example",)),
            "reminder_queued_later": reminder_queued(plain, decided(), NOW, by_name="Ana Weiss", to=TO, at=at(date(2026, 11, 25))),
            "outcome_customer_snoozed": outcome.customer_snoozed(plain, 2, date(2026, 11, 30), 3, NOW),
            "outcome_snoozed": outcome.snoozed(plain, decided(), date(2026, 11, 30), (NEXT,), NOW),
            "outcome_woken": outcome.woken(plain, decided(), NOW),
            "outcome_flagged": outcome.flagged(plain, decided()),
            "outcome_unflagged": outcome.unflagged(plain, decided()),
            "outcome_escalated": outcome.escalated(plain, decided(), "Maria Holt"),
            "outcome_handed_back": outcome.handed_back(plain, decided(), NOW),
            "outcome_promised": outcome.promised(plain, decided(), PROMISE, date(2026, 12, 8), NOW, again=True),
            "outcome_promise_cancelled": outcome.promise_cancelled(plain, decided(), NOW),
            "outcome_disputed": outcome.disputed(plain, decided()),
            "outcome_dispute_settled": outcome.dispute_settled(plain, decided(), NOW),
            "outcome_held": outcome.held(plain, decided(), HELD.holds[0], NOW),
            "outcome_said_paid": outcome.held(plain, decided(), SAID_PAID.holds[0], NOW),
            "outcome_hold_released": outcome.hold_released(plain, decided(), NOW, whole=False),
            "outcome_noted": outcome.noted(plain, decided()),
            "outcome_plan_proposed": outcome.plan_proposed(plain, decided(), PLAN),
            "outcome_plan_accepted": outcome.plan_accepted(plain, decided(), PLAN, NOW),
            "outcome_plan_declined": outcome.plan_ended(plain, decided(), NOW),
            "outcome_released": outcome.released(24),
            "problem_apology": problems.apology("7f3a-21"),
            "problem_first": problems.somebody_first("Ana Weiss was first, Tue 24 Nov 2026 at 11:00: snoozed until Mon 30 Nov 2026."),
            "problem_not_found": problems.not_found("No invoice has the number “INV-9”."),
            "problem_book_read": problems.book_read(BOOK, TODAY, TODAY),
            "problem_refused": problems.refused("Acme GmbH paid INV-2041 this morning, so there is nothing to remind of."),
            "problem_not_linked": problems.not_linked(),
            "problem_unknown_message": problems.unknown_message(UNKNOWN, UNKNOWN.notices[-1], NOW, to=("ap@acme.example",)),
            "problem_unknown_settled": problems.unknown_settled(UNKNOWN, "Ana Weiss said it was sent"),
            "problem_stale_book": problems.stale_book(STALE.book, TODAY, 9),
            "problem_outage": problems.outage("email", "no connection to the mail server", NOW - timedelta(minutes=6), NOW, BOOK),
            "problem_outage_over": problems.outage_over("sms", NOW - timedelta(hours=20), NOW, BOOK),
            "problem_document_missing": problems.document_missing(plain, "INV-2041", "the folder of documents holds no main/INV-2041.pdf"),
            "problem_delivery_failed": problems.delivery_failed(BOUNCED, BOUNCED.notices[-1], NOW),
            "balance": answers.balance(plain, decision, NOW),
            "balance_nothing": answers.balance(plain, Decision((), (), None), NOW),
            "overdue_list": answers.overdue_list(BOOK, lines(20)),
            "overdue_nothing": answers.overdue_list(BOOK, ()),
            "invoice": answers.invoice(plain, decided(), events, NOW, PEOPLE),
            "invoice_settled": answers.invoice(
                SETTLED, settled, history(SETTLED, ITEM.id, NOW + timedelta(3), PEOPLE), NOW + timedelta(3), PEOPLE
            ),
            "why": answers.why(plain, decided(), events, NOW),
            "several": choices.several(
                "acme", (choices.Choice("Acme GmbH", "C-1, €12,400.00 open"), choices.Choice("Acme Holding AG", "C-7, nothing open"))
            ),
            "policy_move": policy.policy_move(POLICY_MOVE),
            "policy_move_nobody": policy.policy_move(replace(POLICY_MOVE, running=0)),
            "help": help_card(),
            "help_unknown": help_card(unknown="balnce acme", near=("balance acme",)),
            "help_lacks": help_card(lacks="balance"),
        }
    )


def make_forms() -> dict[str, Form]:
    plain, both = account(), (decided(), SECOND_DECIDED)
    table = tuple((part.due_on, part.total) for part in PARTS if part.due_on)
    terms = {"count": "3", "rhythm": "monthly", "first": "2026-12-01"}
    snoozes = snooze_samples(plain, SNOOZED, decided(), decided(State.SNOOZED), SECOND_DECIDED, (NEXT, LATER))
    return (
        reminder_forms(plain, decided(), SECOND_DECIDED, TODAY, LETTER)
        | snoozes
        | {
            "form_plan": forms.plan_form(plain, decided(), TODAY, both),
            "form_plan_again": forms.plan_form(
                plain, decided(), TODAY, values={"deposit": "20000", "count": "4", "rhythm": "weekly", "first": "2026-12-01"}
            ),
            "form_plan_preview": forms.plan_preview(plain, decided(), TODAY, table, terms),
            "form_plan_preview_warning": forms.plan_preview(
                plain, decided(), TODAY, table, terms, warning="Plans above €5,000.00 need a manager; your reason is kept."
            ),
            "form_promise_again": claim_forms.promise_form(plain, decided(), TODAY, {"amount": "20000", "until": "2026-12-01"}),
            "form_dispute": claim_forms.dispute_form(plain, decided(), TODAY),
            "form_settle_dispute": claim_forms.settle_form(DISPUTED, decided(State.DISPUTED), TODAY),
            "form_hold": claim_forms.hold_form(plain, decided(), TODAY),
            "form_note": claim_forms.note_form(plain, decided(), TODAY),
            "form_escalate": forms.escalate_form(plain, decided(), MANAGERS, TODAY),
            "form_escalate_nobody": forms.escalate_form(plain, decided(), (), TODAY),
        }
    )


ERRORS: Mapping[str, Mapping[str, str]] = {
    "form_plan_again": {"deposit": "The deposit is more than the €12,400.00 that are open."},
    "form_promise_again": {"": "Only €12,400.00 is open on INV-2041; a promise cannot be of more."},
}
