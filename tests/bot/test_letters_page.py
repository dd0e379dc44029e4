"""The page about letters says what there is."""

from __future__ import annotations

from pathlib import Path

from adapters.letters.limits import _FILTERS
from adapters.letters.template_letters import TemplateLetters
from tests.paths import ROOT

PAGE = (ROOT / "docs" / "letters.md").read_text(encoding="utf-8")


def test_every_letter_and_filter_is_named() -> None:
    missing = {name for name in (*TemplateLetters().names, *set(_FILTERS) - {"d", "e"}) if name not in PAGE}
    assert missing == set()


def test_its_example_is_a_letter(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "mine.txt").write_text(PAGE.partition("```jinja\n")[2].partition("```")[0], encoding="utf-8")
    assert "mine" in TemplateLetters(tmp_path).names
