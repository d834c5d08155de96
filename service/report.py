"""The report: what was looked at, what was found, what it comes to, and what made it.

One asset gives one `Report` (schema `assay/report/1`). The same evidence, policy and engine give
byte-equal canonical JSON (RFC 8785): that is what receipts sign. Rendering for people is left to
`service.render`, signing to `provenance.attest`.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

import rfc8785
from pydantic import (
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticSerializationError

from provenance.asset import Asset, Modality
from provenance.evidence import Evidence, Record
from provenance.rights.finding import Finding as UseFinding
from provenance.supplied import Supplied
from service.retention import Retention
from service.survival import Survival, compare
from service.verdict import Verdict, decide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.policy import Policy
    from service.verdict.uses import Asked

__all__ = [
    "REPORT_SCHEMA",
    "Against",
    "AssetInfo",
    "Engine",
    "Original",
    "Report",
    "SuppliedInfo",
    "TableInfo",
    "TrustListInfo",
    "build_report",
    "compared",
    "in_report_order",
    "line_safe",
    "report_schema",
]

REPORT_SCHEMA: Literal["assay/report/1"] = "assay/report/1"
LEADING = ("id", "kind", "source", "part")
"""What every record of evidence has, whichever its kind."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

LINE_ENDS = (("\u2028", r"\u2028"), ("\u2029", r"\u2029"), ("\x85", r"\u0085"))
SURROGATES = re.compile("[\ud800-\udfff]")


def _without_surrogates(value: Any) -> Any:
    """File names that are not UTF-8 reach Python as unpaired surrogates, which no JSON can hold."""
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else value


