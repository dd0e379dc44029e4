"""Settings from the environment or `duebot.toml`, read once, typed, secrets hidden."""

from __future__ import annotations

import base64
import os
import secrets
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError, TomlConfigSettingsSource

from bot.live.route_settings import RouteSettings
from workflows.domain.maintenance import window
from workflows.domain.routing import quiet_of
from workflows.domain.summary import Period
from workflows.post_summaries import USUAL

KEY_BYTES = 32
PREFIX, NESTED = "DUEBOT_", "__"
SETTINGS_FILE = "duebot.toml"
SQLITE = "sqlite+aiosqlite:///"
# Kubernetes tells every container where a service called "duebot" is, in names of this kind.
_NOT_OURS = ("DUEBOT_SERVICE_", "DUEBOT_PORT")


class BadSetting(ValueError):
    """A setting is missing or of the wrong kind; the sentence names it and what was expected."""


class SlackSettings(BaseModel):
    """A Slack app: HTTP needs the signing secret, Socket Mode the app-level token."""

    model_config = ConfigDict(extra="forbid")

    bot_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    signing_secret_before: SecretStr | None = Field(default=None, description="the old one, accepted while the secret is being changed")
    app_token: SecretStr | None = None
    client_id: str | None = Field(default=None, description="of the app, for installing it in several workspaces by a link")
    client_secret: SecretStr | None = None
    api_url: str = "https://slack.com/api/"
    approved_channels: tuple[str, ...] = Field(
        default=(), description="public channels that may see names and amounts, by id or name; shared ones by name"
    )

    @field_validator("api_url")
    @classmethod
    def ends_in_a_slash(cls, value: str) -> str:
        if not value.endswith("/api/"):
            raise ValueError("expected an address that ends in /api/")
        return value


