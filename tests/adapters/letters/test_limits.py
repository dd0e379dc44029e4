"""Templates of one's own show what they are given, in little time and room, and every mistake is named with its line."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.letters.limits import LONGEST_TEMPLATE
from adapters.letters.template_letters import TemplateLetters
from bot.policies import TEMPLATES
from workflows.errors import Refused

WHOLE = "{% block subject %}S{% endblock %}{% block heading %}H{% endblock %}"


def put(folder: Path, opening: str, name: str = "en/first.txt") -> None:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{WHOLE}\n{{% block opening %}}\n{opening}\n{{% endblock %}}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("opening", "words"),
    [
        ("{% set a = 1 %}", "`set` cannot be used"),
        ("{% include 'words.txt' %}", "`include` cannot be used"),
        ("{% import 'words.txt' as w %}", "`import` cannot be used"),
        ("{% with a = 1 %}{% endwith %}", "`with` cannot be used"),
        ("{{ 'x' * 999999999 }}", "`mul` cannot be used"),
        ("{{ 9 ** 9 }}", "`pow` cannot be used"),
        ("{{ '%999999999d' % 1 }}", "`mod` cannot be used"),
        ("{{ seller | safe }}", "No filter named 'safe'"),
        ("{{ seller | center(999999999) }}", "No filter named 'center'"),
        ("{{ seller.join('ab') }}", "access to attribute 'join'"),
        ("{{ '{0.__class__}'.format(lead) }}", "letters may call their own macros only"),
        ("{{ lead.__class__ }}", "access to attribute '__class__'"),
        ("{{ range(9) }}", "'range' is undefined"),
        ("{{ lipsum() }}", "'lipsum' is undefined"),
        ("{{ self.opening() }}", "letters may call their own macros only"),
        ("{{ leed.number }}", "'leed' is undefined"),
        ("{{ lead.nummer }}", "has no attribute 'nummer'"),
        ("{{ lead.number", "expected token"),
        ("{% for a in overdue %}{% for b in overdue %}{% for c in overdue %}{% endfor %}{% endfor %}{% endfor %}", "more than 2 deep"),
    ],
)
def test_what_goes_beyond_showing_is_named_with_its_line(tmp_path: Path, opening: str, words: str) -> None:
    put(tmp_path, opening)
    with pytest.raises(Refused) as refused:
        TemplateLetters(tmp_path)
    said = str(refused.value)
    assert "en/first.txt" in said
    assert words in said
    assert "line 3" in said or "line 4" in said


def test_a_macro_that_calls_itself_without_end_is_stopped(tmp_path: Path) -> None:
    put(tmp_path, "{% macro a(n) %}{{ a(n ~ n) }}{{ a(n ~ n) }}{% endmacro %}{{ a('x') }}")
    with pytest.raises(Refused, match=r"en/first\.txt"):
        TemplateLetters(tmp_path)


def test_a_template_that_is_too_long_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "x" * LONGEST_TEMPLATE)
    with pytest.raises(Refused, match="longer than 64,000 characters"):
        TemplateLetters(tmp_path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "second.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refused, match=r"en/second\.txt cannot be read as UTF-8"):
        TemplateLetters(tmp_path)


def test_every_mistake_is_told_at_once_and_a_language_nobody_writes_too(tmp_path: Path) -> None:
    put(tmp_path, "{{ nobody }}")
    put(tmp_path, "{{ nothing }}", "de/final.txt")
    put(tmp_path, "fine", "xx/first.txt")
    with pytest.raises(Refused) as refused:
        TemplateLetters(tmp_path)
    named = {line.partition(".txt")[0].rpartition(" ")[2] for line in str(refused.value).splitlines()}
    assert named == {"xx/first", "de/final", "en/first"}


def test_a_layout_of_one_s_own_is_tried_with_every_letter(tmp_path: Path) -> None:
    (tmp_path / "layout.txt").write_text("{{ say('heading') }} {{ nobody }}\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"layout\.txt cannot be filled in \(line 1\)"):
        TemplateLetters(tmp_path)


def test_the_letters_a_policy_may_name_are_those_there_are(tmp_path: Path) -> None:
    assert set(TEMPLATES) == TemplateLetters().names
    put(tmp_path, "Ours.", "en/fifth.txt")
    assert TemplateLetters(tmp_path).names == set(TEMPLATES) | {"fifth"}


PIECES = ["{{", "}}", "{%", "%}", "{#", "#}", " block ", "opening", " for a in overdue ", " endfor ", " if ", " endif ", "lead", ".", "number", "|", "e", "(", ")", "'", '"', "~", "-", "__class__", "say", "loop", "[0]", "\n", "\\", "é", "\u202e", "{{ lead.open }}", " macro m(x) ", " endmacro ", "m(m)", "99999999", " endblock ", "raw", "\x00"]  # fmt: skip


def test_broken_templates_end_in_a_sentence_each(tmp_path: Path) -> None:
    dice = random.Random(11)
    (tmp_path / "en").mkdir()
    for _ in range(100):
        source = "".join(dice.choices(PIECES, k=dice.randint(1, 12)))
        (tmp_path / "en" / "mine.txt").write_text(f"{WHOLE}{{% block opening %}}{source}{{% endblock %}}", encoding="utf-8")
        with suppress(Refused):
            TemplateLetters(tmp_path)
