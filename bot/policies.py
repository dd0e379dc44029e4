"""Policy files: YAML to `workflows.domain.policy`, with the line of every mistake, and a JSON Schema for editors."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import combinations, starmap
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from adapters.core.yaml_lines import BadYAML, Document, Path, read_yaml
from bot.policy.checks import mistakes
from bot.policy.conflicts import shared_words
from bot.policy.model import PolicyFile
from bot.policy.words import choose as choose_word
from bot.policy.words import place, words_for
from cards.clean import bare, shorten
from workflows.domain.account import Account, Item
from workflows.domain.choosing import NOBODY, choose, could_both_win, is_for_items, with_apart
from workflows.domain.policy import Policy
from workflows.errors import NotKnown

TEMPLATES = (
    *("upcoming", "first", "second", "final", "plan_offered", "plan_confirmed", "instalment_upcoming", "instalment_late"),
    *("receipt", "promise_noted", "correction", "statement"),
)
FOLDER = FilePath(__file__).parent / "policy_files"
SHIPPED = FOLDER / "standard.yaml"
_LONGEST = 200_000  # characters: a policy that names ten thousand customers
_BREAKS = re.compile(r"[\x85\u2028\u2029]")
_TOLD = 50
_WHERE, _WORDS = 80, 300


@dataclass(frozen=True, slots=True)
class PolicyError:
    """One mistake. `where` is a path such as `steps[2].when`, counted from 0. What it quotes of the file is cleaned and cut short."""

    line: int
    where: str
    words: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", shorten(bare(self.where), _WHERE) or "the file")
        object.__setattr__(self, "words", shorten(bare(self.words), _WORDS))


class BadPolicy(Exception):
    """A policy file that cannot be used. Its text holds one line per mistake, in the order of the file, the first of very many."""

    def __init__(self, name: str, errors: Iterable[PolicyError]) -> None:
        self.name, self.errors = name, sorted(errors, key=lambda error: error.line)
        told = [f"{name} line {error.line}: {error.where}: {error.words}" for error in self.errors[:_TOLD]]
        left = len(self.errors) - len(told)
        super().__init__("\n".join([*told, *([f"{name}: and {left:,} more mistakes"] if left else [])]))


def read_policy(text: str, name_for_errors: str, *, version: int = 1, templates: Collection[str] = TEMPLATES) -> Policy:
    """The policy a file holds; raises `BadPolicy` with everything that is wrong in it.

    `version` is given by whoever keeps the files' history; `templates` are the letters that exist.
    """
    if len(text) > _LONGEST:
        words = f"it is longer than {_LONGEST:,} characters; no policy is"
        raise BadPolicy(name_for_errors, [PolicyError(1, "the file", words)])
    if (
        unseen := _BREAKS.search(text)
    ) is not None:  # YAML begins a new line there and no editor does, so every line named after it would be wrong
        line = text.count("\n", 0, unseen.start()) + 1
        raise BadPolicy(name_for_errors, [PolicyError(line, "the file", "a character that must not stand in YAML")])
    try:
        document = read_yaml(text)
    except BadYAML as error:
        raise BadPolicy(name_for_errors, [PolicyError(error.line, "the file", error.words)]) from None
    try:
        file = PolicyFile.model_validate(document.value)
    except ValidationError as error:
        raise BadPolicy(name_for_errors, _errors(document, map(words_for, error.errors(include_url=False)))) from None
    if found := list(_errors(document, mistakes(file, templates))):
        raise BadPolicy(name_for_errors, found)
    return file.to_domain(version)


def _errors(document: Document, found: Iterable[tuple[Path, str]]) -> Iterator[PolicyError]:
    for path, words in found:
        yield PolicyError(document.line_of(path), place(path), words)


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a policy file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **PolicyFile.model_json_schema(), "title": "Duebot chasing policy"}


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy file as it was when accounts began to run on it. Another text under the same name is another version."""

    name: str
    version: int
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, as hex."""
        return sha256(self.text.encode()).hexdigest()


class PolicyBook:
    """Every version of every policy: `workflows.ports.Policies`.

    `current` names the versions new accounts start with; of two that fit the same equally closely neither could win, which is refused with
    `ValueError`. `stored` reads name, version and text of all that are kept now; without it there are none but `versions`.
    """

    def __init__(
        self,
        versions: Iterable[PolicyVersion],
        current: Iterable[tuple[str, int]],
        templates: Collection[str] = TEMPLATES,
        stored: Callable[[], Awaitable[Iterable[tuple[str, int, str]]]] | None = None,
    ) -> None:
        self._templates, self._stored = templates, stored
        self._all: dict[tuple[str, int], Policy] = {}
        self.learn(versions)
        policies = [self._all[key] for key in current]
        for one, other in combinations(policies, 2):
            if could_both_win(one.applies, other.applies):
                raise ValueError(f"the policies {one.name} and {other.name} both apply to {shared_words(one.applies, other.applies)}")
        self._start_with(policies)

    def learn(self, versions: Iterable[PolicyVersion]) -> None:
        """Versions that another process has stored since; those that are known stay as they are."""
        for each in versions:
            if (each.name, each.version) not in self._all:
                read = read_policy(each.text, f"{each.name}@{each.version}", version=each.version, templates=self._templates)
                self._all[each.name, each.version] = read

    async def refresh(self) -> None:
        """Learns what other processes have stored since."""
        if self._stored is not None:
            self.learn(starmap(PolicyVersion, await self._stored()))

    @property
    def in_force(self) -> Sequence[Policy]:
        """What new accounts start with."""
        return list(self._current.values())

    def with_current(self, new: PolicyVersion) -> PolicyBook:
        """As it would be with that one in force, in place of the one of its name and of any that is for the very same customers."""
        made = PolicyBook([], [], self._templates)
        made._all = dict(self._all)
        made.learn([new])
        policy = made._all[new.name, new.version]
        others = (one for one in self._current.values() if one.name != new.name and not could_both_win(one.applies, policy.applies))
        made._start_with([*others, policy])
        return made

    def _start_with(self, policies: Sequence[Policy]) -> None:
        self._current = {policy.name: policy for policy in policies}
        self._of_accounts = [policy for policy in policies if not is_for_items(policy)]
        self._of_items = [policy for policy in policies if is_for_items(policy)]

    def current(self, account: Account) -> Policy:
        """The newest version of the policy that fits the account most closely; raises `NotKnown` where its book has none at all."""
        if (policy := choose(self._of_accounts, account)) is not None:
            return policy
        slug = account.book.slug
        if not any(slug in (policy.applies.books or (slug,)) for policy in self._current.values()):
            raise NotKnown(f"no policy applies to the book {slug}; add it to `applies_to` of one")
        return NOBODY

    def of(self, account: Account) -> Policy:
        """The version the account started with, and the policies that have single items of it.

        Raises `NotKnown` when that version is no longer kept.
        """
        main = self._started(account)
        return with_apart(main, account, partial(self._of_item, main, account)) if self._of_items else main

    def _started(self, account: Account) -> Policy:
        if account.policy is None or account.policy[0] == NOBODY.name:
            return self.current(account)
        return self._kept(account.policy)

    def _kept(self, key: tuple[str, int]) -> Policy:
        try:
            return self._all[key]
        except KeyError:
            name, version = key
            words = f"version {version} of the policy {name} is not kept any more, or was stored this very minute, and accounts run on it"
            raise NotKnown(words) from None

    def _of_item(self, main: Policy, account: Account, item: Item) -> Policy:
        """Of those that fit, the account's own included, the closest."""
        return choose([main, *self._of_items], account, item) or main