def _utc_seconds(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


Name = Annotated[str, BeforeValidator(_without_surrogates)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[
    AwareDatetime,
    PlainSerializer(_utc_seconds, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class AssetInfo(Record):
    """The work the report is about.

    Attributes:
        name: as the user gave it; unpaired surrogates become U+FFFD.
        sha256: of all bytes.
        media_type: what the bytes claim to be.
        modality: what kind of work that is.
        bytes: size.
    """

    name: Name
    sha256: Sha256
    media_type: str
    modality: Modality
    bytes: int = Field(ge=0)

    @classmethod
    def of(cls, asset: Asset, sha256: str) -> AssetInfo:
        """Describes `asset`, whose digest is known."""
        return cls(
            name=asset.name,
            sha256=sha256,
            media_type=asset.media_type,
            modality=asset.modality,
            bytes=asset.size,
        )


class TrustListInfo(Record):
    """The edition of a trust list; a private list may have no date.

    Attributes:
        stale: whether its issuer had promised a newer one by the time of the report.
    """

    date: dt.date | None
    sha256: Sha256
    stale: bool = False


class TableInfo(Record):
    """The edition of a dated table."""

    date: dt.date
    sha256: Sha256


class Engine(Record):
    """What made the report.

    Attributes:
        assay: version of this software.
        verified_at: when it was verified; reports show UTC and whole seconds.
        readers: version of each reader, by its source name.
        models: digest of each model, by detector.
        trust_lists: the edition of each trust list, by name.
        tables: the edition of the tables of crawlers and of the standing of protocols, by name;
            not written where neither took part.
    """

    assay: str
    verified_at: Moment
    readers: dict[str, str]
    models: dict[str, str]
    trust_lists: dict[str, TrustListInfo]
    tables: dict[str, TableInfo] = Field(default_factory=dict, exclude_if=lambda one: not one)

    @field_validator("verified_at")
    @classmethod
    def _whole_seconds(cls, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(dt.UTC).replace(microsecond=0)

    @field_validator("readers", "models", "trust_lists", "tables")
    @classmethod
    def _by_name(cls, named: dict[str, Any]) -> dict[str, Any]:
        return dict(sorted(named.items()))


class Original(Record):
    """The work that another is compared with; its evidence is not in this report."""

    name: Name
    sha256: Sha256
    media_type: str


class Against(Record):
    """What became of the marks of an original, as far as the two files tell.

    That the asset was made from the original is the word of whoever asked; nothing checks it.

    Attributes:
        asset: the original.
        survived: each mark, and what became of it; `original` points into the evidence of a
            report on the original, `present` into that of this one.
    """

    asset: Original
    survived: tuple[Survival, ...]


class SuppliedInfo(Record):
    """What came with the work; what it declares is among the evidence.

    Attributes:
        sha256: of its bytes.
        bytes: its size.
        resource: which of the things it lists the work was said to be, None when it was not said.
    """

    sha256: Sha256
    bytes: int = Field(ge=0)
    resource: Name | None = None

    @classmethod
    def of(cls, supplied: Supplied) -> SuppliedInfo:
        """Describes `supplied`."""
        return cls(sha256=supplied.sha256, bytes=len(supplied.body), resource=supplied.resource)


class Report(Record):
    """One asset, judged. The attribute `schema_` is `schema` in JSON.

    Attributes:
        against: the comparison with an original, where one was given; else it is not written.
        use: what a use that was asked about comes to; not written where none was.
        supplied: what came with the work; not written where nothing did.
        retention: what is to become of the bytes; written by the service alone.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    schema_: Literal["assay/report/1"] = Field(default=REPORT_SCHEMA, alias="schema")
    asset: AssetInfo
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    engine: Engine
    against: Against | None = Field(default=None, exclude_if=lambda against: against is None)
    use: UseFinding | None = Field(default=None, exclude_if=lambda use: use is None)
    supplied: SuppliedInfo | None = Field(default=None, exclude_if=lambda told: told is None)
    retention: Retention | None = Field(default=None, exclude_if=lambda one: one is None)

    def document(self) -> dict[str, Any]:
        """The report as JSON values, keys in the order of the contract."""
        document: dict[str, Any] = _writable(self.model_dump(mode="json", by_alias=True))
        return document

    def to_json(self, indent: int | None = None) -> str:
        """JSON for people and programs: stable key order, non-ASCII kept, no trailing newline.

        Without `indent` it is one line for every reader, whatever that reader takes for a line end.
        """
        try:
            return line_safe(self.model_dump_json(by_alias=True, indent=indent))
        except PydanticSerializationError:  # an unpaired surrogate: rare, and worth a slow way
            return line_safe(json.dumps(self.document(), ensure_ascii=False, indent=indent))

    def canonical(self) -> bytes:
        """RFC 8785 canonical JSON, the bytes that are signed and compared."""
        return rfc8785.dumps(self.document())


def _writable(value: Any) -> Any:
    """What every JSON parser accepts: no unpaired surrogates, no NaN and no infinity."""
    match value:
        case str():
            return _without_surrogates(value)
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {_writable(key): _writable(item) for key, item in value.items()}
        case list():
            return [_writable(item) for item in value]
        case _:
            return value


def line_safe(written: str) -> str:
    """JSON with the line ends that JSON allows inside strings, and Unicode knows, as escapes."""
    for letter, escape in LINE_ENDS:
        written = written.replace(letter, escape)
    return written


def in_report_order(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """`evidence` numbered from 0: c2pa first, then by source, the work before its parts.

    Records of one source and part keep the order in which their reader gave them.
    """
    ordered = sorted(
        evidence,
        key=lambda found: (
            found.source != "c2pa",
            found.source,
            found.part is not None,
            found.part or "",
        ),
    )
    return tuple(
        found if found.id == n else found.model_copy(update={"id": n})
        for n, found in enumerate(ordered)
    )


def build_report(
    asset: AssetInfo,
    evidence: Iterable[Evidence],
    policy: Policy,
    engine: Engine,
    asked: Asked | None = None,
    supplied: SuppliedInfo | None = None,
) -> Report:
    """Orders and numbers the evidence, decides, and puts the report together."""
    numbered = in_report_order(evidence)
    use = asked.finding(asset.name, numbered) if asked else None
    verdict = decide(numbered, policy, use=use)
    return Report(
        asset=asset,
        verdict=verdict,
        evidence=numbered,
        engine=engine,
        use=use,
        supplied=supplied,
    )


def compared(report: Report, original: Report, policy: Policy) -> Report:
    """`report`, decided anew with what became of the marks of `original`.

    Args:
        report: on what is said to be made from the original.
        original: on the original, read with the same policy and trust lists.
        policy: that of `report`.
    """
    survived = compare(original.evidence, report.evidence)
    asset = original.asset
    against = Against(
        asset=Original(name=asset.name, sha256=asset.sha256, media_type=asset.media_type),
        survived=survived,
    )
    verdict = decide(report.evidence, policy, survived, report.use)
    return report.model_copy(update={"verdict": verdict, "against": against})


def report_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the report as it is written.

    Fields that every report has are required; those that a later version adds stay optional, so
    that a report that was valid once stays valid.
    """
    schema = Report.model_json_schema(mode="serialization", by_alias=True)
    schema["required"] = ["schema", *schema["required"]]
    for record in schema["$defs"].values():
        if "kind" in record.get("properties", {}):
            record["required"] = [*LEADING, *record["required"]]
    return {"$schema": DIALECT, "$id": REPORT_SCHEMA, **schema}
