"""YAML whose faults can be told by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml


class Unparsable(ValueError):
    """No YAML, or the same key twice. `line` counts from 1."""

    def __init__(self, sentence: str, line: int) -> None:
        super().__init__(sentence)
        self.line = line


class Numbered:
    """A document: its value, every scalar a text (a column may be called `No`), and the line of every part of it."""

    def __init__(self, text: str) -> None:
        """Raises `Unparsable`."""
        try:
            loader = yaml.BaseLoader(text)
            self._root = loader.get_single_node()
            _keys_must_be_unique(self._root, set())
            self.value: Any = None if self._root is None else loader.construct_document(self._root)
        except Unparsable:
            raise
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            raise Unparsable(fault.problem or "is not YAML", mark.line + 1 if mark else 1) from None
        except (yaml.YAMLError, ValueError, RecursionError) as fault:
            raise Unparsable(str(fault).splitlines()[0], 1) from None

    def line(self, path: Sequence[str | int]) -> int:
        """Of the deepest part of the path that stands in the document."""
        node, line = self._root, 1
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            line, node = found
        return line


def _keys_must_be_unique(node: Any, visited: set[int]) -> None:
    if id(node) in visited:
        return
    visited.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _keys_must_be_unique(value, visited)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                raise Unparsable(f"{key.value}: stands twice", key.start_mark.line + 1)
            seen.add(str(key.value))
            _keys_must_be_unique(value, visited)


def _child(node: Any, part: str | int) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line + 1, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    return None
