"""A colleague's home: their work, what waits for them, what leaves today and can still be stopped, and how they are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.actions import Action, Name
from cards.approval import request_words
from cards.buttons import about
from cards.choices import asking
from cards.digest import DigestLine, OutgoingLine, late_rows, leaving_rows
from cards.elements import (
    Actions,
    Button,
    Card,
    ChoiceField,
    Element,
    Field,
    Form,
    Heading,
    Option,
    Row,
    Rows,
    Style,
    Text,
    TextField,
    Tone,
)
from cards.format import cell, count, day, locale_of, long_day, money, name, remark, step_words
from cards.forms import filled, general_error, subject_line
from cards.outcome import answer, subject
from workflows.domain.access import Right, User
from workflows.domain.account import Account, Book
from workflows.domain.approvals import Approval
from workflows.domain.decision import ItemDecision
from workflows.domain.preferences import Notify, Preferences
from workflows.domain.tasks import Task

SHOWN, FEW, REQUESTS = 8, 5, 8
_APPROVALS = "Waits for your approval"
LANGUAGES = (("", "As each book writes them"), ("en", "English"), ("de", "German"), ("fr", "French"), ("es", "Spanish"), ("nl", "Dutch"))
_TOLD = {Notify.ALL: "what happens to your customers, in a message of your own", Notify.NOTHING: "only what stands in the channels"}
_NOTIFY = {Notify.ALL: "What happens to my customers, in a message to me", Notify.NOTHING: "Only what stands in the channels"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that the reader may approve."""

    account: Account
    decided: ItemDecision
    approval: Approval


@dataclass(frozen=True, slots=True)
class Promised:
    """An item whose promise is due soon, or was."""

    account: Account
    decided: ItemDecision


@dataclass(frozen=True, slots=True)
class Home:
    """`book` gives the day and the separators. `late` are the reader's customers with something overdue, or everybody's (`mine` false).

    Of `all_asked` requests `asked` are the first; `more_late` were left out by the caller. With `more_leave` what is `leaving` is not all.
    """

    reader: User
    book: Book
    now: datetime
    wanted: Preferences
    late: Sequence[DigestLine] = ()
    more_late: int = 0
    mine: bool = True
    asked: Sequence[Asked] = ()
    all_asked: int = 0
    promised: Sequence[Promised] = ()
    tasks: Sequence[tuple[Task, Account]] = ()
    leaving: Sequence[OutgoingLine] = ()
    more_leave: bool = False


def home(told: Home) -> Card:
    """The first things first: what only the reader can do, then their customers, then what leaves."""
    locale, today = locale_of(told.book), told.book.place.day(told.now)
    title = f"{name(told.reader.name)} · {long_day(today, locale)}"
    counts = [
        f"{count(told.all_asked, 'approval waits', 'approvals wait')} for you" if told.asked else "",
        count(len(told.tasks), "task") if told.tasks else "",
        f"{count(len(told.promised), 'promise')} due" if told.promised else "",
        f"{count(len(told.late) + told.more_late, 'customer')} overdue" if told.late else "",
        f"{_leave(told)} to leave today" if told.leaving else "",
    ]
    said = " · ".join(part for part in counts if part) or "Nothing waits for you."
    body: list[Element] = [Heading(title), Text(said)]
    for section in (_asked, _tasks, _promised, _late, _leaving, _settings):
        body += section(told)
    return Card(f"{title}. {said}", tuple(body))


def _asked(told: Home) -> Iterator[Element]:
    if not told.asked:
        return
    yield Heading(_APPROVALS, badge=f"{told.all_asked:,}", tone=Tone.WARNING)
    yield from _requests(told.asked[:FEW])
    if told.all_asked > FEW:
        yield Text(f"… {told.all_asked - FEW:,} more", quiet=True)
        yield Actions((Button("Show all", _page_of_approvals(told.reader, 0)),))


def _requests(asked: Sequence[Asked]) -> Iterator[Element]:
    for one in asked:
        amount = f"{money(one.decided.open, locale_of(one.account.book))} open"
        yield Text(
            f"{name(one.account.customer.name)}, {name(one.decided.item.number)}, {amount}: {request_words(one.account, one.approval)}"
        )
        approve = Button("Approve", Action(Name.APPROVE, one.approval.id), Style.PRIMARY)
        refuse = Button("Refuse", Action(Name.REFUSE, one.approval.id))
        yield Actions((approve, refuse, Button("Open", about(one.account, one.decided, Name.OPEN))))


