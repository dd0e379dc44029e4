"""Policy files: every mistake has a line, and what is right becomes the domain's policy."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, time
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from adapters.core.yaml_lines import read_yaml
from bot.policies import SHIPPED, BadPolicy, PolicyBook, PolicyError, PolicyVersion, read_policy, schema, shipped
from workflows.domain.account import Account, Book, Customer
from workflows.domain.calendar import Place
from workflows.domain.ids import BookId, CustomerId, new_id
from workflows.domain.money import Money
from workflows.domain.policy import AgeFrom, Alert, Anchor, AppliesTo, Escalate, Hours, OnAccount, Policy, Remind, Sequence, Step, When
from workflows.errors import NotKnown
from workflows.ports import Policies

PLACE = Place("Europe/Berlin", "DE")
VALIDATOR = jsonschema.Draft202012Validator(schema())
SHORT = "name: standard\nsteps:\n  - {name: first, when: {after_due: 3}, do: [{alert: {}}]}\n"


def errors_of(text: str) -> list[PolicyError]:
    with pytest.raises(BadPolicy) as caught:
        read_policy(text, "mine.yaml")
    return caught.value.errors


def mistakes_in(text: str) -> list[PolicyError]:
    try:
        read_policy(text, "mine.yaml")
    except BadPolicy as refused:
        return refused.errors
    return []


def by_schema(text: str) -> bool:
    valid: bool = VALIDATOR.is_valid(read_yaml(text).value)
    return valid


# The shipped policy ----------------------------------------------------------------------------------------------------


def test_the_shipped_policy_is_valid_for_the_reader_and_for_editors() -> None:
    VALIDATOR.check_schema(schema())
    VALIDATOR.validate(read_yaml(shipped().text).value)
    assert read_policy(shipped().text, "standard.yaml").name == "standard"


def test_the_shipped_ladder_is_the_one_of_the_design() -> None:
    policy = read_policy(SHIPPED.read_text(encoding="utf-8"), "standard.yaml")
    assert [(step.name, step.when.anchor, step.when.days) for step in policy.steps] == [
        ("instalment", Anchor.AFTER_INSTALMENT, 1),
        ("upcoming", Anchor.BEFORE_DUE, 3),
        ("first", Anchor.AFTER_DUE, 3),
        ("second", Anchor.AFTER_DUE, 10),
        ("final", Anchor.AFTER_PREVIOUS, 11),
        ("handover", Anchor.AFTER_DUE, 45),
    ]
    assert [step.remind.template if step.remind else None for step in policy.steps] == [None, "upcoming", "first", "second", "final", None]
    assert policy.step("handover").escalates
    assert policy.hours == Hours(time(9), time(18))
    assert (policy.gap_days, policy.business_days, policy.applies) == (3, True, AppliesTo())
    assert policy.minimum["EUR"] == Money.of("5.00", "EUR")


def test_yaml_that_other_readers_know_is_read_the_same() -> None:
    assert read_yaml(shipped().text).value == yaml.safe_load(shipped().text)


# What is right ---------------------------------------------------------------------------------------------------------


def test_what_is_left_out_takes_the_domains_own_values() -> None:
    assert read_policy(SHORT, "mine.yaml") == Policy("standard", (Step("first", When(Anchor.AFTER_DUE, 3), (Alert(),)),))


def test_every_key_reaches_the_policy() -> None:
    text = """
