"""Reports to render, made of hand-written evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from provenance.asset import Modality
from provenance.evidence import (
    AbstainReason,
    Attribution,
    Carrier,
    Codes,
    Credential,
    Declaration,
    Detection,
    Document,
    Exceedance,
    Feature,
    Ingredient,
    Integrity,
    Match,
    MatchPlace,
    MatchWork,
    NotRun,
    NotRunReason,
    Origin,
    Reservation,
    ReservationState,
    Signer,
    SignerLevel,
    Statement,
    Strength,
    Watermark,
    Where,
)
from service.policy import Policy
from service.report import AssetInfo, Engine, TrustListInfo, build_report

NOW = datetime(2026, 11, 22, 14, 3, 7, tzinfo=UTC)
ENGINE = Engine(
    assay="0.1.0",
    verified_at=NOW,
    readers={"c2pa": "0.38.1"},
    models={"music": "sha256:" + "ab" * 32},
    trust_lists={"official": TrustListInfo(date=date(2026, 8, 5), sha256="c" * 64)},
)


def _report(*evidence, name="song.mp3", modality=Modality.AUDIO, policy=None, **asset):
    info = {"sha256": "a" * 64, "media_type": "audio/mpeg", "bytes": 3_400_000, **asset}
    about = AssetInfo(name=name, modality=modality, **info)
    return build_report(about, evidence, policy or Policy(), ENGINE)


@pytest.fixture(scope="session")
def report():
    """Makes a report of evidence: `report(credential, ..., name="x.mp3")`."""
    return _report


def _credential(**given):
    """An intact manifest that says AI made the work, signed by someone on the official list."""
    signer = Signer(
        level=given.pop("level", SignerLevel.OFFICIAL_TRUSTED),
        name=given.pop("name", "Studio Model 3"),
        issuer=given.pop("issuer", "Studio Ltd"),
        list="official",
        signed_at=NOW,
    )
    fields = {
        "source": "c2pa",
        "carrier": Carrier.EMBEDDED,
        "integrity": Integrity.INTACT,
        "signer": signer,
        "origin": Origin.FULLY_AI,
        "ai_statement": Origin.FULLY_AI,
        "ai_vouched": True,
        "digital_source_types": ("trainedAlgorithmicMedia",),
        "codes": Codes(success=("claimSignature.validated",), informational=("x.skipped",)),
        "manifest": "urn:c2pa:1",
        "generator": "Studio 3.1",
    }
    return Credential(**{**fields, **given})


@pytest.fixture(scope="session")
def credential():
    """Makes a credential; AI, intact and trusted unless told otherwise."""
    return _credential


def _ingredient(title, *below, integrity=Integrity.INTACT, **given):
    fields = {"relationship": "componentOf", "title": title, "integrity": integrity}
    return Ingredient(ingredients=below, **{**fields, **given})


@pytest.fixture(scope="session")
def ingredient():
    """Makes an ingredient over others."""
    return _ingredient


def _detection(upper=0.004, **given):
    fields = {
        "source": "music",
        "detector": "music",
        "model": "sha256:" + "ab" * 32,
        "score": 0.98765,
        "likelihood": 0.97,
        "exceedance": Exceedance(
            value=upper / 2, upper=upper, group="electronic", n_works=1234, n_sources=14
        ),
        "share": 0.95,
        "laundering": False,
        "attribution": Attribution(family="udio", confidence=0.7),
        "features": (Feature(name="band_16k", value=1.5),),
        "where": (Where(unit="second", range=(0, 10.5), score=0.9),),
    }
    return Detection(**{**fields, **given})


@pytest.fixture(scope="session")
def detection():
    """Makes a detection with a given upper bound."""
    return _detection


def _reservation(state=ReservationState.RESERVED, **given):
    fields = {
        "source": "tdmrep",
        "protocol": "TDMRep",
        "channel": "header",
        "scope": "file",
        "purposes": {"tdm": state, "search": ReservationState.ALLOWED},
        "native_value": "tdm-reservation: 1",
        "formal": "valid",
        "intent": "reserve",
        "standing": "B",
        "authority": "origin-controlled",
        "observed_at": NOW,
        "document": Document(sha256="d" * 64, location="https://example.org/x"),
        "warnings": ("two headers",),
    }
    return Reservation(**{**fields, **given})


@pytest.fixture(scope="session")
def reservation():
    """Makes a reservation of text and data mining."""
    return _reservation


def _declaration(statement=Statement.FULLY_AI, strength=Strength.STRONG, **given):
    fields = {
        "source": "iptc",
        "field": "Iptc4xmpExt:DigitalSourceType",
        "value": "trainedAlgorithmicMedia",
        "generator": "Painter 2",
    }
    return Declaration(statement=statement, strength=strength, **{**fields, **given})


@pytest.fixture(scope="session")
def declaration():
    """Makes an unsigned declaration."""
    return _declaration


def _not_run(source="speech", check="detect", reason=NotRunReason.NO_MODEL, **given):
    return NotRun(source=source, check=check, reason=reason, **given)


@pytest.fixture(scope="session")
def not_run():
    """Makes a record of a check that did not run."""
    return _not_run


@pytest.fixture(scope="session")
def everything():
    """A report with every kind of evidence, in the work and in a part."""
    match = Match(
        source="match",
        work=MatchWork(id="w1", title="Known Song", identifiers={"ISRC": "FRX202600001"}),
        match="excerpt",
        similarity=0.91,
        false_match_rate=0.0001,
        transform="pitch +1",
        where=(
            MatchPlace(
                query=Where(unit="second", range=(1, 9)), work=Where(unit="second", range=(3, 11))
            ),
        ),
        mandate="society 12",
    )
    mark = Watermark(
        source="audioseal", scheme="AudioSeal", payload="0x1f", confidence=0.99, supporting=True
    )
    broken = _ingredient("loop.wav", integrity=Integrity.BROKEN, failure=("a.b.mismatch",))
    return _report(
        _credential(ingredients=(_ingredient("vocals.wav", broken),)),
        _credential(part="picture/0", integrity=Integrity.BROKEN),
        _declaration(),
        _declaration(Statement.FULLY_AI, Strength.WEAK, source="tags", field="TXXX"),
        _detection(),
        _detection(0.5, abstain=AbstainReason.TOO_SHORT, source="speech", detector="speech"),
        _reservation(),
        match,
        mark,
        _not_run("image"),
        _not_run("robots", "rights", NotRunReason.TIMEOUT, detail="no answer in 10 s"),
    )
