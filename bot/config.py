"""Settings from the environment or `duebot.toml`, read once, typed, secrets hidden."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

KEY_BYTES = 32
SETTINGS_FILE = "duebot.toml"


class BadSetting(ValueError):
    """A setting is missing or of the wrong kind; the sentence names it and what was expected."""


class SlackSettings(BaseModel):
    """A Slack app: HTTP needs the signing secret, Socket Mode the app-level token."""

    bot_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    signing_secret_before: SecretStr | None = Field(default=None, description="the old one, accepted while the secret is being changed")
    app_token: SecretStr | None = None
    api_url: str = "https://slack.com/api/"
    approved_channels: tuple[str, ...] = Field(
        default=(), description="public channels that may see names and amounts, by id or name; shared ones by name"
    )

    @field_validator("api_url")
    @classmethod
    def ends_in_a_slash(cls, value: str) -> str:
        if not value.endswith("/api/"):
            raise ValueError("must end in /api/")
        return value

    @property
    def configured(self) -> bool:
        return self.bot_token is not None


class SMTPSettings(BaseModel):
    """The server that takes outgoing mail."""

    host: str | None = None
    port: int = Field(default=587, ge=1, le=65535)
    user: str | None = None
    password: SecretStr | None = None
    security: str = Field(default="starttls", pattern="^(starttls|tls|none)$")
    sender: str | None = Field(default=None, description="the address mail comes from")
    folder: Path | None = Field(default=None, description="write mails as .eml files into this folder instead of sending them")


class Settings(BaseSettings):
    """Everything an administrator sets. Names in the environment begin with `DUEBOT_`, nested ones join with `__`."""

    model_config = SettingsConfigDict(
        env_prefix="DUEBOT_", env_nested_delimiter="__", toml_file=SETTINGS_FILE, extra="forbid", hide_input_in_errors=True
    )

    database_url: str = "sqlite+aiosqlite:///duebot.db"
    secret_key: SecretStr | None = Field(default=None, description="base64 of 32 bytes")
    secret_key_before: SecretStr | None = Field(default=None, description="the old key, while data is being re-encrypted")
    public_url: str | None = None
    policies: Path | None = Field(default=None, description="a folder of policy files beside the shipped one")
    letters: Path | None = Field(default=None, description="a folder of letter templates that replace shipped ones")
    inbox_user: str | None = Field(default=None, description="the e-mail of the person the local inbox acts as")
    slack: SlackSettings = Field(default_factory=SlackSettings)
    smtp: SMTPSettings = Field(default_factory=SMTPSettings)

    @field_validator("database_url")
    @classmethod
    def a_database_we_know(cls, value: str) -> str:
        if not value.startswith(("sqlite+aiosqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+psycopg://")
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
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(f"DUEBOT_{'__'.join(str(part).upper() for part in found['loc'])}: {found['msg']}" for found in error.errors())
        raise BadSetting(f"These settings are wrong: {wrong}") from None


def secret_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys of encrypted columns, the one that encrypts first. Without a setting one is made and kept beside a local database."""
    given = [key for key in (settings.secret_key, settings.secret_key_before) if key is not None]
    if not given:
        return (_kept_key(settings.database_url),)
    return tuple(_decoded(key) for key in given)


def _decoded(key: SecretStr) -> bytes:
    try:
        raw = base64.b64decode(key.get_secret_value(), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise BadSetting("DUEBOT_SECRET_KEY: expected the base64 of 32 bytes; make one with: openssl rand -base64 32")
    return raw


def _kept_key(database_url: str) -> bytes:
    if not database_url.startswith("sqlite"):
        raise BadSetting(
            "DUEBOT_SECRET_KEY: missing; every machine on a shared database needs the same. Make one with: openssl rand -base64 32"
        )
    path = Path(database_url.removeprefix("sqlite+aiosqlite:///")).with_suffix(".key")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
    return _decoded(SecretStr(path.read_text(encoding="ascii").strip()))