name: strict
applies_to: {book: [main, uk], product: [any], customer: [any], currency: [any]}
mode: active
age_from: issue
sequence: invoice
advance: highest_due
on_new_leader: by_age
first_contact: highest_due
after_outage: skip
after_pause: catch_up
net: false
on_account: send
minimum: {EUR: "25.00", JPY: "500"}
minimum_count: 2
tolerance: {KWD: "0.125"}
gap_days: 3
messages_per_day: 1
max_attempts: null
hours: 09:00-18:00
business_days: true
weekdays: [thu, tue]
promise_grace_days: 3
grace_days: 5
cure_days: 10
freshness: 10m
freshness_file: 1
steps:
  - {name: first, when: {after_issue: 3}, do: [{alert: {}}, {remind: {via: [email], template: first}}]}
  - {name: month, when: {month_end_after_due: 20}, do: [{remind: {template: second}}]}
  - {name: last, when: {after_previous: 30, repeat_every: 14}, do: [{remind: {template: final}}, {escalate: {to: manager}}]}
"""
    policy = read_policy(text, "mine.yaml", version=7)
    assert by_schema(text)
    assert (policy.name, policy.version, policy.applies.books) == ("strict", 7, ("main", "uk"))
    assert (policy.age_from, policy.sequence, policy.on_account) == (AgeFrom.ISSUE, Sequence.INVOICE, OnAccount.SEND)
    assert (policy.first_contact, policy.after_outage, policy.after_pause, policy.net) == ("highest_due", "skip", "catch_up", False)
    assert policy.minimum == {"EUR": Money(2500, "EUR"), "JPY": Money(500, "JPY")}
    assert policy.tolerance == {"KWD": Money(125, "KWD")}
    assert (policy.minimum_count, policy.gap_days, policy.max_attempts) == (2, 3, None)
    assert (policy.hours, policy.business_days, policy.weekdays) == (Hours(time(9), time(18)), True, (1, 3))
    assert policy.promise_grace_days == 3
    assert policy.steps == (
        Step("first", When(Anchor.AFTER_ISSUE, 3), (Alert(), Remind("first"))),
        Step("month", When(Anchor.MONTH_END_AFTER_DUE, 20), (Remind("second"),)),
        Step("last", When(Anchor.AFTER_PREVIOUS, 30, repeat_every=14), (Remind("final"), Escalate("manager"))),
    )


# Mistakes in the shape: found by the reader and by an editor with the schema ------------------------------------------


def step(when: str = "{after_due: 3}", do: str = "[{alert: {}}]", name: str = "first") -> str:
    return f"name: standard\nsteps:\n  - name: {name}\n    when: {when}\n    do: {do}\n"


@pytest.mark.parametrize(
    ("text", "line", "where", "words"),
    [
        (SHORT + "gap_dayz: 3\n", 4, "gap_dayz", "there is no `gap_dayz` here; did you mean `gap_days`?"),
        (SHORT + "gap_days: soon\n", 4, "gap_days", 'expected a whole number, found "soon"'),
        (SHORT + 'gap_days: "3"\n', 4, "gap_days", 'expected a whole number, found "3"'),
        (SHORT + "gap_days: -1\n", 4, "gap_days", "expected 0 or more, found -1"),
        (SHORT + "gap_days: 99999\n", 4, "gap_days", "expected 3650 or less, found 99999"),
        (SHORT + "gap_days: true\n", 4, "gap_days", "expected a whole number, found true"),
        (SHORT + "net: yes\n", 4, "net", 'expected true or false, found "yes"'),
        (
            SHORT + "first_contact: reviw\n",
            4,
            "first_contact",
            'expected review or highest_due or replay, found "reviw"; did you mean `review`?',
        ),
        (SHORT + "hours: 9-5\n", 4, "hours", 'expected the opening and closing hour, such as "09:00-18:00", found "9-5"'),
        (SHORT + "freshness: soon\n", 4, "freshness", "expected a time such as 90s, 10m or 2h"),
        (SHORT + "freshness_file: 31\n", 4, "freshness_file", "expected 30 or less"),
        (SHORT + "cure_days: -7\n", 4, "cure_days", "expected 0 or more"),
        (SHORT + "weekdays:\n  - tue\n  - thur\n", 6, "weekdays[1]", "did you mean `thu`?"),
        (SHORT + "weekdays: tue\n", 4, "weekdays", "expected a list of days"),
        (SHORT + "minimum:\n  EUR: 25.00\n", 5, "minimum.EUR", 'expected an amount in quotes such as "25.00", found 25.0'),
        (SHORT + 'minimum:\n  EUR: "25,00"\n', 5, "minimum.EUR", "expected an amount in quotes"),
        (SHORT + 'minimum:\n  euro: "25.00"\n', 5, "minimum.euro", "expected a currency of three capitals"),
        (SHORT + "minimum: 25\n", 4, "minimum", "expected amounts in quotes by currency"),
        (SHORT + "applies_to: {book: main}\n", 4, "applies_to.book", "expected a list of books"),
        (SHORT + "applies_to: {boook: [main]}\n", 4, "applies_to.boook", "did you mean `book`?"),
        ("name: standard\n", 1, "steps", "`steps` is missing"),
        ("name: standard\nsteps: []\n", 2, "steps", "expected a list of steps"),
        ("name: standard\nsteps: [soon]\n", 2, "steps[0]", "expected a step with a name"),
        (step(name="First!"), 3, "steps[0].name", "expected a short name of small letters"),
        (step(when="{after_deu: 3}"), 4, "steps[0].when.after_deu", "did you mean `after_due`?"),
        (step(when="3"), 4, "steps[0].when", "expected a day to count from, such as {after_due: 3}, found 3"),
        (step(when="{after_due: 3, after_issue: 3}"), 4, "steps[0].when", "expected exactly one day to count from"),
        (step(when="{repeat_every: 3}"), 4, "steps[0].when", "expected exactly one day to count from"),
        (step(when="{after_due: 3, repeat_every: 0}"), 4, "steps[0].when.repeat_every", "expected 1 or more"),
        (step(do="[]"), 5, "steps[0].do", "expected a list of things to do"),
        (step(do="[alert]"), 5, "steps[0].do[0]", "expected one thing to do, such as `alert: {}`"),
        (step(do="[{alert: }]"), 5, "steps[0].do[0].alert", "an alert takes no settings, found nothing"),
        (step(do="[{alert: {loud: true}}]"), 5, "steps[0].do[0].alert.loud", "`alert` takes no settings"),
        (step(do="[{}]"), 5, "steps[0].do[0]", "expected exactly one thing in each entry of `do`"),
        (step(do="[{alert: {}, escalate: {}}]"), 5, "steps[0].do[0]", "expected exactly one thing in each entry of `do`"),
        (step(do="[{remind: {via: [email]}}]"), 5, "steps[0].do[0].remind.template", "`template` is missing"),
        (step(do="[{remind: {via: [e-mail], template: first}}]"), 5, "steps[0].do[0].remind.via[0]", "did you mean `email`?"),
        (step(do="[{remnd: {template: first}}]"), 5, "steps[0].do[0].remnd", "did you mean `remind`?"),
        (step(do="[{escalate: {to: boss}}]"), 5, "steps[0].do[0].escalate.to", 'expected manager, found "boss"'),
        ("", 1, "the file", "expected keys and values, found nothing"),
        ("- name: standard\n", 1, "the file", "expected keys and values, found a list"),
    ],
)
def test_a_mistake_is_found_by_the_reader_with_its_line_and_by_the_schema(text: str, line: int, where: str, words: str) -> None:
    (error,) = errors_of(text)
    assert (error.line, error.where) == (line, where)
    assert words in error.words
    assert not by_schema(text)


def test_all_mistakes_of_a_file_are_told_at_once_in_its_order() -> None:
    text = "name: X\ngap_days: a\nsteps:\n  - {name: first, when: {after_due: x}, do: []}\nnet: 1\n"
    with pytest.raises(BadPolicy) as caught:
        read_policy(text, "mine.yaml")
    assert [error.line for error in caught.value.errors] == [1, 2, 4, 4, 5]
    assert str(caught.value).splitlines()[1] == 'mine.yaml line 2: gap_days: expected a whole number, found "a"'


# Mistakes across lines -------------------------------------------------------------------------------------------------


def ladder(*steps: str) -> str:
    return "name: standard\nsteps:\n" + "".join(f"  - {{{each}}}\n" for each in steps)


FIRST = "name: first, when: {after_due: 3}, do: [{remind: {template: first}}]"
SILENT = "name: silent, when: {after_due: 3}, do: [{alert: {}}]"


@pytest.mark.parametrize(
    ("text", "line", "where", "words"),
    [
        (ladder(FIRST, FIRST.replace("3", "9")), 4, "steps[1].name", "the name `first` is taken by a step above"),
        (
            ladder(FIRST.replace("3", "3, repeat_every: 7"), SILENT.replace("3", "9")),
            3,
            "steps[0].when.repeat_every",
            "only the last step may repeat",
        ),
        (ladder(FIRST.replace("after_due: 3", "before_due: 3, repeat_every: 7")), 3, "steps[0].when.repeat_every", "cannot repeat"),
        (ladder(FIRST.replace("after_due", "after_previous")), 3, "steps[0].when.after_previous", "the first step has none before it"),
        (ladder(SILENT, FIRST.replace("after_due", "after_previous")), 4, "steps[1].when.after_previous", "`silent` sends nothing"),
        (ladder(FIRST, SILENT), 4, "steps[1].when", "its day is not after that of `first` above"),
        (ladder(SILENT, FIRST.replace("after_due: 3", "before_due: 1")), 4, "steps[1].when", "its day is not after that of `silent`"),
        (ladder(FIRST.replace("template: first", "template: frist")), 3, "steps[0].do[0].remind.template", "did you mean `first`?"),
        (
            ladder(FIRST.replace("template: first", "template: zzz")),
            3,
            "steps[0].do[0].remind.template",
            "there are upcoming, first, second, final",
        ),
        (ladder(SILENT.replace("{alert: {}}", "{alert: {}}, {alert: {}}")), 3, "steps[0].do[1]", "`alert` stands twice"),
        (SHORT + 'minimum: {EUR: "1.005"}\n', 4, "minimum.EUR", "1.005 has 3 digits after the point, and EUR has 2"),
        (SHORT + 'tolerance: {EUU: "1.00"}\n', 4, "tolerance.EUU", "'EUU' is not an ISO 4217 currency code"),
        (SHORT + "hours: 18:00-09:00\n", 4, "hours", "an opening hour before the closing hour"),
        (SHORT + "business_days: true\nweekdays: [sat, sun]\n", 5, "weekdays", "no day is left"),
    ],
)
def test_a_contradiction_between_lines_is_found(text: str, line: int, where: str, words: str) -> None:
    (error,) = errors_of(text)
    assert (error.line, error.where) == (line, where)
    assert words in error.words


def test_weekend_days_are_allowed_where_business_days_are_not_asked_for() -> None:
    assert read_policy(SHORT + "weekdays: [sat]\n", "mine.yaml").weekdays == (5,)


def test_the_letters_that_exist_are_an_argument() -> None:
    text = ladder(FIRST.replace("template: first", "template: own"))
    assert read_policy(text, "mine.yaml", templates={"own"}).steps[0].remind == Remind("own")


# Texts that are no YAML ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: standard\nname: other\n", 2, "`name` stands twice; the first is on line 1"),
        ("name: standard\n\tsteps: []\n", 2, "cannot start any token"),
        ("name: [standard\nsteps: 3\n", 2, "expected ',' or ']'"),
        ("name: &n standard\nsteps: *n\n", 2, "references"),
        ("a: &a [*a]\n", 1, "references"),
        ("name: standard\n---\nname: other\n", 2, "found another document"),
        ("name: standard\nsteps: \x07\n", 2, "a character that must not stand in YAML"),
        ("name: standard\n? [a, b]\n: 3\n", 2, "a key must be a word"),
        ("[" * 5000, 1, "nested too deep"),
    ],
)
def test_a_text_that_cannot_be_read_is_one_error_with_its_line(text: str, line: int, words: str) -> None:
    (error,) = errors_of(text)
    assert (error.line, error.where) == (line, "the file")
    assert words in error.words


# Anything at all -------------------------------------------------------------------------------------------------------

odd = st.sampled_from(
    [None, True, 0, -1, 3, 1.5, "", "any", "first", "EUR", "5.00", [], ["any"], [3], {}, {"all": ["email"]}, {"EUR": "1"}]
)


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(spot for key, child in inner for spot in spots(child, (*path, key)))]


STANDARD = yaml.safe_load(shipped().text)


@given(st.sampled_from(spots(STANDARD)[1:]), odd, st.booleans())
def test_a_file_changed_anywhere_is_read_or_refused_and_the_schema_never_refuses_what_is_read(
    spot: tuple[Any, ...],
    value: Any,
    rename: bool,
) -> None:
    changed = copy.deepcopy(STANDARD)
    at = changed
    for key in spot[:-1]:
        at = at[key]
    if rename and isinstance(at, dict):
        at[f"{spot[-1]}x"] = at.pop(spot[-1])
    else:
        at[spot[-1]] = value
    text = yaml.safe_dump(changed, sort_keys=False)
    errors = mistakes_in(text)
    assert all(1 <= error.line <= text.count("\n") and error.words for error in errors)
    assert errors or by_schema(text)


# The book of policies --------------------------------------------------------------------------------------------------


def account(book: str = "main", policy: tuple[str, int] | None = None) -> Account:
    of = Book(BookId(new_id()), book, book, PLACE, read_at=datetime(2026, 1, 2, tzinfo=UTC))
    return Account(of, Customer(CustomerId(new_id()), of.id, "C-1", "Lindgren Papier", PLACE), policy=policy)


def version(name: str, number: int, books: str = "any", days: int = 3) -> PolicyVersion:
    return PolicyVersion(name, number, SHORT.replace("standard", name).replace("3", str(days)) + f"applies_to: {{book: [{books}]}}\n")


def test_a_policy_that_names_the_book_wins_over_the_one_for_every_book() -> None:
    book: Policies = PolicyBook([version("standard", 1), version("strict", 1, "uk, fr")], [("standard", 1), ("strict", 1)])
    assert book.current(account("uk")).name == "strict"
    assert book.current(account("main")).name == "standard"


def test_a_running_account_keeps_its_version_and_a_new_one_starts_with_the_current() -> None:
    book = PolicyBook([version("standard", 1), version("standard", 2, days=5)], [("standard", 2)])
    assert book.of(account(policy=("standard", 1))).steps[0].when.days == 3
    assert book.of(account()).steps[0].when.days == 5
    assert book.current(account(policy=("standard", 1))).version == 2


def test_a_version_that_is_not_kept_any_more_is_said() -> None:
    book = PolicyBook([version("standard", 2)], [("standard", 2)])
    with pytest.raises(NotKnown, match="version 1 of the policy standard is not kept"):
        book.of(account(policy=("standard", 1)))


def test_a_book_without_a_policy_is_said() -> None:
    with pytest.raises(NotKnown, match="no policy applies to the book main"):
        PolicyBook([version("strict", 1, "uk")], [("strict", 1)]).current(account("main"))


@pytest.mark.parametrize(("books", "words"), [("any", "every book"), ("uk", "the book uk")])
def test_two_policies_for_the_same_accounts_are_refused(books: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        PolicyBook([version("one", 1, books), version("two", 1, books)], [("one", 1), ("two", 1)])


def test_a_version_is_known_by_its_text() -> None:
    assert version("a", 1).digest == version("a", 2).digest
    assert version("a", 1).digest != version("a", 1, days=4).digest