class TeamsSettings(BaseModel):
    """A bot registration: of one tenant with `tenant_id`, of several without it, then `tenants` says whose people are served."""

    model_config = ConfigDict(extra="forbid")

    app_id: str | None = None
    app_password: SecretStr | None = None
    tenant_id: str | None = None
    tenants: tuple[str, ...] = Field(
        default=(), description="of a registration of several tenants, without tenant_id: whose people are served, by id"
    )
    approved_channels: tuple[str, ...] = Field(
        default=(), description="channels of teams that may see names and amounts, by id or name; shared ones by name"
    )
    local: bool = Field(default=False, description="try it without Microsoft: everybody on this machine is believed, and nobody else")
    workflows: dict[str, SecretStr] = Field(
        default_factory=dict, description="for channels without the app: a name of yours, and the address of a workflow that posts there"
    )
    service_urls: tuple[str, ...] = Field(default=(), description="where answers may go, if not to Teams' own addresses")
    openid_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    issuer: str = "https://api.botframework.com"
    login_url: str = "https://login.microsoftonline.com"

    @property
    def used(self) -> bool:
        return self.local or self.app_id is not None or bool(self.workflows)

    @field_validator("workflows")
    @classmethod
    def addresses_others_cannot_read(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        parts = [urlsplit(one.get_secret_value()) for one in value.values()]
        if not all(part.scheme == "https" or part.hostname == "127.0.0.1" for part in parts):
            raise ValueError("expected names and the https addresses of workflows")
        return value

    @model_validator(mode="after")
    def somebody_to_serve(self) -> TeamsSettings:
        if self.app_id is None or self.local:
            return self
        if self.app_password is None:
            raise ValueError("expected APP_PASSWORD beside APP_ID, or LOCAL=true to try it on this machine")
        if self.tenant_id is None and not self.tenants:
            raise ValueError("expected TENANT_ID, or TENANTS with the ids of those whose people are served")
        return self


class SMTPSettings(BaseModel):
    """The server that takes outgoing mail."""

    model_config = ConfigDict(extra="forbid")

    host: str | None = None
    port: int = Field(default=587, ge=1, le=65535)
    user: str | None = None
    password: SecretStr | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str | None = Field(default=None, description="the address mail comes from")
    folder: Path | None = Field(default=None, description="write mails as .eml files into this folder instead of sending them")


class IMAPSettings(BaseModel):
    """The mailbox in which customers' answers arrive. It is only looked at."""

    model_config = ConfigDict(extra="forbid")

    host: str | None = None
    port: int = Field(default=993, ge=1, le=65535)
    user: str | None = None
    password: SecretStr | None = None
    security: Literal["starttls", "tls", "none"] = "tls"
    folder: str = "INBOX"

    @model_validator(mode="after")
    def someone_who_logs_in(self) -> IMAPSettings:
        if self.host is not None and (self.user is None or self.password is None):
            raise ValueError("expected USER and PASSWORD beside HOST; a mailbox is never open to everybody")
        return self


class Settings(BaseSettings):
    """Everything an administrator sets. Names in the environment begin with `DUEBOT_`, nested ones join with `__`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTED, toml_file=SETTINGS_FILE, extra="forbid", hide_input_in_errors=True
    )

    database_url: str = Field(default=f"{SQLITE}duebot.db", repr=False, description="may hold a password, so it is never shown")
    secret_key: SecretStr | None = Field(default=None, description="base64 of 32 bytes")
    secret_key_before: SecretStr | None = Field(default=None, description="the old key, while data is being re-encrypted")
    public_url: str | None = None
    policies: Path | None = Field(default=None, description="a folder of policy files beside the shipped one")
    letters: Path | None = Field(default=None, description="a folder of letter templates that replace shipped ones")
    documents: Path | None = Field(
        default=None, description="a folder of invoices' documents, BOOK/NUMBER.pdf, for letters that carry them"
    )
    rates: Path | None = Field(default=None, description="a CSV file of published interest rates: regime,valid_from,percent")
    audit_head_file: Path | None = Field(default=None, description="a file outside the database that is told the audit trail's head daily")
    audit_head_channel: str | None = Field(default=None, description="the id of a private chat channel that is told it too")
    backups: Path = Field(default=Path("backups"), description="the folder maintenance puts its backups into")
    maintenance: str | None = Field(default=None, description="when it may run by itself, in the book's time, like sun 03:00-05:00")
    payment_limit: int = Field(
        default=5000, ge=0, description="money noted by hand above this, in thirty days and per customer, needs a second person"
    )
    inbox_url: str | None = Field(default=None, description="where colleagues reach the inbox, for cards without buttons")
    inbox_user: str | None = Field(default=None, description="the e-mail of the person the local inbox acts as")
    routes: tuple[RouteSettings, ...] = Field(default=(), description="which cards go to which channel, the first that fits")
    quiet: dict[str, str] = Field(
        default_factory=dict, description="hours in which a channel gets no card, like 18:00-08:00 of the book's day"
    )
    summaries: tuple[Period, ...] = Field(default=USUAL, description="which are posted: weekly, fortnightly, monthly")
    slack: SlackSettings = Field(default_factory=SlackSettings)
    teams: TeamsSettings = Field(default_factory=TeamsSettings)
    smtp: SMTPSettings = Field(default_factory=SMTPSettings)
    imap: IMAPSettings = Field(default_factory=IMAPSettings)

    @field_validator("maintenance")
    @classmethod
    def a_window(cls, value: str | None) -> str | None:
        if value is not None:
            window(value)
        return value

    @field_validator("database_url")
    @classmethod
    def a_database_we_know(cls, value: str) -> str:
        if not value.startswith((SQLITE, "postgresql+psycopg://")):
            raise ValueError(f"expected an address that begins with {SQLITE} or postgresql+psycopg://")
        file = database_file(value)
        if file is not None and (not file.name or file.name == ":memory:" or file.is_dir()):
            raise ValueError(f"expected a file, as in {SQLITE}duebot.db")
        try:
            _ = urlsplit(value).port
        except ValueError:
            raise ValueError("expected a number after the host's colon; write special characters of a password as %XX") from None
        return value

    @field_validator("quiet")
    @classmethod
    def hours_of_a_day(cls, value: dict[str, str]) -> dict[str, str]:
        for hours in value.values():
            _ = quiet_of(hours)
        return value

    @field_validator("public_url")
    @classmethod
    def an_address_others_reach(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme != "https" or not urlsplit(value).hostname):
            raise ValueError("expected an address such as https://duebot.example.com")
        return value

    @field_validator("policies", "letters", "documents")
    @classmethod
    def a_folder_that_is_there(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError(f"expected a folder, and {value} is none")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; there are no other sources."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(**given: object) -> Settings:
    """Raises `BadSetting` naming every wrong setting and what was expected."""
    _must_be_readable(Path(SETTINGS_FILE))
    wrong = [_unknown(name) for name in sorted(os.environ) if _is_misspelt(name)]
    settings = None
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong += [_worded(dict(found)) for found in error.errors(include_url=False, include_input=False)]
    except SettingsError as error:  # the only texts that are parsed are lists and whole sections, given in the environment
        wrong.append(_unparsed(error))
    if wrong or settings is None:
        raise BadSetting("\n".join(dict.fromkeys(wrong)))
    return settings


def setting_names() -> tuple[str, ...]:
    """Every name an administrator may set, as in the environment."""
    found: list[str] = []
    for name, field in Settings.model_fields.items():
        section = field.annotation
        inner = section.model_fields if isinstance(section, type) and issubclass(section, BaseModel) else None
        found += [name] if inner is None else [f"{name}{NESTED}{part}" for part in inner]
    return tuple(f"{PREFIX}{name.upper()}" for name in found)


def database_file(database_url: str) -> Path | None:
    """Where a local database is; null for a server's."""
    return Path(database_url.removeprefix(SQLITE)) if database_url.startswith(SQLITE) else None


def _must_be_readable(file: Path) -> None:
    try:
        tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{file} is not TOML: {error}.") from None
    except UnicodeDecodeError:
        raise BadSetting(f"{file} is not UTF-8 text.") from None
    except OSError as error:
        raise BadSetting(f"{file} cannot be read: {error.strerror}.") from None


def _is_misspelt(name: str) -> bool:
    """Meant as one of our settings, and none. A whole section in one name is read by itself."""
    return name.startswith(PREFIX) and not name.startswith(_NOT_OURS) and name not in _names()


def _names() -> set[str]:
    """Settings, and their sections."""
    return {*setting_names(), *(f"{PREFIX}{section.upper()}" for section in Settings.model_fields)}


def _unknown(name: str) -> str:
    near = get_close_matches(name, sorted(_names()), n=1, cutoff=0.75)
    return f"{name}: there is no such setting." + (f" Did you mean {near[0]}?" if near else "")


def _unparsed(error: SettingsError) -> str:
    field = str(error).partition('"')[2].partition('"')[0].upper()
    names = [name for name in setting_names() if name.startswith(f"{PREFIX}{field}") and name in os.environ]
    lists = [name for name in names if name.endswith(("_CHANNELS", "__TENANTS", "__SERVICE_URLS", "__WORKFLOWS"))]
    if not names:
        return f"{PREFIX}{field}: expected a section with settings of its own, not one value."
    return f'{", ".join(lists or names)}: expected a JSON list, as in ["C0123456789"].'


_WORDS = {
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "string_type": "expected a text in quotes",
    "path_type": "expected a path in quotes",
    "tuple_type": 'expected a list, as in ["C0123456789"]',
    "model_type": "expected a section with settings of its own, not one value",
    "greater_than_equal": "expected at least {ge}",
    "less_than_equal": "expected at most {le}",
    "literal_error": "expected {expected}",
    "enum": "expected {expected}",
}


def _worded(found: dict[str, Any]) -> str:
    """One sentence for what pydantic found; never with the value, which may be a secret."""
    name = PREFIX + NESTED.join(str(part).upper() for part in found["loc"] if isinstance(part, str))
    if found["type"] == "extra_forbidden":
        return _unknown(name)
    words = _WORDS.get(found["type"], found["msg"].removeprefix("Value error, "))
    return f"{name}: {words.format(**found.get('ctx', {}))}."


def secret_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys of encrypted columns, the one that encrypts first. Without a setting one is made and kept beside a local database."""
    given = [key for key in (settings.secret_key, settings.secret_key_before) if key is not None]
    if not given:
        return (_kept_key(settings.database_url),)
    return tuple(_decoded(key) for key in given)


def known_keys(settings: Settings) -> tuple[bytes, ...]:
    """As `secret_keys`, but none is made: a copy that is put back needs the key it was made with."""
    database = database_file(settings.database_url)
    if settings.secret_key is None and database is not None and not database.with_suffix(".key").exists():
        raise BadSetting(
            f"The secret key of the backup is missing. Set DUEBOT_SECRET_KEY, or put the .key file it was made with at {database.with_suffix('.key')}."
        )
    return secret_keys(settings)


def _decoded(key: SecretStr) -> bytes:
    try:
        raw = base64.b64decode(key.get_secret_value(), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise BadSetting("DUEBOT_SECRET_KEY: expected the base64 of 32 bytes; make one with: openssl rand -base64 32")
    return raw


def _kept_key(database_url: str) -> bytes:
    database = database_file(database_url)
    if database is None:
        raise BadSetting(
            "DUEBOT_SECRET_KEY: missing; every machine on a shared database needs the same. Make one with: openssl rand -base64 32"
        )
    path = database.with_suffix(".key")
    try:
        if not path.exists():
            _make_key(path)
        return _decoded(SecretStr(path.read_text(encoding="utf-8").strip()))
    except OSError as error:
        raise BadSetting(f"The key beside the database, {path}, cannot be read or made: {error.strerror}.") from None
    except (BadSetting, UnicodeDecodeError):
        raise BadSetting(
            f"{path} is not a key any more: expected the base64 of 32 bytes. Put back the one this database was made with."
        ) from None


def _make_key(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
