"""Finding and filling templates: the sandbox, the languages there are, and one sentence at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from babel import localedata
from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)

from adapters.letters.limits import LimitedEnvironment, Sayable, place_of
from adapters.letters.locales import TOGETHER
from workflows.errors import Refused

_STEP = re.compile(r"[A-Za-z0-9_-]{1,60}")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_BLANK = re.compile(r"[ \t\r\n]+")  # not `\s`: a no-break space keeps an amount and its currency together


def sandbox(folder: Path | None) -> LimitedEnvironment:
    """The shipped templates, and before them those of the same name in `folder`."""
    shipped = PackageLoader("adapters.letters")
    return LimitedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder), shipped]) if folder else shipped,
        autoescape=lambda template: template is not None and template.endswith(".html"),
        undefined=StrictUndefined,
        auto_reload=False,  # what was checked at the start is what is written; looking for changes costs eight file accesses a letter
        trim_blocks=True,
        lstrip_blocks=True,
    )


def languages(templates: LimitedEnvironment) -> frozenset[str]:
    """Those with words that all letters share, shipped or the user's own, in which amounts and dates can be written."""
    found = templates.list_templates(filter_func=lambda name: name.endswith("/words.txt"))
    return frozenset(language for name in found if localedata.exists(language := name.partition("/")[0]))


def letter_names(templates: LimitedEnvironment) -> frozenset[str]:
    """The letters there are in at least one language; those that a policy may name."""
    found = templates.list_templates(filter_func=lambda name: name.endswith(".txt") and name.count("/") == 1)
    return frozenset(name.partition("/")[2].removesuffix(".txt") for name in found) - {"words"}


class Phrases(Sayable):
    """Sentences of one letter. A step's template goes before the words all steps share.

    They are plain text: the layout escapes what is filled in together with the words around it.
    """

    def __init__(self, templates: LimitedEnvironment, language: str, step: str, view: Mapping[str, Any]) -> None:
        if not _STEP.fullmatch(step):
            raise Refused(f"There is no letter named {step!r}.")
        self._sources = [_template(templates, f"{language}/{part}.txt") for part in (step, "words")]
        self._templates, self._view = templates, view

    def __call__(self, phrase: str, **more: object) -> str:
        """One line."""
        return self._said(phrase, more, _line)

    def paragraphs(self, phrase: str) -> list[str]:
        """Blank lines part them; values never hold any."""
        parts = _BLANK_LINE.split(self._said(phrase, {}, str))
        return [line for part in parts if (line := _line(part))]

    def _said(self, phrase: str, more: Mapping[str, object], formed: Callable[[str], str]) -> str:
        """Written once where nothing that it shows differs from what it showed in a letter before."""
        source = next((source for source in self._sources if phrase in source.blocks), None)
        if source is None:
            raise Refused(f"The letter {self._sources[0].name} lacks the block {phrase!r}.")
        view = {**self._view, **more} if more else self._view
        key = (source.name, phrase, formed, *self._templates.used(source, phrase, view))
        try:
            said = self._templates.said.get(key)
        except TypeError:  # a template gave it a list of lists
            return formed(self._fill(source, phrase, view))
        if said is None:
            said = formed(self._fill(source, phrase, view))
            self._templates.remember(key, said)
        return said

    def _fill(self, source: Template, phrase: str, view: Mapping[str, Any]) -> str:
        with _faults(source), self._templates.budget():
            return self._templates.joined(source.blocks[phrase](source.new_context(dict(view))))


def _line(text: str) -> str:
    return _BLANK.sub(" ", text).strip()


def laid_out(templates: LimitedEnvironment, layout: str, view: Mapping[str, Any]) -> str:
    """The whole letter in one of the two layouts."""
    template, blank = _template(templates, layout), "\u00a0" if layout.endswith(".html") else " "
    with _faults(template), templates.budget():
        return templates.joined(template.root_render_func(template.new_context(dict(view)))).replace(TOGETHER, blank)


def _template(templates: LimitedEnvironment, found: str) -> Template:
    try:
        return templates.get_template(found)
    except TemplateNotFound as missing:
        raise Refused(f"There is no letter template {found}.") from missing
    except TemplateSyntaxError as wrong:
        raise Refused(f"The letter template {found} has a mistake in line {wrong.lineno}: {str(wrong.message).rstrip('.')}.") from wrong
    except (OSError, UnicodeDecodeError) as wrong:
        raise Refused(f"The letter template {found} cannot be read as UTF-8 text.") from wrong


@contextmanager
def _faults(template: Template) -> Generator[None, None, None]:
    """A template may be the user's own: whatever goes wrong in it is named, and no letter leaves."""
    try:
        yield
    except (TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as wrong:
        name, line = place_of(wrong) or (template.name, 0)
        where = f" (line {line})" if line else ""
        raise Refused(f"The letter template {name} cannot be filled in{where}: {str(wrong).rstrip('.')}.") from wrong
