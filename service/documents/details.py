"""What the author of a paper adds to an audit: the details file, TOML, one table for each paper.

Only what a person can know stands here: names, addresses, reasons, ownership. Nothing in it is
checked but its form. An unknown key is an error, because a misspelt one would leave a blank.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints, ValidationError

from provenance.credentials import Record
from provenance.errors import ConfigError, NotFound
from provenance.limits import KIB
from service.documents.records import DocumentKind

__all__ = [
    "Art53Details",
    "CodeDetails",
    "Details",
    "IndiceDetails",
    "Notice",
    "RebuttalDetails",
    "TrustedFlagger",
    "read_details",
]

MOST_BYTES = 512 * KIB
MOST_URLS = 1000


def _plain(value: object) -> object:
    """A text without the blanks around it; a date as TOML writes it is a text too."""
    if isinstance(value, date):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_plain), StringConstraints(min_length=1, max_length=20_000)]


class Art53Details(Record):
    """What the template of the public summary asks for and an audit cannot know.

    Attributes:
        sme: whether the provider is a small or medium-sized enterprise.
    """

    sme: StrictBool = False
    provider: Text | None = None
    provider_contact: Text | None = None
    representative: Text | None = None
    model_names: Text | None = None
    model_dependencies: Text | None = None
    placed_on_market: Text | None = None
    size_ranges: Text | None = None
    content_types: Text | None = None
    languages: Text | None = None
    other_characteristics: Text | None = None
    public_datasets: Text | None = None
    licensed_data: Text | None = None
    other_private_data: Text | None = None
    crawler_purposes: Text | None = None
    crawler_behaviour: Text | None = None
    scraped_content: Text | None = None
    user_data: Text | None = None
    synthetic_data: Text | None = None
    other_sources: Text | None = None
    code_signatory: Text | None = None
    reservation_measures: Text | None = None
    illegal_content: Text | None = None
    other_processing: Text | None = None


class CodeDetails(Record):
    """What the provider states about measure 1.3.

    Attributes:
        honoured: by protocol, whether it is identified and complied with.
    """

    provider: Text | None = None
    code_signatory: Text | None = None
    policy: Text | None = None
    crawlers: Text | None = None
    contact_point: Text | None = None
    honoured: dict[str, StrictBool] = Field(default_factory=dict, max_length=100)


class TrustedFlagger(Record):
    """A status under article 22 of the DSA."""

    coordinator: Text | None = None
    reference: Text | None = None
    expertise: Text | None = None


class Notice(Record):
    """What a notice under article 16 of the DSA must hold, and may."""

    name: Text | None = None
    email: Text | None = None
    recipient: Text | None = None
    urls: tuple[Text, ...] = Field(default=(), max_length=MOST_URLS)
    identification: Text | None = None
    reasons: Text | None = None
    right: Text | None = None
    ownership: Text | None = None
    legal_basis: Text | None = None
    territory: Text | None = None
    good_faith: StrictBool = False
    trusted_flagger: TrustedFlagger | None = None


class IndiceDetails(Record):
    """Who compiles the dossier, for which works, and the time stamp on it."""

    rightsholder: Text | None = None
    capacity: Text | None = None
    works: Text | None = None
    system: Text | None = None
    other_indications: Text | None = None
    timestamp_authority: Text | None = None
    timestamp_time: Text | None = None
    timestamp_serial: Text | None = None
    timestamp_file: Text | None = None


class RebuttalDetails(Record):
    """What the developer states."""

    developer: Text | None = None
    system: Text | None = None
    policy: Text | None = None
    licences: Text | None = None
    research_status: Text | None = None
    measures_taken: Text | None = None
    contact_point: Text | None = None


class _File(Record):
    art53: Art53Details = Art53Details()
    code: CodeDetails = CodeDetails()
    dsa16: Notice = Notice()
    indice: IndiceDetails = IndiceDetails()
    rebuttal: RebuttalDetails = RebuttalDetails()


@dataclass(frozen=True, slots=True)
class Details:
    """A details file, read.

    Attributes:
        tables: by paper; a paper without a table has an empty one.
        sha256: of the file, None when none was given.
    """

    tables: Mapping[DocumentKind, Record]
    sha256: str | None = None


def read_details(path: Path | None) -> Details:
    """The details in a file; none when there is no file.

    Raises:
        NotFound: it cannot be read.
        ConfigError: it is not TOML, or has a key no paper knows, or a value of the wrong kind.
    """
    if path is None:
        return Details(_tables(_File()))
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as fault:
        raise NotFound(f"{path}: {fault.strerror}") from fault
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{path}: over {MOST_BYTES // KIB} KiB; give addresses of long documents")
    try:
        written: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise ConfigError(f"{path}: this is not TOML ({fault})") from fault
    try:
        file_ = _File.model_validate(written)
    except ValidationError as fault:
        raise ConfigError(f"{path}: {_problems(fault)}") from fault
    return Details(_tables(file_), hashlib.sha256(data).hexdigest())


def _tables(file: _File) -> dict[DocumentKind, Record]:
    return {kind: getattr(file, kind.value) for kind in DocumentKind}


def _problems(fault: ValidationError) -> str:
    said = []
    for one in fault.errors()[:10]:
        place = ".".join(str(part) for part in one["loc"])
        unknown = one["type"] == "extra_forbidden"
        said.append(f"{place}: {'there is no such key' if unknown else one['msg']}")
    return "; ".join(said)
