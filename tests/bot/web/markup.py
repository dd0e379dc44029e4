"""Reads a page the way a browser and a screen reader do, and says what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(["meta", "link", "input", "br", "img", "rect", "path"])
FIELDS = frozenset(["input", "select", "textarea"])


@dataclass
class Form:
    """`buttons` by their words; `fields` as a browser would send them."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    text: str = ""

    def press(self, label: str, **typed: str) -> dict[str, str]:
        """What is posted when that button is pressed."""
        name, value = self.buttons[label]
        return {**self.fields, **typed, name: value}


class Page(HTMLParser):
    """`faults` is empty for a page that is well made."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.forms, self.links = "", [Form("")][:0], dict[str, str]()
        self.faults: list[str] = []
        self.focused: list[str] = []
        self._open: list[str] = []
        self._ids: list[str] = []
        self._labelled: set[str] = set()
        self._fields: list[dict[str, str | None]] = []
        self._heading = 0
        self._button: tuple[str, str] | None = None
        self._link: str | None = None
        self._words = ""
        self.feed(html)
        self.close()
        self._finish()

    def form(self, words: str) -> Form:
        """The first posting form that holds those words."""
        return next(form for form in self.forms if words in form.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        self._check(tag, given)
        if tag == "form" and given.get("method") == "post":
            self.forms.append(Form(given.get("action") or ""))
        if tag in FIELDS:
            self._take(tag, given)
        if tag == "button" and self.forms:
            self._button, self._words = (given.get("name") or "", given.get("value") or ""), ""
        if tag == "a":
            self._link, self._words = given.get("href") or "", ""
        if tag == "label" and given.get("for"):
            self._labelled.add(given["for"] or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._check(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1:]}")
        else:
            self._open.pop()
        if tag == "button" and self._button is not None:
            self.forms[-1].buttons[self._words.strip()] = self._button
            self._button = None
        if tag == "a" and self._link is not None:
            self.links[" ".join(self._words.split())] = self._link
            self._link = None

    def handle_data(self, data: str) -> None:
        self.text += data
        self._words += data
        if "form" in self._open and self.forms:
            self.forms[-1].text += data

    def _check(self, tag: str, given: dict[str, str | None]) -> None:
        if tag in {"script", "link"}:
            source = given.get("src") or given.get("href") or ""
            self.faults += [] if source.startswith("/static/") else [f"<{tag}> from {source!r}"]
        if tag in {"style", "iframe", "object", "embed", "base", "img"}:
            self.faults.append(f"<{tag}>")
        self.faults += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        self.faults += [
            f"link to {given['href']}" for _ in [0] if tag == "a" and not (given.get("href") or "").startswith(("/inbox", "#main"))
        ]
        self._ids += [given["id"] or ""] if "id" in given else []
        self.focused += [given.get("name") or given.get("id") or tag] if "autofocus" in given else []
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            level = int(tag[1])
            self.faults += [f"{tag} after h{self._heading}"] if level > self._heading + 1 else []
            self._heading = level

    def _take(self, tag: str, given: dict[str, str | None]) -> None:
        if self.forms and given.get("name") and (given.get("type") != "radio" or "checked" in given):
            self.forms[-1].fields[given["name"] or ""] = given.get("value") or ""
        if tag != "input" or given.get("type") not in {"hidden", "radio"}:
            self._fields.append(given)

    def _finish(self) -> None:
        self.faults += [f"<{tag}> is left open" for tag in self._open]
        self.faults += [f"id {name} twice" for name in set(self._ids) if self._ids.count(name) > 1]
        self.faults += [f"{given.get('name')} has no label" for given in self._fields if given.get("id") not in self._labelled]
