"""`duebot letters` shows a letter with real data, in any language, and names every mistake of a template."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from tests.bot.cli_place import Place


def test_the_letter_whose_turn_it_is_is_shown_in_the_customer_s_language(filled_place: Place) -> None:
    told = filled_place.duebot("letters", "preview", "AF-1031")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("To: rechnungen@birkenhof.example\nSubject: Rechnung AF-1031 ")
    assert "8.600,00" in told.out


@pytest.mark.parametrize(
    ("template", "language", "said"),
    [
        ("receipt", "fr", "paiement reçu pour AF-1031"),
        ("statement", "es", "Estado de su cuenta"),
        ("final", "en-US", "Final notice: invoice AF-1031"),
    ],
)
def test_any_letter_can_be_looked_at_in_any_language(filled_place: Place, template: str, language: str, said: str) -> None:
    told = filled_place.duebot("letters", "preview", "AF-1031", "--template", template, "--language", language, "--json")
    assert told.json["language"] == language[:2]
    assert said in told.json["subject"]
    assert told.json["documents"] == []
    assert set(told.json) == {"to", "subject", "language", "text", "html", "documents"}


def test_a_preview_goes_into_a_file_as_its_name_says(filled_place: Place) -> None:
    for name in ("a.html", "a.eml", "a.txt"):
        assert filled_place.duebot("letters", "preview", "AF-1031", "--out", name).code == 0
    assert (filled_place.folder / "a.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    mail = message_from_bytes((filled_place.folder / "a.eml").read_bytes(), policy=policy.default)
    assert mail["To"] == "rechnungen@birkenhof.example"
    assert (filled_place.folder / "a.txt").read_text(encoding="utf-8").startswith("Subject: Rechnung")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("AF-1031", "--template", "nothing"), "There is no letter template de/nothing.txt."),
        (("AF-1031", "--template", "promise_noted"), "There is nothing to write about: no promise stands."),
        (("NONE-1",), "NONE-1"),
    ],
)
def test_what_cannot_be_shown_is_said(filled_place: Place, words: tuple[str, ...], said: str) -> None:
    told = filled_place.duebot("letters", "preview", *words)
    assert told.code != 0
    assert said in told.err + told.out


def test_templates_are_checked_before_anything_starts(filled_place: Place) -> None:
    assert filled_place.duebot("letters", "check").out.startswith("No folder of your own is set")
    folder = filled_place.folder / "ours" / "en"
    folder.mkdir(parents=True)
    (folder / "first.txt").write_text("{% block subject %}\n{{ nobody }}\n{% endblock %}", encoding="utf-8")
    env = {"DUEBOT_LETTERS": "ours"}
    told = filled_place.duebot("letters", "check", env=env)
    assert (told.code, told.err) == (1, "The letter template en/first.txt cannot be filled in (line 2): 'nobody' is undefined.\n")
    assert filled_place.duebot("letters", "check", "--json", env=env).json["ok"] is False
    assert filled_place.duebot("tick", env=env).code == 1
    assert "en/first.txt" in filled_place.duebot("check", "--offline", env=env).out
