"""Which column of a ledger file says what: the model of a mapping file, and reading one."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from adapters.accounting.ledger_dates import known_format
from adapters.accounting.statuses import Status
from adapters.core.yaml_lines import BadYAML, read_yaml
from workflows.domain.money import UnknownCurrency, exponent
from workflows.errors import Refused

_SHIPPED = "adapters.accounting.mappings"


class BadMapping(Refused):
    """A mapping file that cannot be used; one `file:line: sentence` per fault."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Part):
    """The header's word for it."""

    column: str = Field(min_length=1)


class Code(Column):
    """An identifier. `pad_digits` gives codes of digits alone their lost leading zeros back; `fallback` is read where `column` is empty."""

    fallback: str | None = Field(default=None, min_length=1)
    pad_digits: int = Field(default=0, ge=0, le=40)


class DateIn(Column):
    """A date; the format is found from the whole column where it is not given."""

    format: Annotated[str, AfterValidator(known_format)] | None = None


class StatusIn(Column):
    """Where the invoice is. `means` explains words of one's own: `{Gesendet: open}`."""

    means: dict[str, Status] = {}


class Lines(StrEnum):
    """What a row is, where it is not an invoice.

    `add`: a line of an invoice, whose lines add up. `repeat`: a line that repeats the figures of its invoice. `book`: a booking
    on some account; those on receivables raise an invoice (above zero) or pay it (below).
    """

    ADD = "add"
    REPEAT = "repeat"
    BOOK = "book"


class Encoding(StrEnum):
    """How a text file's letters are stored, where that is not certain from the file."""

    UTF_8 = "utf-8"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    WINDOWS_1250 = "windows-1250"
    WINDOWS_1251 = "windows-1251"
    WINDOWS_1252 = "windows-1252"
    WINDOWS_1254 = "windows-1254"
    LATIN_1 = "iso-8859-1"
    LATIN_9 = "iso-8859-15"
    MAC_ROMAN = "mac-roman"


def _iso_code(code: str) -> str:
    exponent(code)
    return code


class Currency(_Part):
    """A column of ISO codes, or one code for every row; with both, the code is for empty cells."""

    column: str | None = None
    always: Annotated[str, AfterValidator(_iso_code)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.column is None and self.always is None:
            raise ValueError("say `column` or `always`")
        return self


def _as_column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _as_currency(value: Any) -> Any:
    """`EUR` is a currency, `Currency` a column."""
    try:
        exponent(value)
    except (UnknownCurrency, TypeError):
        return _as_column(value)
    return {"always": value}


_Short = BeforeValidator(_as_column)  # `due: Due date` is short for `due: {column: Due date}`
MaybeColumn = Annotated[Column | None, _Short]
MaybeDate = Annotated[DateIn | None, _Short]


class Mapping(_Part):
    """A ledger file's columns.

    Without `number`, rows are numbered after what they say. Without `due`, an invoice is due `terms` days after `issued`, or
    `terms_days` where that column is empty or missing.
    """

    name: str | None = None
    sheet: str | None = None
    encoding: Encoding | None = None
    lines: Lines | None = None
    number: Annotated[Code | None, _Short] = None
    customer: Annotated[Code, _Short]
    customer_name: MaybeColumn = None
    issued: MaybeDate = None
    due: MaybeDate = None
    terms: MaybeColumn = None
    terms_days: int | None = Field(default=None, ge=0, le=3650)
    total: Annotated[Column, _Short]
    currency: Annotated[Currency | None, BeforeValidator(_as_currency)] = None
    paid_on: MaybeDate = None
    paid: MaybeColumn = None
    balance: MaybeColumn = None
    status: Annotated[StatusIn | None, _Short] = None
    account: MaybeColumn = None
    reference: MaybeColumn = None
    product: MaybeColumn = None
    email: MaybeColumn = None
    language: MaybeColumn = None
    country: MaybeColumn = None
    zone: MaybeColumn = None
    party: MaybeColumn = None

    @model_validator(mode="after")
    def _has_a_due_day(self) -> Self:
        if self.due is None and self.issued is None:
            raise ValueError("give `due`, or `issued` with `terms_days`")
        if self.lines is not None and self.number is None:
            raise ValueError("lines are put together by invoice `number`; give it")
        return self

    @property
    def columns(self) -> dict[str, str]:
        """What is read, and under which header; `number_fallback` and the like are columns of their own."""
        parts = {name: getattr(self, name) for name in type(self).model_fields}
        columns = {name: part.column for name, part in parts.items() if isinstance(part, (Column, Currency)) and part.column is not None}
        return columns | {f"{name}_fallback": part.fallback for name, part in parts.items() if isinstance(part, Code) and part.fallback}

    def dates(self) -> dict[str, DateIn]:
        return {name: part for name, part in (("issued", self.issued), ("due", self.due), ("paid_on", self.paid_on)) if part is not None}

    def as_yaml(self) -> str:
        """The mapping as a file that `--map` takes."""
        said = self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        short = {key: value["column"] if isinstance(value, dict) and set(value) == {"column"} else value for key, value in said.items()}
        return str(yaml.safe_dump(short, sort_keys=False, allow_unicode=True))


def load_mapping(name: str) -> Mapping:
    """A mapping file by its path, or a shipped one by its name. Raises `BadMapping`."""
    path = Path(name)
    if not path.is_file() and name in shipped_names():
        return _parsed(_shipped_text(name), name)
    try:
        return _parsed(path.read_text(encoding="utf-8"), name)
    except OSError as fault:
        known = ", ".join(shipped_names())
        raise BadMapping(f"{name} cannot be read ({fault.strerror}). Give a file, or one of these names: {known}.") from None
    except UnicodeDecodeError:
        raise BadMapping(f"{name} is not UTF-8 text.") from None


def shipped_names() -> tuple[str, ...]:
    files = resources.files(_SHIPPED).iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


@cache
def shipped() -> tuple[Mapping, ...]:
    return tuple(load_mapping(name) for name in shipped_names())


def _shipped_text(name: str) -> str:
    return resources.files(_SHIPPED).joinpath(f"{name}.yaml").read_text(encoding="utf-8")


def _parsed(text: str, name: str) -> Mapping:
    try:
        document = read_yaml(text, texts_only=True)
    except BadYAML as fault:
        raise BadMapping(f"{name}:{fault.line}: {fault.words}") from None
    try:
        return Mapping.model_validate(document.value)
    except ValidationError as faults:
        raise BadMapping("\n".join(f"{name}:{document.line_of(fault['loc'])}: {_sentence(fault)}" for fault in faults.errors())) from None


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a key of a mapping",
    "model_type": "takes keys and values, or a column's name in short",
}


def _sentence(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    words = _WORDS.get(fault["type"], fault["msg"].removeprefix("Value error, "))
    return f"{where}: {words}" if where else str(words)