def page_of_approvals(all_: int, page: int) -> range:
    """Which of so many stand on the page, from 0; a page beyond the last is the last."""
    first = min(max(page, 0), max(all_ - 1, 0) // REQUESTS) * REQUESTS
    return range(first, min(first + REQUESTS, all_))


def approvals(reader: User, asked: Sequence[Asked], shown: range, all_: int) -> Card:
    """What waits for the reader, a page at a time: `shown` says which of all of them."""
    if not asked:
        return Card("Nothing waits for your approval.", (Heading("Nothing waits for your approval", tone=Tone.GOOD),))
    page = shown.start // REQUESTS
    turns = [("Back", page - 1)] if page else []
    turns += [("Next", page + 1)] if shown.stop < all_ else []
    where = (Text(f"{shown.start + 1:,} to {shown.stop:,} of {all_:,}", quiet=True),) if turns else ()
    row = (Actions(tuple(Button(label, _page_of_approvals(reader, to)) for label, to in turns)),) if turns else ()
    body = (Heading(_APPROVALS, badge=f"{all_:,}", tone=Tone.WARNING), *_requests(asked), *where, *row)
    return Card(f"{_APPROVALS}: {count(all_, 'request')}", body, Tone.WARNING)


def _page_of_approvals(reader: User, page: int) -> Action:
    return Action(Name.SHOW_APPROVALS, reader.id, data={"page": str(page)})


def _tasks(told: Home) -> Iterator[Element]:
    if not told.tasks:
        return
    yield Heading("Tasks", badge=f"{len(told.tasks):,}")
    rows = tuple(_task_row(told, task, account) for task, account in told.tasks[:FEW])
    yield Rows(("What", "By", "Customer"), rows, all=asking("tasks"), left=max(len(told.tasks) - FEW, 0))


def _task_row(told: Home, task: Task, account: Account) -> Row:
    today, locale = account.book.place.day(told.now), locale_of(account.book)
    due = f"by {day(task.due_on, today, locale)}" if task.due_on else "any day"
    tone = Tone.WARNING if task.due_on and task.due_on < today else Tone.QUIET
    return Row((remark(task.what, 60), due, cell(account.customer.name)), tone, Action(Name.COMPLETE_TASK, task.id), "Done")


def _promised(told: Home) -> Iterator[Element]:
    if not told.promised:
        return
    yield Heading("Promises due", badge=f"{len(told.promised):,}")
    rows = tuple(_promise_row(told, one) for one in told.promised[:FEW])
    yield Rows(("Customer", "Promised", "By"), rows, frozenset({1}), all=asking("promises"), left=max(len(told.promised) - FEW, 0))


def _promise_row(told: Home, one: Promised) -> Row:
    locale, today = locale_of(one.account.book), one.account.book.place.day(told.now)
    promise = one.decided.promise.promise if one.decided.promise else None
    by = f"by {day(promise.until, today, locale)}" if promise else ""
    amount = money(promise.amount if promise else one.decided.open, locale)
    tone = Tone.WARNING if promise and promise.until < today else Tone.QUIET
    return Row((cell(one.account.customer.name), amount, by), tone, about(one.account, one.decided, Name.OPEN))


def _late(told: Home) -> Iterator[Element]:
    title = "Your customers, overdue" if told.mine else "Overdue"
    if not told.late:
        yield Heading("Nothing is overdue", tone=Tone.GOOD)
        return
    yield Heading(title, badge=count(len(told.late) + told.more_late, "customer"), tone=Tone.LATE)
    left = len(told.late) - SHOWN + told.more_late
    yield late_rows(told.book, told.late[:SHOWN], left=left, more=asking("mine" if told.mine else "overdue"))


def _leaving(told: Home) -> Iterator[Element]:
    if not told.leaving:
        return
    today = told.book.place.day(told.now)
    yield Heading("Leaves today", badge=_leave(told))
    every = Action(Name.SHOW_OUTGOING, told.book.id, data={"day": today.isoformat()})
    stops = told.reader.may(Right.CHASE)
    yield leaving_rows(told.book, told.leaving[:SHOWN], left=len(told.leaving) - SHOWN, more=every, stops=stops)


def _leave(told: Home) -> str:
    return f"{'at least ' if told.more_leave else ''}{count(len(told.leaving), 'message')}"


def _settings(told: Home) -> Iterator[Element]:
    wanted = told.wanted
    quiet = f"nothing {wanted.quiet.words}" if wanted.quiet else "at any hour"
    written = dict(LANGUAGES).get(wanted.language or "", wanted.language or "")
    yield Text(
        f"You are told: {_TOLD[wanted.notify]}, {quiet}. Figures and dates: {written[:1].lower() + written[1:] if not wanted.language else written}.",
        quiet=True,
    )
    yield Actions((Button("Settings", Action(Name.PREFERENCES, told.reader.id)),))


def preferences_form(
    reader: User, wanted: Preferences, values: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Form:
    """Answers: `notify`, `language` and `quiet` (hours like 18:00-08:00, may be empty)."""
    fields: tuple[Field, ...] = (
        ChoiceField("notify", "Tell me", tuple(Option(one.value, words) for one, words in _NOTIFY.items()), wanted.notify.value),
        ChoiceField(
            "language", "Figures and dates", tuple(Option(code or "book", words) for code, words in LANGUAGES), wanted.language or "book"
        ),
        TextField(
            "quiet",
            "Quiet hours",
            wanted.quiet.words if wanted.quiet else "",
            "Like 18:00-08:00, on the book's clocks; what comes meanwhile waits for their end",
            required=False,
            max_length=11,
        ),
    )
    submit = Button("Save", Action(Name.SET_PREFERENCES, reader.id), Style.PRIMARY)
    return Form("Settings", submit, general_error(errors), filled(fields, values or {}))


def preferences_set() -> Card:
    return answer("Your settings are kept", "They hold from now on.")


def stop_form(
    account: Account,
    decided: ItemDecision,
    now: datetime,
    step: str,
    action: Action,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """Answers: `why`. `action` comes back with it."""
    words = f"The {step_words(step)} to {name(account.customer.name)} does not leave. This step is left out for good; the policy goes on with the next one at its time."
    fields = filled((TextField("why", "Why", hint="Colleagues read it on the card", lines=2, max_length=300),), values or {})
    intro = (*general_error(errors), subject_line(account, decided, account.book.place.day(now)), Text(words))
    return Form("Stop a message", Button("Stop it", action, Style.PRIMARY), intro, fields)


def stopped(account: Account, decided: ItemDecision, step: str, following: str) -> Card:
    """`following` is what comes next by itself."""
    return answer(f"{subject(account, decided)}: {step_words(step)} stopped", following)
