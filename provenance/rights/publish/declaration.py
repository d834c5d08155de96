"""The one small declaration a kit is made from: who, which site, what is reserved and allowed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator

from provenance.credentials import Record
from provenance.errors import ConfigError
from provenance.evidence import Purpose, ReservationState
from provenance.rights.purposes import BROADER, PURPOSES, state_for

__all__ = ["EXAMPLE", "Declaration", "load_declaration"]

EXAMPLE = """\
site = "https://www.example.org"     # scheme and host; the kit is for this one
owner = "Example Press"
reserve = ["tdm"]                    # of: tdm, train-ai, train-genai, train-nongen, ai-input,
                                     # ai-index, search
allow = ["search"]
policy = "https://www.example.org/rights"      # optional: terms for people
contact = "mailto:rights@example.org"          # optional
licence = "https://www.example.org/licensing"  # optional: where a licence can be bought
"""


class Declaration(Record):
    """What an owner declares about one site.

    Attributes:
        site: origin, as `https://host` with a port that is not the default.
        owner: name, for people.
        reserve: purposes that are reserved; what is a case of them is reserved too.
        allow: purposes that are allowed in so many words; nothing follows for others.
        policy: address of the terms for people.
        contact: address to write to.
        licence: address where a licence for what is reserved can be had.
    """

    site: str
    owner: str = Field(min_length=1, max_length=200)
    reserve: tuple[Purpose, ...] = Field(min_length=1)
    allow: tuple[Purpose, ...] = ()
    policy: str | None = None
    contact: str | None = None
    licence: str | None = None

    @field_validator("site")
    @classmethod
    def _origin(cls, given: str) -> str:
        parts = urlsplit(given)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ValueError("give scheme and host, as https://www.example.org")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("a kit is for a whole host: give it without a path")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @field_validator("policy", "licence", "contact")
    @classmethod
    def _address(cls, given: str | None) -> str | None:
        if given is None:
            return None
        schemes = ("http", "https", "mailto")
        harmless = given.isascii() and given.isprintable() and not set(given) & set(" \"'<>\\`,;$")
        if urlsplit(given).scheme not in schemes or not harmless:
            raise ValueError("give an absolute address without spaces or quotation marks")
        return given

    @field_validator("owner")
    @classmethod
    def _one_line(cls, given: str) -> str:
        if not given.isprintable():
            raise ValueError("a name is one line of printable characters")
        return given

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for purpose in self.allow:
            if self.state(purpose) is ReservationState.RESERVED:
                raise ValueError(f"{purpose} is both reserved and allowed")
        return self

    def state(self, purpose: Purpose) -> ReservationState | None:
        """What is declared about a purpose, also through a broader one; None for nothing."""
        reserved = dict.fromkeys(self.reserve, ReservationState.RESERVED)
        if any(named in reserved for named in (purpose, *BROADER.get(purpose, ()))):
            return ReservationState.RESERVED
        return state_for(dict.fromkeys(self.allow, ReservationState.ALLOWED), purpose)

    def reserves(self, *purposes: Purpose) -> bool:
        """Whether all of these are reserved."""
        return all(self.state(one) is ReservationState.RESERVED for one in purposes)

    def allows(self, *purposes: Purpose) -> bool:
        """Whether all of these are allowed."""
        return all(self.state(one) is ReservationState.ALLOWED for one in purposes)

    @property
    def reserved(self) -> tuple[Purpose, ...]:
        """Every purpose that is reserved, with those that are cases of it."""
        return tuple(purpose for purpose in PURPOSES if self.reserves(purpose))


def load_declaration(path: Path) -> Declaration:
    """The declaration in a TOML file.

    Raises:
        ConfigError: it cannot be read, or is not one.
    """
    try:
        return Declaration(**tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as fault:
        raise ConfigError(f"{path}: cannot be read ({fault.strerror})") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ConfigError(f"{path}: not TOML ({fault})", hint=_hint()) from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(map(str, first["loc"])) or "declaration"
        raise ConfigError(f"{path}: {place}: {first['msg']}", hint=_hint()) from fault
    except TypeError as fault:
        raise ConfigError(f"{path}: {fault}", hint=_hint()) from fault


def _hint() -> str:
    return f"A declaration reads like this:\n{EXAMPLE}"
