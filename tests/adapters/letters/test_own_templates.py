"""Templates of one's own, in a folder beside the shipped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.letters.template_letters import TemplateLetters
from tests.adapters.letters.reading import written
from tests.adapters.letters.samples import letter, line
from workflows.errors import Refused


class TestTemplatesOfOneSOwn:
    def test_go_before_the_shipped_ones_and_share_the_rest(self, tmp_path: Path) -> None:
        self._put(
            tmp_path,
            "{% block subject %}{{ lead.number }} {{ seller }}{% endblock %}{% block heading %}H{% endblock %}{% block opening %}Ours.{% endblock %}",
        )
        message = TemplateLetters(tmp_path).write(letter("first", line()))
        assert message.subject == "INV-2041 Northwind GmbH"
        assert "\nOurs.\n" in message.text
        assert TemplateLetters(tmp_path).write(letter("final", line())) == written(letter("final", line()))

    def test_may_add_a_step(self, tmp_path: Path) -> None:
        self._put(
            tmp_path, "{% block subject %}S{% endblock %}{% block heading %}H{% endblock %}{% block opening %}O{% endblock %}", name="fifth"
        )
        assert TemplateLetters(tmp_path).write(letter("fifth", line())).subject == "S"

    @pytest.mark.parametrize(
        "wrong",
        [
            "{{ nothing_of_that_name }}",
            "{{ ''.__class__.__mro__ }}",
            "{{ 1 / 0 }}",
            "{{ lead + 1 }}",
            "{% block %}",
            "{% if %}",
            "{% include '../../secret' %}",
        ],
    )
    def test_that_are_faulty_or_reach_out_write_nothing(self, tmp_path: Path, wrong: str) -> None:
        inside = wrong if wrong.startswith("{% ") and "include" not in wrong else "{% block subject %}" + wrong + "{% endblock %}"
        self._put(tmp_path, inside)
        with pytest.raises(Refused, match=r"en/first\.txt"):
            TemplateLetters(tmp_path).write(letter("first", line()))

    def test_that_lack_a_part_are_named(self, tmp_path: Path) -> None:
        self._put(tmp_path, "{% block subject %}S{% endblock %}")
        with pytest.raises(Refused, match="lacks the block"):
            TemplateLetters(tmp_path).write(letter("first", line()))

    def _put(self, folder: Path, text: str, name: str = "first") -> None:
        (folder / "en").mkdir()
        (folder / "en" / f"{name}.txt").write_text(text, encoding="utf-8")
