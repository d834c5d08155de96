"""The one result language: what a check found, as frozen records.

A report is made of these records and of nothing else. They form a discriminated union on `kind`,
so that code that reads them is checked for completeness (`match` with `assert_never`). There is no
boolean verdict and no None for "did not run": a check that did not run leaves a `NotRun`.

The fields are those of the contract (report schema `assay/report/1`). The `id` of a record is its
place in the report; readers leave it at 0 and the report numbers them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from provenance.credentials import (
    TRUSTED_LEVELS,
    Account,
    Claim,
    ClaimAction,
    Codes,
    Dated,
    Identity,
    IdentityStatus,
    Ingredient,
    Integrity,
    Record,
    Signer,
    SignerLevel,
)

__all__ = [
    "AI_ORIGINS",
    "SUPPLIED",
    "TRUSTED_LEVELS",
    "AbstainReason",
    "Account",
    "Attribution",
    "Carrier",
    "Claim",
    "ClaimAction",
    "Codes",
    "Credential",
    "Dated",
    "Declaration",
    "Detection",
    "Document",
    "Evidence",
    "Exceedance",
    "Feature",
    "Identity",
    "IdentityStatus",
    "Ingredient",
    "Integrity",
    "Match",
    "MatchWork",
    "NotRun",
    "NotRunReason",
    "Origin",
    "Record",
    "Reservation",
    "ReservationState",
    "Signer",
    "SignerLevel",
    "Statement",
    "Strength",
    "Watermark",
    "Where",
    "evidence_adapter",
    "evidence_tuple_adapter",
]


SUPPLIED = "supplied"
"""How the source of a record begins that was read from what came with a work (`supplied-ddex`)."""


class Carrier(StrEnum):
    """Where the manifest is."""

    NONE = "none"
    EMBEDDED = "embedded"
    REMOTE_ONLY = "remote_only"
    UNREADABLE = "unreadable"


class Origin(StrEnum):
    """What a manifest says, over its whole ingredient graph, about who or what made the work."""

    FULLY_AI = "fully_ai"
    PARTLY_AI = "partly_ai"
    MAY_CONTAIN_AI = "may_contain_ai"
    CAPTURE = "capture"
    HUMAN_CREATION = "human_creation"
    ALGORITHMIC = "algorithmic"
    NO_STATEMENT = "no_statement"
    CONTRADICTORY = "contradictory"


AI_ORIGINS = frozenset({Origin.FULLY_AI, Origin.PARTLY_AI, Origin.CONTRADICTORY})


class Statement(StrEnum):
    """What an unsigned declaration says."""

    FULLY_AI = "fully_ai"
    PARTLY_AI = "partly_ai"
    MAY_CONTAIN_AI = "may_contain_ai"
    CAPTURE = "capture"
    HUMAN_CREATION = "human_creation"
    NONE = "none"


class Strength(StrEnum):
    """How specific a declaration is to what it declares; no strength is proof."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


class NotRunReason(StrEnum):
    """Why no result could be computed."""

    NOT_APPLICABLE = "not_applicable"
    NOT_INSTALLED = "not_installed"
    NO_MODEL = "no_model"
    DISABLED = "disabled"
    SETTLED = "settled"
    OFFLINE = "offline"
    UNSUPPORTED_MEDIA = "unsupported_media"
    NO_TEXT = "no_text"
    VECTOR = "vector"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    LIMIT = "limit"
    TIMEOUT = "timeout"
    FETCH_FAILED = "fetch_failed"


class AbstainReason(StrEnum):
    """Why a computed score is not to be relied on."""

    TOO_SHORT = "too_short"
    TOO_QUIET = "too_quiet"
    NARROW_BAND = "narrow_band"
    LAUNDERING_SUSPECTED = "laundering_suspected"
    OUT_OF_DISTRIBUTION = "out_of_distribution"
    WINDOWS_DISAGREE = "windows_disagree"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    REGISTER_UNMEASURED = "register_unmeasured"
    KIND_UNMEASURED = "kind_unmeasured"


class Where(Record):
    """A place in the work: seconds, characters of the original text, pixels or pages.

    `part` is the path inside the container that a place lies in (`OEBPS/ch03.xhtml`, `page/12`),
    and what its characters count from; None is the work itself.
    """

    unit: Literal["second", "character", "pixel", "page"]
    range: tuple[float, float] | None = None
    box: tuple[float, float, float, float] | None = None
    score: float | None = None
    part: str | None = None


class Found(Record):
    """What every record carries, in the order it is written.

    Attributes:
        id: place in the report, from 0.
        kind: which record it is; each kind has one value.
        source: name of the reader or detector.
        part: path inside the container (`OEBPS/ch03.xhtml`, `picture/0`), or None for the asset.
    """

    id: int = 0
    kind: str
    source: str
    part: str | None = None

    @property
    def is_supplied(self) -> bool:
        """Whether it was read from what came with the work, and not from the work."""
        return self.source.startswith(SUPPLIED)


