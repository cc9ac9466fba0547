"""The settings of an installation: the only place that reads the environment.

Every setting is named `LIANDONG_<NAME>`. A name that is not one of them is refused with the
nearest one that is, because a misspelt setting would otherwise fall back to a default.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.departments import NODES
from gateways.department.roles import ROLES
from gateways.log.grants import EVERYBODY, department_user
from gateways.webhooks.addresses import networks_of
from ops.near_names import nearest

PREFIX = "LIANDONG_"
ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds the packages: the clone, or site-packages once installed."""


class Mode(StrEnum):
    """Embedded: SQLite and one process. Joined-up: PostgreSQL and Kafka."""

    EMBEDDED = "embedded"
    JOINED = "joined"


class StoreMode(StrEnum):
    """Whether a store holds real facts or a simulation; the two never mix."""

    REAL = "real"
    SIMULATED = "simulated"


class WrongSettings(Exception):
    """A setting is unknown or has a value that cannot be used; `zh` and `en` name it."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


class WrongValue(ValueError):
    """A value that a setting cannot have; `zh` says why, the message says it in English."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh = zh
        super().__init__(en)


def _names(value: object, known: tuple[str, ...], what: tuple[str, str]) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else list(value)  # type: ignore[call-overload]
    names = tuple(str(part).strip() for part in parts if str(part).strip())
    if names == ("all",) or not names:
        return known
    for name in names:
        if name not in known:
            zh, en = what
            raise WrongValue(
                f"{name!r} 不是{zh}；可用：{'、'.join(known)}",
                f"{name!r} is not a {en}; known: {', '.join(known)}",
            )
    return names


class Settings(BaseSettings):
    """What an installation is told: where its data lies, what it is, and what it serves."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data: Path = Field(default=Path("var/data"), description="folder of the stores and keys")
    mode: Mode = Field(default=Mode.EMBEDDED, description="embedded or joined")
    database: str | None = Field(default=None, description="PostgreSQL address (joined)")
    kafka: str | None = Field(default=None, description="Kafka bootstrap servers (joined)")
    kafka_protocol: str = Field(
        default="PLAINTEXT",
        pattern="^(PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL)$",
        description="how the brokers are spoken to, in Kafka's words; SASL_SSL in earnest",
    )
    kafka_mechanism: str = Field(
        default="SCRAM-SHA-512",
        pattern="^SCRAM-SHA-(256|512)$",
        description="how a password is shown to the brokers",
    )
    kafka_username: str | None = Field(
        default=None,
        description="user at the brokers; liandong-<department> by default, or liandong-all"
        " where several departments are served",
    )
    kafka_password_file: Path | None = Field(
        default=None,
        description="file with that user's password; <data>/kafka-users/<user>.password by default",
    )
    kafka_ca_file: Path | None = Field(
        default=None, description="certificates of the authorities that brokers' are signed by"
    )
    departments: Annotated[tuple[str, ...], NoDecode] = Field(
        default=tuple(NODES), description="departments served here, comma-separated, or all"
    )
    roles: Annotated[tuple[str, ...], NoDecode] = Field(
        default=ROLES, description="roles served here, comma-separated, or all"
    )
    host: str = Field(default="127.0.0.1", description="address to bind")
    port: int = Field(default=8765, ge=0, le=65535, description="port to bind; 0 for any free one")
    store: StoreMode | None = Field(
        default=None, description="real or simulated; what it is already, or real for a new one"
    )
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    log_format: str = Field(default="auto", pattern="^(auto|json|console)$")
    master_key_file: Path | None = Field(
        default=None, description="key that wraps the vault's keys; <data>/master.key by default"
    )
    files: Path | None = Field(
        default=None,
        description="folder of documents and evidence, shared by a department's processes;"
        " <data>/files by default",
    )
    webhook_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="internal networks that webhooks may be sent to, such as 10.0.0.0/8,"
        " comma-separated; none by default",
    )
    receipts_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="days for which the delivery ledger keeps each receipt's times; older ones are"
        " merged into the latest time by which a record was applied and acted on",
    )
    lang: str = Field(default="zh", pattern="^(zh|en)$", description="language of what is printed")

    @field_validator("departments", mode="before")
    @classmethod
    def _departments(cls, value: object) -> tuple[str, ...]:
        return _names(value, tuple(NODES), ("部门", "department"))

    @field_validator("roles", mode="before")
    @classmethod
    def _roles(cls, value: object) -> tuple[str, ...]:
        return _names(value, ROLES, ("职能", "role"))

    @field_validator("webhook_networks", mode="before")
    @classmethod
    def _networks(cls, value: object) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else list(value)  # type: ignore[call-overload]
        return tuple(str(network) for network in networks_of(parts))

    @model_validator(mode="after")
    def _joined_needs_addresses(self) -> Settings:
        if self.mode is Mode.JOINED:
            for name in ("database", "kafka"):
                if not getattr(self, name):
                    setting = f"{PREFIX}{name.upper()}"
                    raise WrongValue(
                        f"joined 模式需要 {setting}", f"joined-up mode needs {setting}"
                    )
        return self

    @property
    def kafka_user(self) -> str | None:
        """The user at the brokers; None where they ask for none."""
        if not self.kafka_protocol.startswith("SASL"):
            return None
        if self.kafka_username is not None:
            return self.kafka_username
        one = len(self.departments) == 1
        return department_user(self.departments[0]) if one else EVERYBODY

    @property
    def kafka_users(self) -> Path:
        """The folder of the passwords that were made for the users of the log."""
        return self.data / "kafka-users"

    @property
    def kafka_password(self) -> Path | None:
        """Where the password of the user at the brokers lies; None where they ask for none."""
        if self.kafka_user is None:
            return None
        return self.kafka_password_file or self.kafka_users / f"{self.kafka_user}.password"

    @property
    def master_key(self) -> Path:
        """Where the master key lies."""
        return self.master_key_file or self.data / "master.key"

    @property
    def file_folder(self) -> Path:
        """Where documents and evidence lie, a folder for each department."""
        return self.files or self.data / "files"


def load(**given: object) -> Settings:
    """The settings from the environment; what is `given` and not None comes first.

    Raises WrongSettings with the name of the setting and what would be right.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            zh, en = nearest(name.upper(), known)
            raise WrongSettings(
                f"没有设置 {name}{zh}设置有 {'、'.join(sorted(known))}",
                f"{name} is not a setting{en}known are {', '.join(sorted(known))}",
            )
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        cause = first.get("ctx", {}).get("error")
        zh = cause.zh if isinstance(cause, WrongValue) else reason
        name = f"{PREFIX}{where.upper()}" if where else ""
        raise WrongSettings(
            f"{name}：{zh}" if name else zh, f"{name}: {reason}" if name else reason
        ) from None


def spoken(lang: str | None) -> str:
    """The language asked for, read before any other setting: a wrong one is told in it."""
    asked = lang or os.environ.get(f"{PREFIX}LANG")
    return "en" if asked == "en" else "zh"