def shipped(name: str = "standard") -> PolicyVersion:
    """A policy that comes with Duebot; the standard one is in force where no file takes its place, the others are there to start from.

    Raises `NotKnown`.
    """
    names = shipped_names()
    if name not in names:
        meant = choose_word(name, names)
        raise NotKnown(f"No policy called “{name}” comes with Duebot{meant}{'' if meant.endswith('?') else '.'}")
    return PolicyVersion(name, 1, (FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def shipped_names() -> Sequence[str]:
    """The standard one first."""
    return sorted((file.stem for file in FOLDER.glob("*.yaml")), key=lambda name: (name != "standard", name))


def policy_files(folder: FilePath | None) -> Sequence[tuple[str, str]]:
    """Name and text of every `.yaml` in the folder, and of the shipped standard policy unless one of them takes its place.

    Raises `BadPolicy` for a file that is none, and for two of which neither could win.
    """
    found: list[_Read] = []
    for file in sorted(folder.glob("*.yaml")) if folder else ():
        text = text_of(file)
        mine = _Read(file.name, text, read_policy(text, file.name))
        if conflicts := [error for other in found for error in mine.conflicts(other)]:
            raise BadPolicy(file.name, conflicts)
        found.append(mine)
    ours = _Read("standard.yaml, which comes with Duebot,", shipped().text, read_policy(shipped().text, "standard.yaml"))
    if not any(list(ours.conflicts(mine)) for mine in found):
        found.insert(0, ours)
    return [(each.policy.name, each.text) for each in found]


@dataclass(frozen=True, slots=True)
class _Read:
    file: str
    text: str
    policy: Policy

    def line_of(self, key: str) -> int:
        return read_yaml(self.text).line_of((key,))

    def conflicts(self, other: _Read) -> Iterator[PolicyError]:
        """Why it cannot stand beside one that was read before."""
        if self.policy.name == other.policy.name:
            words = f"the name `{self.policy.name}` is taken by {other.file} line {other.line_of('name')}"
            yield PolicyError(self.line_of("name"), "name", words)
        if could_both_win(self.policy.applies, other.policy.applies):
            shared = shared_words(self.policy.applies, other.policy.applies)
            there = f"{other.file} line {other.line_of('applies_to')}"
            yield PolicyError(
                self.line_of("applies_to"), "applies_to", f"it is for {shared} just as {there} is, so neither could win; narrow one of them"
            )


def text_of(file: FilePath) -> str:
    """Raises `BadPolicy` for a file that cannot be read."""
    try:
        with file.open(encoding="utf-8") as opened:
            return opened.read(_LONGEST + 1)
    except OSError as error:
        words = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        words = "is not UTF-8 text"
    raise BadPolicy(file.name, [PolicyError(1, "the file", words)])
