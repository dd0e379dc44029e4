"""Policy files: YAML to `workflows.domain.policy`, with the line of every mistake, and a JSON Schema for editors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from adapters.core.yaml_lines import BadYAML, Document, Path, read_yaml
from bot.policy_checks import mistakes
from bot.policy_model import PolicyFile
from bot.policy_words import place, words_for
from workflows.domain.account import Account
from workflows.domain.policy import Policy
from workflows.errors import NotKnown

TEMPLATES = ("upcoming", "first", "second", "final")
SHIPPED = FilePath(__file__).parent / "policy_files" / "standard.yaml"


@dataclass(frozen=True, slots=True)
class PolicyError:
    """One mistake. `where` is a path such as `steps[2].when`, counted from 0."""

    line: int
    where: str
    words: str


class BadPolicy(Exception):
    """A policy file that cannot be used. Its text holds one line per mistake, in the order of the file."""

    def __init__(self, name: str, errors: Iterable[PolicyError]) -> None:
        self.name, self.errors = name, sorted(errors, key=lambda error: error.line)
        super().__init__("\n".join(f"{name} line {error.line}: {error.where}: {error.words}" for error in self.errors))


def read_policy(text: str, name_for_errors: str, *, version: int = 1, templates: Collection[str] = TEMPLATES) -> Policy:
    """The policy a file holds; raises `BadPolicy` with everything that is wrong in it.

    `version` is given by whoever keeps the files' history; `templates` are the letters that exist.
    """
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

    `current` names the versions new accounts start with; of two for the same book, or two for every book, neither could win,
    which is refused with `ValueError`.
    """

    def __init__(
        self, versions: Iterable[PolicyVersion], current: Iterable[tuple[str, int]], templates: Collection[str] = TEMPLATES
    ) -> None:
        self._all = {
            (each.name, each.version): read_policy(each.text, f"{each.name}@{each.version}", version=each.version, templates=templates)
            for each in versions
        }
        self._by_book: dict[str | None, Policy] = {}
        for key in current:
            self._start_with(self._all[key])

    def _start_with(self, policy: Policy) -> None:
        for slug in policy.books or (None,):
            other = self._by_book.setdefault(slug, policy)
            if other is not policy:
                which = "every book" if slug is None else f"the book {slug}"
                raise ValueError(f"the policies {other.name} and {policy.name} both apply to {which}; one of them has to name other books")

    def current(self, account: Account) -> Policy:
        """The policy that names the account's book, else the one for every book; raises `NotKnown` where there is none."""
        policy = self._by_book.get(account.book.slug) or self._by_book.get(None)
        if policy is None:
            raise NotKnown(f"no policy applies to the book {account.book.slug}; add it to `applies_to` of one")
        return policy

    def of(self, account: Account) -> Policy:
        """The version the account started with; raises `NotKnown` when that version is no longer kept."""
        if account.policy is None:
            return self.current(account)
        try:
            return self._all[account.policy]
        except KeyError:
            name, version = account.policy
            raise NotKnown(f"version {version} of the policy {name} is not kept any more, and accounts still run on it") from None


def shipped() -> PolicyVersion:
    """The standard policy that comes with Duebot."""
    return PolicyVersion("standard", 1, SHIPPED.read_text(encoding="utf-8"))


def policy_files(folder: FilePath | None) -> Sequence[tuple[str, str]]:
    """Name and text of the shipped policy and of every `.yaml` in the folder; one of the same name takes the shipped one's place.

    Raises `BadPolicy` for a file that is none.
    """
    found = {shipped().name: shipped().text}
    for file in sorted(folder.glob("*.yaml")) if folder else ():
        text = text_of(file)
        found[read_policy(text, file.name).name] = text
    return tuple(found.items())


def text_of(file: FilePath) -> str:
    """Raises `BadPolicy` for a file that cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        words = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        words = "is not UTF-8 text"
    raise BadPolicy(file.name, [PolicyError(1, "the file", words)])
