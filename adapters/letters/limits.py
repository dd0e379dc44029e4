"""What a letter's template may do: show what it is given, in a little time and a little room. Templates may be the user's own files."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from time import thread_time
from typing import Any

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Macro, Undefined
from jinja2.sandbox import SandboxedEnvironment

from adapters.letters.view_lines import Line, Paid, Sum, Word

LONGEST_TEMPLATE = 64_000  # characters
LONGEST_LETTER = 500_000
MOST_REMEMBERED, LONGEST_REMEMBERED = 4_000, 500  # sentences, and their characters
SECONDS = 2.0  # of the processor: on a busy machine a letter stands still for longer, and is none the worse for it
DEEPEST_LOOP = 2
_FILTERS = ("capitalize", "count", "d", "default", "e", "escape", "first", "last", "length", "lower", "trim", "upper")
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.For,
    nodes.Block,
    nodes.Macro,
    nodes.Name,
    nodes.Const,
    nodes.Tuple,
    nodes.List,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.Concat,
    nodes.Add,
    nodes.Sub,
    nodes.Neg,
    nodes.Call,
    nodes.Keyword,
)
_WORDS = {"Assign": "set", "AssignBlock": "set", "CallBlock": "call", "FilterBlock": "filter", "FromImport": "from"}


Use = tuple[str, str | None]  # a name that a block has, and the one part of it that it asks for; none: it may ask for anything
_NOTHING = object()


class Sayable:
    """What templates may call beside their own macros."""

    def __call__(self, phrase: str, **more: object) -> str:
        raise NotImplementedError


class LimitedEnvironment(SandboxedEnvironment):
    """Templates loop, compare and show. They reach no method, no other file, no unescaped text, and nothing that grows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.globals = {}
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self._until: float | None = None
        self.said: dict[tuple[object, ...], str] = {}
        self._uses: dict[tuple[str | None, str], tuple[Use, ...]] = {}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > LONGEST_TEMPLATE:
            raise TemplateSyntaxError(f"it is longer than {LONGEST_TEMPLATE:,} characters", 1, name, filename)
        parsed = super()._parse(source, name, filename)
        for node, words in _forbidden(parsed, 0):
            raise TemplateSyntaxError(words, node.lineno, name, filename)
        self._uses |= {(name, block.name): _uses(block) for block in parsed.find_all(nodes.Block)}
        return parsed

    def used(self, template: Template, block: str, view: Mapping[str, Any]) -> tuple[object, ...]:
        """Everything of the view that the block can show: where that is the same, so is what it says."""
        return tuple(_value(view, use) for use in self._uses[template.name, block])

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        del value
        return isinstance(obj, Line | Sum | Paid | Word | LoopContext) and not attr.startswith("_")

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, Macro | Sayable | Undefined)  # calling what is not there says so by itself

    def call(self, context: Context, obj: Any, /, *args: Any, **more: Any) -> Any:
        if sum(len(value) for value in (*args, *more.values()) if isinstance(value, str)) > LONGEST_LETTER:
            raise SecurityError("it grows too long")
        self._hurry()
        if isinstance(obj, Sayable):
            return obj(*args, **more)
        if not self.is_safe_callable(obj):
            raise SecurityError("letters may call their own macros only")
        return super().call(context, obj, *args, **more)

    def remember(self, key: tuple[object, ...], said: str) -> None:
        """Most sentences are those of other letters; what is kept of them has its limit."""
        if len(said) <= LONGEST_REMEMBERED:
            if len(self.said) >= MOST_REMEMBERED:
                self.said.clear()
            self.said[key] = said

    @contextmanager
    def budget(self) -> Generator[None, None, None]:
        """The time for one whole letter: of budgets within one another the outer counts."""
        outer, self._until = self._until, self._until or thread_time() + SECONDS
        try:
            yield
        finally:
            self._until = outer

    def joined(self, chunks: Iterable[str]) -> str:
        """What a template writes, stopped where it takes too long or grows too much."""
        kept: list[str] = []
        size = 0
        for chunk in chunks:
            kept.append(chunk)
            size += len(chunk)
            if size > LONGEST_LETTER:
                raise SecurityError(f"it writes more than {LONGEST_LETTER:,} characters")
            self._hurry()
        return "".join(kept)

    def _hurry(self) -> None:
        if self._until is not None and thread_time() > self._until:
            raise SecurityError(f"it takes longer than {SECONDS:g} seconds")


def _forbidden(node: nodes.Node, loops: int) -> Iterator[tuple[nodes.Node, str]]:
    """The first thing that a letter must not hold, with a word on it."""
    if not isinstance(node, _ALLOWED):
        kind = type(node).__name__
        yield node, f"`{_WORDS.get(kind, kind.lower())}` cannot be used in letters"
    loops += isinstance(node, nodes.For)
    if loops > DEEPEST_LOOP:
        yield node, f"loops stand within one another more than {DEEPEST_LOOP} deep"
    for inner in node.iter_child_nodes():
        yield from _forbidden(inner, loops)


def _uses(block: nodes.Block) -> tuple[Use, ...]:
    parts = [part for part in block.find_all(nodes.Getattr) if isinstance(part.node, nodes.Name)]
    of_parts = {id(part.node) for part in parts}
    found: set[Use] = {(part.node.name, part.attr) for part in parts if isinstance(part.node, nodes.Name)}
    found |= {(name.name, None) for name in block.find_all(nodes.Name) if id(name) not in of_parts}
    return tuple(sorted(found, key=str))


def _value(view: Mapping[str, Any], use: Use) -> object:
    name, part = use
    value = view.get(name, _NOTHING)
    if part is not None:
        return getattr(value, part, _NOTHING)
    return tuple(value) if isinstance(value, list) else value


def place_of(error: BaseException) -> tuple[str, int] | None:
    """The template and its line that the error arose in: the innermost one when several take part."""
    found, trace = None, error.__traceback__
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template) and template.name:
            found = template.name, template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return found
