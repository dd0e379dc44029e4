"""The words of an HTML letter, quotes left out. One pass over the text; nothing of it is ever shown as HTML."""

from __future__ import annotations

import html
import re

LONGEST = 200_000  # characters that are looked at
_TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_UNSEEN = frozenset({"style", "script", "head", "title", "template", "noscript", "svg", "textarea"})
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr"})


def words_of(source: str) -> str:
    """A quote (`blockquote`) and what follows its start is left out, but for what stands after its end."""
    source, parts, at, quoted = source[:LONGEST], [], 0, 0
    while at < len(source):
        start = source.find("<", at)
        if start < 0:
            start = len(source)
        if not quoted:
            parts.append(source[at:start])
        end = source.find("-->" if source.startswith("<!--", start) else ">", start)
        if end < 0:
            break
        at = end + (3 if source.startswith("-->", end) else 1)
        tag = _TAG.match(source, start + 1)
        if tag is None:
            continue
        closes, name = bool(tag[1]), tag[2].lower()
        if name in _UNSEEN and not closes:
            at = _behind(source, name, at)
        elif name == "blockquote":
            quoted = max(quoted + (-1 if closes else 1), 0)
        if name in _BREAKS and not quoted:
            parts.append("\n")
    return _tidy("".join(parts))


def _behind(source: str, name: str, at: int) -> int:
    """The place behind the closing tag; the end where there is none."""
    match = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(source, at)
    return match.end() if match else len(source)


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in html.unescape(text).replace("\u00a0", " ").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
