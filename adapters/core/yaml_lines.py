"""YAML as plain values, together with the line everything stands on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]

_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")


class BadYAML(Exception):
    """A text that cannot be read at all: the line where it stops making sense, and why."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(f"line {line}: {words}")
        self.line, self.words = line, words


@dataclass(frozen=True, slots=True)
class Document:
    """`value` is made of dict, list, str, int, float, bool and null. Keys are text always, so that `on:` stays `on`."""

    value: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """Of the thing itself, or of the innermost thing around it that is written down."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Loader(yaml.BaseLoader):
    """Composes only. References are refused: a file that quotes itself can be endless."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark: yaml.Mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="references (`*name`) are not allowed here", problem_mark=mark)
        return super().compose_node(parent, index)


def read_yaml(text: str, *, texts_only: bool = False) -> Document:
    """One document. Numbers, true, false and null are read as such when they stand without quotes; all else is text.

    With `texts_only` those are texts too: a column may be called `2026`. Raises `BadYAML`, also for a key that stands twice.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadYAML(mark.line + 1 if mark else 1, error.problem or "this is not YAML") from None
    except yaml.reader.ReaderError as error:
        raise BadYAML(text.count("\n", 0, error.position) + 1, "a character that must not stand in YAML") from None
    except RecursionError:
        raise BadYAML(1, "it is nested too deep") from None
    document = Document(None)
    value = None if node is None else _value(node, (), document.lines, str if texts_only else _plain)
    return Document(value, document.lines)


def _value(node: yaml.Node, path: Path, lines: dict[Path, int], plain: Callable[[str], Any]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return {key: _value(child, (*path, key), lines, plain) for key, child in _pairs(node, path, lines)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, index), lines, plain) for index, child in enumerate(node.value)]
    quoted = isinstance(node, yaml.ScalarNode) and node.style is not None
    return node.value if quoted else plain(node.value)


def _pairs(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> list[tuple[str, yaml.Node]]:
    pairs: dict[str, yaml.Node] = {}
    for key, child in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise BadYAML(line, "a key must be a word")
        if key.value in pairs:
            raise BadYAML(line, f"`{key.value}` stands twice; the first is on line {lines[*path, key.value]}")
        pairs[key.value] = child
        lines[*path, key.value] = line
    return list(pairs.items())


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
