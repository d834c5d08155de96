"""Settings of the running service, each from an environment variable `ASSAY_...`.

Nothing needs to be set: without any, everything lies in one folder, on SQLite. Libraries take
values as arguments; only the commands `assay serve` and `assay worker` read settings.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any, Self

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from provenance.errors import ConfigError
from provenance.limits import KIB, MIB

__all__ = ["Settings"]

PREFIX = "ASSAY_"


def _data_folder() -> Path:
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "assay"


class Settings(BaseSettings):
    """What the service is told from outside. The variable of `host` is `ASSAY_HOST`, and so on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data: Path = Field(
        default_factory=_data_folder,
        description="Folder of everything that is kept on this machine: database, works, keys.",
    )
    database: SecretStr | None = Field(
        default=None,
        description="Database of the service, as a SQLAlchemy URL; SQLite in the data folder unless"
        " given. PostgreSQL: postgresql+psycopg://user:password@host/name",
    )
    jobs_database: SecretStr | None = Field(
        default=None,
        description="Database of the queue of jobs; with PostgreSQL the same as the other unless"
        " given, with SQLite a file of its own.",
    )
    blobs: str | None = Field(
        default=None,
        description="Where works are kept: a folder, or s3://bucket/prefix (gs://, az://), whose"
        " credentials come from the variables of that cloud; a folder of the data folder unless"
        " given.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes any.")
    metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Port at which this process gives its metrics, and nothing else; then they are"
        " not among what it answers at the other. A worker gives them at no other.",
    )
    public_url: AnyHttpUrl | None = Field(
        default=None, description="How others reach this service, for links that are given away."
    )
    work: bool = Field(
        default=True, description="Whether this process also works, or only takes works in."
    )
    workers: int = Field(default=2, ge=1, le=64, description="Works examined at once, a process.")
    niceness: int = Field(
        default=10,
        ge=0,
        le=19,
        description="How much the processes in which works are examined yield the processors to"
        " everybody else, so that uploads are taken in at once; 0 for not at all.",
    )
    worker_name: str = Field(
        default_factory=platform.node,
        min_length=1,
        max_length=100,
        description="What a worker calls itself; the same name after a restart, and no two alike.",
    )
    upload_bytes: int = Field(
        default=2048 * MIB, ge=KIB, description="Largest upload that is taken in."
    )
    requests_per_minute: int = Field(
        default=600,
        ge=1,
        description="Requests that one API key may make in a minute, at one process of the API.",
    )
    public_requests_per_minute: int = Field(
        default=120,
        ge=1,
        description="Requests that one address may make in a minute, at one process of the API, of"
        " what everybody may see: pages of attestations, the log, the keys of receipts.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses of proxies, with commas, whose word is taken for who asks"
        " (X-Forwarded-For); '*' only where nobody else can reach the port.",
    )
    uploads_per_day: int | None = Field(
        default=None,
        ge=1,
        description="Works that one caller may hand in a day (UTC), unless its key says otherwise;"
        " as many as it likes unless given.",
    )
    bytes_per_day: int | None = Field(
        default=None, ge=1, description="Bytes that one caller may hand in a day; the same."
    )
    oidc_issuer: str | None = Field(
        default=None,
        description="OpenID provider whose tokens are taken beside API keys, as `iss` in them.",
    )
    oidc_audience: str = Field(
        default="assay", min_length=1, description="What tokens call this service (`aud`)."
    )
    oidc_keys: str | None = Field(
        default=None,
        description="Address of the provider's keys (JWKS); found by discovery unless given.",
    )
    oidc_organisation: str = Field(
        default="assay_organisation",
        description="Claim of a token that names the organisation, by identifier or name.",
    )
    oidc_roles: str = Field(
        default="assay_roles",
        description="Claim that holds what the caller may do: submit, review, administer,"
        " audit-read.",
    )
    attempts: int = Field(
        default=3,
        ge=1,
        le=20,
        description="How often a work is tried that ends the process it is examined in.",
    )
    keep_works: bool = Field(
        default=True,
        description="Whether works are kept once examined; if not, only report and digest are.",
    )
    retention_days: int | None = Field(
        default=None,
        ge=1,
        description="Days that a work is kept once its last screening has ended; for good unless"
        " given, or at most as long as the screening.",
    )
    report_retention_days: int | None = Field(
        default=None,
        ge=1,
        description="Days that a screening, its report and its messages to webhooks are kept once"
        " it was handed in and has ended; for good unless given.",
    )
    access_retention_days: int = Field(
        default=365, ge=1, description="Days that entries of the access log are kept."
    )
    keys: Path | None = Field(
        default=None,
        description="Folder of the keys that sign receipts, as `assay receipt keygen` makes it; one"
        " in the data folder, made on the first start, unless given.",
    )
    policy: Path | None = Field(
        default=None, description="Policy file (TOML); the default policy unless given."
    )
    canary: Path | None = Field(
        default=None,
        description="Folder of works that are examined again at the start when a version, model,"
        " list or the policy has changed; verdicts that flip are told in the log, and by"
        " `assay serve --canary`.",
    )
    trust: Path | None = Field(
        default=None, description="Certificates (PEM) to trust besides the shipped lists."
    )

    @field_validator("data")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @classmethod
    def read(cls, **given: Any) -> Self:
        """From the environment; what is given here wins.

        Raises:
            ConfigError: a variable is not as it should be; the message names it.
        """
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})
        except ValidationError as fault:
            first = fault.errors(include_url=False)[0]
            name = str(first["loc"][0]) if first["loc"] else ""
            about = cls.model_fields[name].description if name in cls.model_fields else ""
            raise ConfigError(
                f"{PREFIX}{name.upper()}: {first['msg']}", hint=about or ""
            ) from fault

    @property
    def database_url(self) -> str:
        """The database of the service."""
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{self.data / 'assay.sqlite'}"

    @property
    def jobs_url(self) -> str:
        """The database of the queue, which SQLite must not share with the other."""
        if self.jobs_database is not None:
            return self.jobs_database.get_secret_value()
        if self.database_url.startswith("sqlite"):
            return f"sqlite:///{self.data / 'jobs.sqlite'}"
        return self.database_url

    @property
    def work_days(self) -> int | None:
        """Days that a work is kept once its screening has ended: never longer than that."""
        given = [one for one in (self.retention_days, self.report_retention_days) if one]
        return min(given, default=None)

    @property
    def quarantine(self) -> Path:
        """Where uploads lie until they are whole."""
        return self.data / "quarantine"

    @property
    def key_folder(self) -> Path:
        """Where the keys that sign receipts are."""
        return self.keys or self.data / "keys"

    def shown(self) -> str:
        """All settings as lines of `NAME=value`, with what each means; secrets are masked."""
        lines = []
        for name, about in type(self).model_fields.items():
            value = getattr(self, name)
            lines += [f"# {about.description}", f"{PREFIX}{name.upper()}={_shown(value)}", ""]
        return "\n".join(lines)


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return "**********"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