class Credential(Found):
    """What the C2PA reader found: one for the asset itself, then one per part with a manifest.

    Attributes:
        carrier: where the manifest is.
        integrity: of the active manifest and of the bytes it binds.
        signer: of the active manifest, None when there is none to read.
        origin: what the whole graph says; it counts only when `integrity` is intact.
        ai_statement: the strongest AI statement of the graph, also under a contradiction.
        ai_vouched: whether a trusted signer vouches for that statement itself; the signer of the
            file does not vouch for what stands in an ingredient.
        ai_denied: whether a human claim stands over it in a manifest that does not mention AI.
        human_level: 0 to 4, how well a human origin is attested.
        human_level_reason: code of what kept it from the next level, None at 4.
        digital_source_types: bare names stated anywhere in the graph by intact manifests.
        claim: what the active manifest says.
        ingredients_cut: whether there are more ingredients than are shown here.
        certificates: of every signer of the graph, each once: SHA-256 in hexadecimal to base64 DER.
        remote_url: where a remote manifest is said to be; it was not fetched.
        problem: class of error when `carrier` is unreadable.
    """

    kind: Literal["credential"] = "credential"
    carrier: Carrier
    integrity: Integrity
    signer: Signer | None = None
    origin: Origin = Origin.NO_STATEMENT
    ai_statement: Literal[Origin.FULLY_AI, Origin.PARTLY_AI] | None = None
    ai_vouched: bool = False
    ai_denied: bool = False
    human_level: int = Field(default=0, ge=0, le=4)
    human_level_reason: str | None = None
    digital_source_types: tuple[str, ...] = ()
    codes: Codes = Codes()
    manifest: str | None = None
    claim: Claim | None = None
    ingredients: tuple[Ingredient, ...] = ()
    ingredients_cut: bool = False
    certificates: dict[str, str] = Field(default_factory=dict)
    generator: str | None = None
    remote_url: str | None = None
    problem: str | None = None


class Declaration(Found):
    """An unsigned statement of origin found in metadata, or supplied with the work.

    Attributes:
        field: the exact place (`Iptc4xmpExt:DigitalSourceType`, `tEXt:parameters`).
        value: what stands there, cut to 4 KiB.
        statement: what it says about origin.
        generator: product it names, or None.
        strength: strong and medium declare an origin; weak is shown and reviewed.
        ai_denied: whether a supplier says with it that no AI was used.
    """

    kind: Literal["declaration"] = "declaration"
    field: str
    value: str
    statement: Statement
    generator: str | None = None
    strength: Strength
    ai_denied: bool = False


class ReservationState(StrEnum):
    """What a reservation says about one purpose."""

    RESERVED = "reserved"
    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    UNKNOWN = "unknown"


Purpose = Literal[
    "train-genai", "train-ai", "train-nongen", "tdm", "ai-input", "ai-index", "search"
]


class Document(Record):
    """The document a reservation was read from, so that it can be shown again."""

    sha256: str
    location: str
    span: tuple[int, int] | None = None


class Reservation(Found):
    """An owner's statement about the uses of a work (opt-out, permission or condition)."""

    kind: Literal["reservation"] = "reservation"
    protocol: str
    channel: str
    scope: str
    agent: str | None = None
    purposes: dict[Purpose, ReservationState]
    native_value: str
    formal: str
    intent: str
    standing: str
    authority: str
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None
    observed_at: AwareDatetime | None = None
    document: Document | None = None
    warnings: tuple[str, ...] = ()


class Exceedance(Record):
    """How rare such a score is among human works never seen in training.

    Attributes:
        value: mean over held-out human sources of the share of works scoring at least this high.
        upper: one-sided 95 % bound by source, never under 3/n_works.
        group: the group that applied (language and register, image kind, music kind).
    """

    value: float = Field(ge=0, le=1)
    upper: float = Field(ge=0, le=1)
    group: str
    n_works: int = Field(ge=0)
    n_sources: int = Field(ge=0)


class Attribution(Record):
    """A generator family, shown only where it was measured well enough."""

    family: str
    confidence: float = Field(ge=0, le=1)


class Feature(Record):
    """One named measurement a detector bases its score on."""

    name: str
    value: float


class Detection(Found):
    """A detector's measurement. It holds no decision: only `decide` compares it with a policy."""

    kind: Literal["detection"] = "detection"
    detector: str
    model: str
    score: float
    likelihood: float | None = Field(default=None, ge=0, le=1)
    exceedance: Exceedance | None = None
    abstain: AbstainReason | None = None
    attribution: Attribution | None = None
    where: tuple[Where, ...] = ()
    share: float | None = Field(default=None, ge=0, le=1)
    laundering: bool | None = None
    features: tuple[Feature, ...] = ()


class MatchWork(Record):
    """A known work, by its opaque id."""

    id: str
    title: str | None = None
    identifiers: dict[str, str] = Field(default_factory=dict)


class MatchPlace(Record):
    """Which part of the query is which part of the work."""

    query: Where
    work: Where


class Match(Found):
    """The work is, or contains, a work we know."""

    kind: Literal["match"] = "match"
    work: MatchWork
    match: Literal["copy", "excerpt", "transformed", "shared_material"]
    similarity: float
    false_match_rate: float | None = None
    transform: str | None = None
    where: tuple[MatchPlace, ...] = ()
    mandate: str | None = None


class Watermark(Found):
    """A decoded mark."""

    kind: Literal["watermark"] = "watermark"
    scheme: str
    payload: str
    confidence: float = Field(ge=0, le=1)
    false_alarm_rate: float | None = None
    supporting: bool = True


class NotRun(Found):
    """A check that produced no result, and why.

    Attributes:
        check: the check of the policy it belongs to (`provenance`, `rights`, `detect`, `match`).
        detail: one plain sentence for people, or None.
    """

    kind: Literal["not_run"] = "not_run"
    check: Literal["provenance", "rights", "detect", "match"]
    reason: NotRunReason
    detail: str | None = None


Evidence = Annotated[
    Credential | Declaration | Reservation | Detection | Match | Watermark | NotRun,
    Field(discriminator="kind"),
]

evidence_adapter: TypeAdapter[Evidence] = TypeAdapter(Evidence)
evidence_tuple_adapter: TypeAdapter[tuple[Evidence, ...]] = TypeAdapter(tuple[Evidence, ...])
