"""Policy files of every wrong kind: each is read, or refused in short sentences with a line, soon and without a traceback."""

from __future__ import annotations

import random
import time
import unicodedata
from collections.abc import Callable

import pytest

from bot.policies import BadPolicy, PolicyError, read_policy

BASE = """name: ours
applies_to: {book: [main]}
hours: "09:00-18:00"
minimum: {EUR: "25.00"}
weekdays: [tue]
steps:
  - name: first
    when: {after_due: 3}
    do: [{alert: {}}, {remind: {template: first}}]
"""
SLOWEST = 5.0  # seconds of our own work for one file, on a slow and busy machine; what grows with the square of it takes many more
FILES, BATCHES = 10_000, 10

ODD = (
    *("", "~", "null", "true", "-1", "0x1F", "0o17", "1_000", "1e400", ".nan", "-.inf", "2026-01-01", "12:30:45", "9" * 400, "3.14", '"3"'),
    *("!!python/object/apply:os.system ['id']", "!!python/name:os.system", "!!binary aGk=", "!!int x", "!thing {a: b}", "!!set {a, b}"),
    *(
        "&a x",
        "*a",
        "&a [*a]",
        "&a {k: *a}",
        "<<: {a: b}",
        "{<<: *a}",
        "[[[[[]]]]]",
        "{a: {b: {c: {d: 1}}}}",
        "[1, [2, [3]]]",
        "|\n  x",
        ">-",
    ),
    *(
        "\x00",
        "\x1b[31m",
        "\x07",
        "\u202eevil",
        "\ud7ff",
        "\ufeff",
        "\u2028",
        "\x85",
        "é" * 50,
        "🧾",
        "x" * 5000,
        "`",
        "@",
        "%",
        "'",
        '"',
        "#",
    ),
    *(
        "{{ 7*7 }}",
        "${HOME}",
        "../../etc/passwd",
        "<script>",
        "=1+1",
        "@here",
        "*bold*",
        "any",
        "[any, any]",
        "{email: {}}",
        "{all: [email]}",
    ),
)
LINES = (
    *(
        "---",
        "...",
        "%YAML 9.9",
        "%TAG ! tag:x,2026:",
        "- a",
        "? [a, b]",
        ": x",
        "\tname: x",
        "name: again",
        "steps:",
        "<<: *a",
        "a: &a [*a, *a]",
    ),
    *("x: &x [1]", "y: [*x, *x, *x]", "events: [{on: overdue, do: []}]", "fee: {}", "mode: off", "steps: {a: b}", "1: 2", "true: false"),
    *("{" * 30, "[" * 3000, "{a: " * 500, "- " * 400 + "x", "? " * 200, "minimum: " + "{EUR: " * 50, "weekdays: [" + "mon, " * 300 + "]"),
)


def _value(lines: list[str], pick: random.Random) -> None:
    """Another value after some key."""
    at = pick.randrange(len(lines))
    key, colon, rest = lines[at].partition(": ")
    inner = rest.split(": ", 1)
    lines[at] = f"{key}{colon}{inner[0]}: {pick.choice(ODD)}" if len(inner) > 1 and pick.random() < 0.4 else f"{key}: {pick.choice(ODD)}"


def _line(lines: list[str], pick: random.Random) -> None:
    lines.insert(pick.randrange(len(lines) + 1), " " * pick.choice((0, 0, 2, 4)) + pick.choice(LINES))


def _lose(lines: list[str], pick: random.Random) -> None:
    if len(lines) > 1:
        del lines[pick.randrange(len(lines))]


def _twice(lines: list[str], pick: random.Random) -> None:
    lines.insert(pick.randrange(len(lines) + 1), pick.choice(lines))


def _characters(lines: list[str], pick: random.Random) -> None:
    """A character more, less, or another one."""
    at = pick.randrange(len(lines))
    line, where = lines[at], pick.randrange(len(lines[at]) + 1)
    lines[at] = line[:where] + pick.choice((*"{}[]:,-&*!|>'\"%@`#\t\x00\x1b ", "\u202e", "é")) + line[where + pick.randrange(2) :]


def _word(lines: list[str], pick: random.Random) -> None:
    """A misspelt word."""
    at = pick.randrange(len(lines))
    words = lines[at].split(" ")
    spot = pick.randrange(len(words))
    letters = list(words[spot])
    pick.shuffle(letters)
    words[spot] = "".join(letters)
    lines[at] = " ".join(words)


CHANGES: tuple[Callable[[list[str], random.Random], None], ...] = (_value, _value, _line, _lose, _twice, _characters, _word)


def hostile(seed: int) -> str:
    pick = random.Random(seed)
    lines = BASE.splitlines()
    for _ in range(pick.randint(1, 4)):
        pick.choice(CHANGES)(lines, pick)
    return "\n".join(lines) + "\n"


def mistakes_of(text: str) -> list[PolicyError]:
    began, refused = time.process_time(), None
    try:
        read_policy(text, "theirs.yaml")
    except BadPolicy as bad:
        refused = bad
    assert time.process_time() - began < SLOWEST
    assert refused is None or (refused.errors and str(refused))
    return refused.errors if refused else []


def is_one_sentence(words: str) -> bool:
    return 0 < len(words) <= 300 and not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in words)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_hostile_file_is_read_or_refused_in_short_sentences(batch: int) -> None:
    refused = 0
    for seed in range(batch, FILES, BATCHES):
        text = hostile(seed)
        for error in (found := mistakes_of(text)):
            assert 1 <= error.line <= text.count("\n") + 1, seed
            assert is_one_sentence(error.words), seed
            assert is_one_sentence(error.where), seed
        refused += bool(found)
    assert FILES // BATCHES > refused > FILES // BATCHES // 2, "both outcomes are reached"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 40_000,
        "- " * 90_000,
        "? " * 90_000,
        "a: " + "x" * 190_000,
        "'" + "\\" * 190_000,
        "a: &a [1]\n" + "b: [*a, *a]\n" * 10_000,
        "\n" * 190_000,
        "#" * 190_000,
        "x" * 10_000_000,
        "".join(f"key{n}: 1\n" for n in range(10_000)),
        "steps: [" + "{}, " * 40_000 + "]",
    ],
    ids=range(12),
)
def test_a_file_of_any_size_is_refused_soon(text: str) -> None:
    began = time.process_time()
    with pytest.raises(BadPolicy) as caught:
        read_policy(text, "theirs.yaml")
    assert time.process_time() - began < 10 * SLOWEST
    assert len(str(caught.value)) < 25_000
