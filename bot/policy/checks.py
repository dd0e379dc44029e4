"""What must hold across the lines of a policy file that are each right by themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from adapters.core.yaml_lines import Path
from bot.policy.deeds import DoSection
from bot.policy.model import OverSection, PolicyFile, read_hours
from bot.policy.words import choose
from workflows.domain.deeds import Charge
from workflows.domain.events import EVENT_NAMES
from workflows.domain.money import BadAmount, Money, UnknownCurrency
from workflows.domain.policy import Anchor, When

Mistake = tuple[Path, str]

_WEEKEND = {"sat", "sun"}
_LINES = {  # anchors whose days lie on one line, and the direction they count in
    Anchor.BEFORE_DUE: ("due", -1),
    Anchor.AFTER_DUE: ("due", 1),
    Anchor.BEFORE_INSTALMENT: ("instalment", -1),
    Anchor.AFTER_INSTALMENT: ("instalment", 1),
}


def mistakes(file: PolicyFile, templates: Collection[str]) -> Iterator[Mistake]:
    """Every contradiction in a file of the right shape, with its path."""
    yield from _amounts(file)
    yield from _times(file)
    yield from _names(file)
    for path, do in _all_done(file):
        yield from _does(path, do, templates)
    yield from _order(file)
    yield from _days_in_order(file)


def _all_done(file: PolicyFile) -> Iterator[tuple[Path, Collection[DoSection]]]:
    yield from ((("steps", index), step.do) for index, step in enumerate(file.steps))
    yield from ((("events", index), event.do) for index, event in enumerate(file.events))


def _amounts(file: PolicyFile) -> Iterator[Mistake]:
    given: list[tuple[Path, dict[str, str]]] = [(("minimum",), file.minimum), (("tolerance",), file.tolerance)]
    for index, event in enumerate(file.events):
        if isinstance(event.on, OverSection):
            given.append((("events", index, "on", "balance_over"), event.on.balance_over))
    for path, do in _all_done(file):
        given += [((*path, "do", n, "fee", "flat"), entry.fee.flat) for n, entry in enumerate(do) if entry.what == "fee"]
    for path, amounts in given:
        for code, amount in amounts.items():
            try:
                Money.of(amount, code)
            except (BadAmount, UnknownCurrency) as error:
                yield (*path, code), str(error)


def _times(file: PolicyFile) -> Iterator[Mistake]:
    if file.hours is not None and (hours := read_hours(file.hours)).start >= hours.end:
        yield ("hours",), "expected an opening hour before the closing hour; leave `hours` out for no limit"
    if file.business_days and file.weekdays and set(file.weekdays) <= _WEEKEND:
        yield ("weekdays",), "no day is left: these are weekend days, and `business_days: true` allows none of them"


def _names(file: PolicyFile) -> Iterator[Mistake]:
    seen: set[str] = set()
    for index, step in enumerate(file.steps):
        if step.name in EVENT_NAMES:
            yield ("steps", index, "name"), f"`{step.name}` is the name of an event; what was done is remembered by name"
        if step.name in seen:
            yield ("steps", index, "name"), f"the name `{step.name}` is taken by a step above"
        seen.add(step.name)


def _does(path: Path, do: Collection[DoSection], templates: Collection[str]) -> Iterator[Mistake]:
    done: set[str] = set()
    for index, entry in enumerate(do):
        if entry.what in done:
            yield (*path, "do", index), f"`{entry.what}` stands twice in one {path[0].rstrip('s') if isinstance(path[0], str) else 'step'}"
        done.add(entry.what)
        if entry.what == "remind" and entry.remind.template not in templates:
            near = choose(entry.remind.template, templates)
            yield (*path, "do", index, "remind", "template"), f"there is no template `{entry.remind.template}`{near}"
        if entry.what == "fee" and entry.fee.to_domain() == Charge():
            yield (*path, "do", index, "fee"), "a fee of nothing; give `flat`, `percent` or `interest`"


def _order(file: PolicyFile) -> Iterator[Mistake]:
    for index, step in enumerate(file.steps):
        when = step.when.to_domain()
        path: Path = ("steps", index, "when")
        if when.repeat_every is not None and index < len(file.steps) - 1:
            yield (*path, "repeat_every"), "only the last step may repeat"
        if when.repeat_every is not None and when.anchor in {Anchor.BEFORE_DUE, Anchor.BEFORE_INSTALMENT}:
            yield (*path, "repeat_every"), f"a step that counts from `{when.anchor}` cannot repeat"
        if when.anchor in {Anchor.AFTER_PREVIOUS, Anchor.NO_REPLY}:
            yield from _previous(file, index, when.anchor)


def _previous(file: PolicyFile, index: int, anchor: Anchor) -> Iterator[Mistake]:
    path: Path = ("steps", index, "when", anchor.value)
    if index == 0:
        yield path, "the first step has none before it; count from the due day, as in {after_due: 3}"
    elif all(entry.what != "remind" for entry in file.steps[index - 1].do):
        yield path, f"it counts from the day the step before was sent, and `{file.steps[index - 1].name}` sends nothing"


def _days_in_order(file: PolicyFile) -> Iterator[Mistake]:
    """The highest step reached is what counts, so one whose day is not later than the step's above it would hide that step."""
    latest: dict[str, tuple[int, str]] = {}
    for index, step in enumerate(file.steps):
        when = step.when.to_domain()
        if (spot := _spot(when)) is None:
            continue
        line, day = spot
        if line in latest and day <= latest[line][0]:
            yield ("steps", index, "when"), f"its day is not after that of `{latest[line][1]}` above, which would never be seen"
        latest[line] = day, step.name


def _spot(when: When) -> tuple[str, int] | None:
    if when.anchor not in _LINES:
        return None
    line, direction = _LINES[when.anchor]
    return line, direction * when.days
